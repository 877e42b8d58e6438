/** The one stream of events of this page: opened, opened again after it broke, and closed. */
import { followEvents, type EventTransport, type FollowedEvent, type FollowOptions } from '@jupyterlab-pachyderm/mount-api'
import { Signal, type ISignal } from '@lumino/signaling'

/** Starting and stopping twice is fine. Whoever makes one disposes it. */
export class ServerEvents {
  private readonly signal = new Signal<this, FollowedEvent>(this)
  private following: AbortController | undefined
  private live = false

  constructor(
    private readonly open: EventTransport,
    private readonly options: Omit<FollowOptions, 'signal'> = {},
  ) {}

  /** Emits each event, and `lost` after each attempt that failed. */
  get received(): ISignal<this, FollowedEvent> {
    return this.signal
  }

  /** Whether the stream is open and has told something, so that nobody needs to ask. */
  get isLive(): boolean {
    return this.live
  }

  /** Opens the stream. */
  start(): void {
    if (this.following) return
    this.following = new AbortController()
    void this.follow(this.following.signal)
  }

  /** Closes the stream. */
  stop(): void {
    this.following?.abort()
    this.following = undefined
    this.live = false
  }

  /** Opens the stream anew when it is one that is followed. */
  reopen(): void {
    if (!this.following) return
    this.stop()
    this.start()
  }

  /** Ends the pause after a failure. A stream that is open stays. */
  retry(): void {
    if (!this.live) this.reopen()
  }

  dispose(): void {
    this.stop()
    Signal.clearData(this)
  }

  private async follow(signal: AbortSignal): Promise<void> {
    for await (const event of followEvents(this.open, { ...this.options, signal })) {
      if (signal.aborted) return
      this.live = event.type !== 'lost'
      this.signal.emit(event)
    }
  }
}

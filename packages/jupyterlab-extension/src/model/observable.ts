/** State that others watch: one value that is replaced, never changed, and a signal that tells so. */
import { Signal, type ISignal } from '@lumino/signaling'

/** What all models of the panel are. Whoever makes one disposes it. */
export abstract class Observable<State extends object> {
  private readonly signal = new Signal<this, undefined>(this)

  protected constructor(private current: State) {}

  /** Emits when `state` is a new one. */
  get changed(): ISignal<this, undefined> {
    return this.signal
  }

  get state(): State {
    return this.current
  }

  /** Nobody is told anything any more. Doing it twice is fine. */
  dispose(): void {
    Signal.clearData(this)
  }

  /** Takes new values for some members. */
  protected set(part: Partial<State>): void {
    this.replace({ ...this.current, ...part })
  }

  /** Takes another state in place of the whole one. */
  protected replace(state: State): void {
    this.current = state
    this.signal.emit(undefined)
  }
}

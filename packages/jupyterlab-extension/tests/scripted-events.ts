/** A stream of events in memory, for the tests of the models. */
import type { EventTransport, ServerEvent } from '@jupyterlab-pachyderm/mount-api'

/** Each opening of the stream is counted; it is refused while `isAway`. */
export class ScriptedEvents {
  opened = 0
  isAway = false
  private stream: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined

  readonly open: EventTransport = ({ signal }) => {
    this.opened++
    if (this.isAway) return Promise.resolve({ ok: false, status: 503, body: null })
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: stream => {
        this.stream = stream
        signal.addEventListener('abort', () => stream.error(signal.reason))
      },
    })
    return Promise.resolve({ ok: true, status: 200, body })
  }

  /** Tells it to whoever listens now. */
  tell({ type, data }: ServerEvent): void {
    this.stream?.enqueue(new TextEncoder().encode(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`))
  }

  /** Ends the stream, as a server that stops does. */
  end(): void {
    this.stream?.close()
  }
}

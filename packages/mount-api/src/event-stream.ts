/** Following `GET /events` over any transport that answers as fetch does. */
import { createParser } from 'eventsource-parser'

import { isEventName, type ServerEvent } from './events.js'

/** Sends `GET /events`: `fetch` with the address of the server put before `url`, through whatever lies between. */
export type EventTransport = (request: { url: string; headers: Record<string, string>; signal: AbortSignal }) => Promise<Pick<Response, 'ok' | 'status' | 'body'>>

/** An event, or that the stream was lost; it is opened again by itself, and begins with a snapshot. */
export type FollowedEvent = ServerEvent | { readonly type: 'lost'; readonly reason: unknown }

/** How to follow. */
export interface FollowOptions {
  /** Ends it. */
  readonly signal: AbortSignal
  /** The wait after the first failure in milliseconds; it doubles up to thirty times as long. Default 1000. */
  readonly retryMs?: number
  /** A stream that is silent for this many milliseconds is lost, as after the sleep of a laptop. The server's heart beats each 15 s. Default 40,000. */
  readonly silenceMs?: number
}

/** The events of the server until `signal` says stop. It never rejects because of the server: what fails is tried again. */
export async function* followEvents(open: EventTransport, { signal, retryMs = 1000, silenceMs = 40_000 }: FollowOptions): AsyncGenerator<FollowedEvent, void, undefined> {
  let waitMs = retryMs
  while (!signal.aborted) {
    const attempt = new AbortController()
    try {
      const request = { url: '/events', headers: { accept: 'text/event-stream' }, signal: AbortSignal.any([signal, attempt.signal]) }
      const response = await withinTime(open(request), silenceMs)
      if (!response.ok || !response.body) throw new Error(`the server answered GET /events with ${response.status}`)
      for await (const event of eventsOf(response.body, silenceMs)) {
        waitMs = retryMs
        yield event
      }
      throw new Error('the server ended the stream of events')
    } catch (reason) {
      if (isOver(signal)) return
      yield { type: 'lost', reason }
    } finally {
      attempt.abort()
    }
    await pause(waitMs, signal)
    waitMs = Math.min(waitMs * 2, retryMs * 30)
  }
}

async function* eventsOf(body: ReadableStream<Uint8Array>, silenceMs: number): AsyncGenerator<ServerEvent, void, undefined> {
  const arrived: ServerEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => {
      // An event of a newer server is none of ours.
      if (isEventName(event)) arrived.push({ type: event, data: JSON.parse(data) as never })
    },
  })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (;;) {
      const { value, done } = await withinTime(reader.read(), silenceMs)
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* arrived.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** Rejects when `work` has not ended after `timeMs` milliseconds. */
function withinTime<T>(work: Promise<T>, timeMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server has said nothing for ${timeMs / 1000} s`)), timeMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** TypeScript takes what it saw at the beginning of the loop to be so for ever. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted
}

/** Resolves after `timeMs` milliseconds, or at once when the signal is aborted. Works in browsers. */
export function pause(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(end, timeMs)
    signal.addEventListener('abort', end, { once: true })
    function end(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
  })
}

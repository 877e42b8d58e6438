/** Methods as functions: one request or a stream of them in, one answer or a stream of them out, errors and back-pressure seen to. */
import type { EventEmitter } from 'node:events'

import type { Metadata, ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation, sendUnaryData } from '@grpc/grpc-js'
import { decodeBounded, grpcService } from '@jupyterlab-pachyderm/pachd-proto'
import type { MethodDescription, RequestOf, ResponseOf, ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'

import { toStatus } from '../grpc-status.js'
import { ModelError } from '../model-error.js'

/** What a method knows about the call besides the request. */
export interface Call {
  /** Aborted when the client has gone or given up. */
  readonly signal: AbortSignal
  /** Aborted then, and when the server is about to end: for calls that wait for something to happen. */
  readonly waiting: AbortSignal
  /** Who calls: the subject of the session token, or NOBODY while auth is off. */
  readonly caller: string
  /** The session token that the call came with; empty without one. */
  readonly token: string
  /** When the client gives up, in milliseconds since 1970; Infinity when it never does. */
  readonly deadlineMs: number
  /** The transaction that the call belongs to; empty outside of one. */
  readonly transaction: string
}

/** Finds out who calls. Throws for callers that may not call this method. */
export type Admission = (path: string, tokens: readonly string[]) => string

type Input<M extends MethodDescription> = M['requestStream'] extends true ? AsyncIterable<RequestOf<M>> : RequestOf<M>
type Output<M extends MethodDescription> = M['responseStream'] extends true ? Iterable<ResponseOf<M>> | AsyncIterable<ResponseOf<M>> : ResponseOf<M> | Promise<ResponseOf<M>>

/** The methods of a service that there are; the others answer UNIMPLEMENTED. */
export type Methods<S extends ServiceDescription> = { readonly [K in keyof S['methods']]?: (input: Input<S['methods'][K]>, call: Call) => Output<S['methods'][K]> }

type AnyCall = ServerUnaryCall<unknown, unknown> | ServerReadableStream<unknown, unknown> | ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>
type AnyMethod = (input: unknown, call: Call) => unknown

/** What all services share. */
export interface ServiceBase {
  readonly admit: Admission
  readonly report: (error: unknown) => void
  /** Aborted when the server is about to end. */
  readonly closing: AbortSignal
  /** The calls that are being worked on. */
  readonly running: Set<Promise<void>>
}

/** A service as grpc-js wants it. */
export function implementService<S extends ServiceDescription>(description: S, base: ServiceBase, methods: Methods<S>): [ReturnType<typeof grpcService>, UntypedServiceImplementation] {
  const implementation: UntypedServiceImplementation = {}
  for (const [key, method] of Object.entries(description.methods)) {
    const path = `${description.fullName}/${method.name}`
    // The types of `methods` say that this fits; the loop over them cannot.
    const work = (methods as Record<string, AnyMethod | undefined>)[key] ?? missing(description.fullName, method.name)
    implementation[key] = handler(path, method, work, base)
  }
  return [boundedService(description), implementation]
}

/** What is not the bytes of files is small; a path or a list of this size would only be there to do harm. */
const SMALL_REQUEST_BYTES = 4 * 1024 * 1024
/** Requests that carry values of any kind. */
const LARGE_REQUESTS: ReadonlySet<string> = new Set(['PutCache'])
const WORTH_COUNTING_BYTES = 64 * 1024
/** The bytes that a large request of a stream came in. */
const bytesOf = new WeakMap<object, number>()

/** Stands for a request that was not read, until somebody can say why. */
class Oversized {
  constructor(readonly why: string) {}
}

function decoded({ requestType }: MethodDescription, bytes: Buffer): object {
  try {
    return decodeBounded(requestType, bytes) as object
  } catch (error) {
    // Anything else is a damaged message, for which gRPC has an answer of its own.
    if (error instanceof RangeError) return new Oversized(error.message)
    throw error
  }
}

/** The request, if it was read. Throws RESOURCE_EXHAUSTED. */
function readable(request: unknown): unknown {
  if (request instanceof Oversized) throw new ModelError('RESOURCE_EXHAUSTED', request.why)
  return request
}

/** A service that refuses requests which are made to fill the memory. */
function boundedService(description: ServiceDescription): ReturnType<typeof grpcService> {
  const bounded = Object.entries(grpcService(description)).map(([key, definition]) => {
    const method = description.methods[key]
    if (!method) return [key, definition] as const
    const most = method.requestStream || LARGE_REQUESTS.has(method.name) ? Infinity : SMALL_REQUEST_BYTES
    const requestDeserialize = (bytes: Buffer): object => {
      if (bytes.length > most) return new Oversized(`the request has ${bytes.length} bytes, ${method.name} takes ${most}`)
      const request = decoded(method, bytes)
      if (method.requestStream && bytes.length >= WORTH_COUNTING_BYTES) bytesOf.set(request, bytes.length)
      return request
    }
    return [key, { ...definition, requestDeserialize }] as const
  })
  return Object.fromEntries(bounded)
}

/** What there is instead of the methods of a service that are not implemented. */
const INSTEAD: Readonly<Record<string, string>> = {
  'admin_v2.API': 'end the process and start it again',
  'enterprise_v2.API': 'nothing here needs a licence',
  'license_v2.API': 'nothing here needs a licence',
}

function missing(service: string, method: string): AnyMethod {
  return () => {
    throw new ModelError('UNIMPLEMENTED', `pachd-embedded, a pachd in one process for data, does not implement ${service}/${method}: ${INSTEAD[service] ?? 'connect to a pachd on a cluster for it'}`)
  }
}

function handler(path: string, { requestStream, responseStream }: MethodDescription, work: AnyMethod, { admit, report, closing, running }: ServiceBase) {
  const begin = (call: AnyCall): Call => {
    const tokens = values(call.metadata, 'authn-token')
    const caller = admit(path, tokens)
    const signal = abortSignal(call)
    let waiting: AbortSignal | undefined
    return {
      caller,
      token: tokens[0] ?? '',
      signal,
      // Most calls do not wait, and the signal of the server would remember every one that could.
      get waiting() {
        return (waiting ??= AbortSignal.any([signal, closing]))
      },
      deadlineMs: Number(call.getDeadline()),
      transaction: values(call.metadata, 'pach-transaction')[0] ?? '',
    }
  }
  const track = (handling: Promise<void>) => {
    const tracked = handling.finally(() => running.delete(tracked))
    running.add(tracked)
  }
  if (responseStream) {
    return (call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>) => {
      track((async () => {
        try {
          const context = begin(call)
          const input = 'request' in call ? readable(call.request) : received(call, context.signal)
          await send(call, work(input, context) as Iterable<unknown> | AsyncIterable<unknown>, context.signal)
          call.end()
        } catch (error) {
          call.emit('error', toStatus(error, quiet(call, report)))
        }
      })())
    }
  }
  return (call: ServerUnaryCall<unknown, unknown> | ServerReadableStream<unknown, unknown>, reply: sendUnaryData<unknown>) => {
    track((async () => {
      try {
        const context = begin(call)
        const input = requestStream && !('request' in call) ? received(call, context.signal) : 'request' in call ? readable(call.request) : undefined
        reply(null, await work(input, context))
      } catch (error) {
        reply(toStatus(error, quiet(call, report)))
      }
    })())
  }
}

/** A call that the client has left is nobody's failure. */
const quiet = (call: AnyCall, report: (error: unknown) => void) => (call.cancelled ? () => undefined : report)

const values = (metadata: Metadata, key: string): string[] => metadata.get(key).map(String)

function abortSignal(call: AnyCall): AbortSignal {
  const abort = new AbortController()
  const events: EventEmitter = call
  events.on('cancelled', () => abort.abort())
  events.on('close', () => abort.abort())
  return abort.signal
}

/** So many requests of a stream, and so many bytes, may wait to be taken. */
const MOST_WAITING = 64
const MOST_WAITING_BYTES = 4 * 1024 * 1024

/** The requests of a client, read no faster than they are taken. */
async function* received(call: ServerReadableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
  const arrived: unknown[] = []
  let bytes = 0
  const stream: { ended: boolean; failure: Error | undefined } = { ended: false, failure: undefined }
  let wake: () => void = () => undefined
  call.on('data', message => {
    arrived.push(message)
    bytes += bytesOf.get(message as object) ?? 0
    if (arrived.length >= MOST_WAITING || bytes >= MOST_WAITING_BYTES) call.pause()
    wake()
  })
  call.on('end', () => {
    stream.ended = true
    wake()
  })
  call.on('error', error => {
    stream.failure = error
    wake()
  })
  signal.addEventListener('abort', () => wake())
  for (;;) {
    while (arrived.length > 0) {
      const batch = arrived.splice(0)
      bytes = 0
      if (call.isPaused()) call.resume()
      for (const request of batch) yield readable(request)
    }
    if (stream.ended) {
      // A connection that broke ends its streams, too, and says only after that that it was no end.
      await new Promise(setImmediate)
      if (!signal.aborted) return
    }
    if (signal.aborted || stream.failure) throw new ModelError('CANCELLED', 'the client has left before the end of the stream', { cause: stream.failure })
    await new Promise<void>(resolve => {
      wake = resolve
    })
  }
}

/** So many bytes of files may be under way to a client that does not take them. */
const MOST_UNDER_WAY_BYTES = 8 * 1024 * 1024

const sizeOf = (answer: unknown): number => (typeof answer === 'object' && answer !== null && 'value' in answer && answer.value instanceof Uint8Array ? answer.value.length : 0)

/** Sends answers no faster than the client takes them. */
async function send(call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>, answers: Iterable<unknown> | AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
  let sinceBreak = 0
  let underWay = 0
  let wake: () => void = () => undefined
  const taken = (size: number) => {
    underWay -= size
    wake()
  }
  const isFull = () => underWay > MOST_UNDER_WAY_BYTES && !signal.aborted
  signal.addEventListener('abort', () => wake())
  for await (const answer of answers) {
    if (signal.aborted) throw new ModelError('CANCELLED', 'the client has left')
    const size = sizeOf(answer)
    underWay += size
    const hasRoom = size === 0 ? call.write(answer) : call.write(answer, () => taken(size))
    if (!hasRoom) await drained(call, signal)
    // Sixteen answers of files would be let through before a stream says that it is full.
    while (isFull()) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    // A long listing that is in memory would otherwise keep everybody else waiting.
    if (++sinceBreak % 256 === 0) await new Promise(setImmediate)
  }
}

function drained(call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      call.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    call.on('drain', done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}

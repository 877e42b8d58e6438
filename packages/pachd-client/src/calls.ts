/** The four kinds of gRPC calls as promises and async iterables. */
import { grpcMethod, type MessageInit, type MethodDescription, type RequestOf, type ResponseOf, type ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'

import type { CallOptions } from './call-options.js'
import type { Connection } from './connection.js'
import { PachdError } from './errors.js'
import { isRepeatable, isTransient, waitForRetry } from './retry.js'
import { streamSilenceMs, unaryTimeoutMs } from './waiting-limits.js'

/** A method bound to its service and connection. */
export interface BoundMethod<M extends MethodDescription> {
  readonly connection: Connection
  readonly service: ServiceDescription
  readonly method: M
}

/** One request, one answer. Transient failures of methods that change nothing are tried again. */
export async function unaryCall<M extends MethodDescription>(bound: BoundMethod<M>, init: MessageInit<RequestOf<M>>, options: CallOptions): Promise<ResponseOf<M>> {
  for (let tries = 0; ; tries++) {
    try {
      return await oneUnaryCall(bound, init, options)
    } catch (thrown) {
      const error = bound.connection.errorFrom(thrown)
      if (!isRepeatable(bound.method.name) || !isTransient(error) || !(await waitForRetry(tries, options.signal))) throw error
    }
  }
}

function oneUnaryCall<M extends MethodDescription>({ connection, service, method }: BoundMethod<M>, init: MessageInit<RequestOf<M>>, options: CallOptions): Promise<ResponseOf<M>> {
  const wire = grpcMethod(service, method)
  options.signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const call = connection.client.makeUnaryRequest(
      wire.path,
      wire.requestSerialize,
      wire.responseDeserialize,
      requestMessage(method, init),
      connection.metadata(options),
      connection.callOptions(options.timeoutMs ?? unaryTimeoutMs(method.name, connection.defaultTimeoutMs)),
      (error, response) => {
        release()
        if (error) reject(error)
        else resolve(response as ResponseOf<M>)
      },
    )
    const release = cancelOnAbort(options.signal, call)
  })
}

/**
 * One request, many answers, read no faster than the caller takes them. Leaving the loop cancels the call. A
 * transient failure before the first answer of a method that changes nothing is tried again.
 */
export async function* serverStream<M extends MethodDescription>(bound: BoundMethod<M>, init: MessageInit<RequestOf<M>>, options: CallOptions): AsyncGenerator<ResponseOf<M>, void, undefined> {
  for (let tries = 0; ; tries++) {
    let answered = false
    try {
      for await (const answer of oneServerStream(bound, init, options)) {
        answered = true
        yield answer
      }
      return
    } catch (thrown) {
      const error = bound.connection.errorFrom(thrown)
      if (answered || !isRepeatable(bound.method.name) || !isTransient(error) || !(await waitForRetry(tries, options.signal))) throw error
    }
  }
}

async function* oneServerStream<M extends MethodDescription>({ connection, service, method }: BoundMethod<M>, init: MessageInit<RequestOf<M>>, options: CallOptions): AsyncGenerator<ResponseOf<M>, void, undefined> {
  const wire = grpcMethod(service, method)
  options.signal?.throwIfAborted()
  const call = connection.client.makeServerStreamRequest(
    wire.path,
    wire.requestSerialize,
    wire.responseDeserialize,
    requestMessage(method, init),
    connection.metadata(options),
    connection.callOptions(options.timeoutMs),
  )
  const release = cancelOnAbort(options.signal, call)
  limitBuffer(call)
  const silenceMs = streamSilenceMs(method.name)
  try {
    const answers = silenceMs === undefined ? call : untilSilent(call, silenceMs, connection)
    for await (const answer of answers) yield answer as ResponseOf<M>
  } finally {
    release()
    call.cancel()
  }
}

/** The same answers, each awaited for `silenceMs` at most; the time that the reader takes does not count. */
async function* untilSilent(call: AsyncIterable<unknown> & { cancel(): void }, silenceMs: number, { address }: Connection): AsyncGenerator<unknown, void, undefined> {
  const answers = call[Symbol.asyncIterator]()
  for (;;) {
    const silence: { error?: PachdError } = {}
    const timer = setTimeout(() => {
      silence.error = new PachdError('DEADLINE_EXCEEDED', `pachd at ${address.qualified} has sent nothing for ${silenceMs / 1000} s; check that it runs`)
      call.cancel()
    }, silenceMs)
    try {
      const next = await answers.next()
      if (next.done) return
      clearTimeout(timer)
      yield next.value
    } catch (thrown) {
      throw silence.error ?? thrown
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Many requests, one answer. Never repeated: only the caller knows what was sent. */
export async function clientStream<M extends MethodDescription>({ connection, service, method }: BoundMethod<M>, requests: Requests<M>, options: CallOptions): Promise<ResponseOf<M>> {
  const wire = grpcMethod(service, method)
  options.signal?.throwIfAborted()
  let finish: (outcome: { error: Error } | { response: ResponseOf<M> }) => void = () => undefined
  const outcome = new Promise<{ error: Error } | { response: ResponseOf<M> }>(resolve => (finish = resolve))
  const call = connection.client.makeClientStreamRequest(
    wire.path,
    wire.requestSerialize,
    wire.responseDeserialize,
    connection.metadata(options),
    connection.callOptions(options.timeoutMs),
    (error, response) => finish(error ? { error } : { response: response as ResponseOf<M> }),
  )
  const release = cancelOnAbort(options.signal, call)
  try {
    await sendAll(call, method, requests, outcome)
    const result = await outcome
    if ('error' in result) throw result.error
    return result.response
  } catch (thrown) {
    call.cancel()
    throw connection.errorFrom(thrown)
  } finally {
    release()
  }
}

/**
 * Many requests, many answers, each read no faster than the other side takes them. Leaving the loop cancels the call.
 * Never repeated. Rejects with what the requests throw, or with PachdError.
 */
export async function* bidirectionalStream<M extends MethodDescription>({ connection, service, method }: BoundMethod<M>, requests: Requests<M>, options: CallOptions): AsyncGenerator<ResponseOf<M>, void, undefined> {
  const wire = grpcMethod(service, method)
  options.signal?.throwIfAborted()
  const call = connection.client.makeBidiStreamRequest(wire.path, wire.requestSerialize, wire.responseDeserialize, connection.metadata(options), connection.callOptions(options.timeoutMs))
  const release = cancelOnAbort(options.signal, call)
  limitBuffer(call)
  const closed = new Promise(resolve => call.once('close', resolve))
  let failure: { readonly error: unknown } | undefined
  const sent = sendAll(call, method, requests, closed).catch((error: unknown) => {
    failure = { error }
    call.cancel()
  })
  try {
    for await (const answer of call) yield answer as ResponseOf<M>
    await sent
  } catch (thrown) {
    throw failure ? failure.error : connection.errorFrom(thrown)
  } finally {
    release()
    call.cancel()
  }
}

/** The requests of a client stream: produced as fast as pachd takes them. */
export type Requests<M extends MethodDescription> = AsyncIterable<MessageInit<RequestOf<M>>> | Iterable<MessageInit<RequestOf<M>>>

interface RequestSink {
  write(message: unknown): boolean
  end(): void
  once(event: 'drain', listener: () => void): unknown
}

async function sendAll<M extends MethodDescription>(sink: RequestSink, method: M, requests: Requests<M>, outcome: Promise<unknown>): Promise<void> {
  const ended = new AbortController()
  const done = outcome.then(() => ended.abort())
  for await (const init of requests) {
    if (ended.signal.aborted) return
    if (!sink.write(requestMessage(method, init))) await Promise.race([new Promise<void>(resolve => sink.once('drain', resolve)), done])
  }
  sink.end()
}

function requestMessage<M extends MethodDescription>(method: M, init: MessageInit<RequestOf<M>>): RequestOf<M> {
  return method.requestType.fromPartial(init as never) as RequestOf<M>
}

function cancelOnAbort(signal: AbortSignal | undefined, call: { cancel(): void }): () => void {
  const cancel = () => call.cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  return () => signal?.removeEventListener('abort', cancel)
}

/**
 * A readable stream of objects buffers 16 of them, and one message of pachd may have 19 MiB. grpc-js offers no
 * option, so the mark is lowered on the stream's state, which Node 20 to 24 read at every push.
 */
function limitBuffer(stream: object): void {
  const { _readableState: state } = stream as { _readableState?: { highWaterMark: number } }
  if (state) state.highWaterMark = 2
}

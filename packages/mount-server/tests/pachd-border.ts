/** A border in front of a pachd: it passes calls through, holds or breaks some, answers some itself, and notes which tokens it saw. */
import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { type ClientHttp2Session, connect, constants, createSecureServer, createServer, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** A point at which a call can be held: before pachd gets it, or after pachd has answered and before the client knows. */
export interface GatePoint {
  readonly method: string
  readonly at: 'call' | 'answer'
}

/** Holds a call until it resolves; "break" ends the client's connection then. */
export type Gate = (point: GatePoint) => Promise<'pass' | 'break'>

/** A running border. */
export interface PachdBorder {
  readonly address: string
  /** The values of the metadata `authn-token`, in the order of their calls. */
  readonly tokens: string[]
  /** Answers a method such as "/auth_v2.API/Authenticate" with this message, or these, from now on, each time after `ready`. */
  readonly answer: (method: string, messages: Uint8Array | readonly Uint8Array[], ready?: Promise<void>) => void
  /** Refuses a method with this gRPC status from now on. */
  readonly refuse: (method: string, status: number, message: string) => void
  /** Asks `gate` at both points of each call from now on; undefined lets everything pass. */
  readonly setGate: (gate: Gate | undefined) => void
  readonly stop: () => Promise<void>
}

/**
 * Starts a border before the pachd at `target`, `grpc://host:port`; with `tls` it is reached under the name localhost only, with that certificate.
 * Each connection has one of its own to pachd and breaks with it, so pachd can be killed and started again.
 */
export async function startPachdBorder(target: string, { tls }: { tls?: { key: Buffer; cert: Buffer } } = {}): Promise<PachdBorder> {
  const upstreams = new Map<Http2Session, ClientHttp2Session>()
  const answers = new Map<string, { messages: readonly Uint8Array[]; ready: Promise<void> }>()
  const refusals = new Map<string, OutgoingHttpHeaders>()
  const tokens: string[] = []
  let gateOfAll: Gate | undefined
  const server = tls ? createSecureServer(tls) : createServer()
  server.on('session', session => {
    const upstream = connect(target.replace('grpc://', 'http://'))
    upstreams.set(session, upstream)
    for (const [one, other] of [[session, upstream], [upstream, session]] as const) {
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
    session.on('close', () => upstreams.delete(session))
  })
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path'])
    const token = headers['authn-token']
    if (typeof token === 'string') tokens.push(token)
    stream.on('error', () => undefined)
    const refusal = refusals.get(method)
    if (refusal) {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true })
      return
    }
    const scripted = answers.get(method)
    if (scripted) {
      void scripted.ready.then(() => answerWith(stream, scripted.messages))
      return
    }
    const gate = gateOfAll
    if (gate) void passThrough(stream, { method, at: 'call' }, gate, () => forward(stream, headers, gate))
    else forward(stream, headers, undefined)
  })

  function forward(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, gate: Gate | undefined): void {
    const method = String(headers[':path'])
    const upstream = stream.session && upstreams.get(stream.session)
    if (!upstream || upstream.destroyed) return
    const passed = upstream.request({ ...headers, ':authority': target.replace('grpc://', '') }, { endStream: false })
    stream.pipe(passed)
    // A client that goes away in the middle of a call ends the call.
    stream.once('close', () => {
      if (!passed.closed && !stream.readableEnded) passed.close(constants.NGHTTP2_CANCEL)
    })
    passed.on('error', () => {
      if (!stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    })
    passed.on('response', (answered, flags) => {
      const isOnlyHeaders = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      const respond = () => {
        stream.respond(answered, { waitForTrailers: !isOnlyHeaders, endStream: isOnlyHeaders })
        if (isOnlyHeaders) return
        stream.on('wantTrailers', () => stream.sendTrailers(trailers))
        passed.pipe(stream)
      }
      let trailers: OutgoingHttpHeaders = {}
      passed.on('trailers', (sent: OutgoingHttpHeaders) => (trailers = sent))
      if (gate) void passThrough(stream, { method, at: 'answer' }, gate, respond)
      else respond()
    })
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `${tls ? 'grpcs://localhost' : 'grpc://127.0.0.1'}:${String((server.address() as AddressInfo).port)}`,
    tokens,
    answer: (method, messages, ready = Promise.resolve()) => void answers.set(method, { messages: messages instanceof Uint8Array ? [messages] : messages, ready }),
    refuse: (method, status, message) => void refusals.set(method, { 'grpc-status': String(status), 'grpc-message': encodeURIComponent(message) }),
    setGate: gate => void (gateOfAll = gate),
    stop: async () => {
      for (const [session, upstream] of upstreams) {
        upstream.destroy()
        session.destroy()
      }
      server.close()
      await new Promise(settle => setImmediate(settle))
    },
  }
}

async function passThrough(stream: ServerHttp2Stream, point: GatePoint, gate: Gate, pass: () => void): Promise<void> {
  const decision = await gate(point)
  if (stream.destroyed) return
  if (decision === 'pass') pass()
  else stream.session?.destroy()
}

function answerWith(stream: ServerHttp2Stream, messages: readonly Uint8Array[]): void {
  if (stream.destroyed) return
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.concat(messages.flatMap(message => [prefixOf(message), message])))
}

function prefixOf(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return prefix
}

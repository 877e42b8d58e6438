/**
 * The HTTP server under the app: how long it waits for a silent client, and how many connections it keeps.
 *
 * Silence is limited, not the total: an upload over a slow line may take hours while bytes arrive, and a commit may
 * think for minutes. A connection is silent when the server waits for the client: for the rest of a request, or for
 * the client to read what was sent. While a handler works, or an event stream has nothing to say, the server waits for
 * nobody. Node's own `requestTimeout` limits the total and stays off.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How patient the server is. */
export interface ConnectionLimits {
  /** For all headers of a request, from the first byte or, on a new connection, from its beginning. */
  readonly headersMs: number
  /** For the next bytes of a request body. */
  readonly silenceMs: number
  /** For the client to take bytes of a response. Longer: the kernel reports room only when half of its buffer is free, which takes minutes on a slow line. */
  readonly unreadMs: number
  /** Open connections. One more ends the oldest that waits for its client. */
  readonly connections: number
}

/** Below the 30 s after which most clients and proxies give up themselves. */
export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = { headersMs: 20_000, silenceMs: 30_000, unreadMs: 300_000, connections: 1000 }

const CHECKS_PER_LIMIT = 4
const KEEP_ALIVE_MS = 72_000
const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** A server that does not listen yet. Each listener of the app has one of its own. */
export function createHttpServer(handler: RequestListener, { headersMs, silenceMs, unreadMs, connections }: ConnectionLimits = DEFAULT_CONNECTION_LIMITS): Server {
  const exchanges = new Map<Socket, Exchange | undefined>()
  const server = createServer({ headersTimeout: headersMs, requestTimeout: 0, connectionsCheckingInterval: Math.ceil(headersMs / CHECKS_PER_LIMIT), keepAliveTimeout: KEEP_ALIVE_MS })

  server.on('connection', (socket: Socket) => {
    if (exchanges.size >= connections) {
      const ended = oldestIdle(exchanges) ?? oldestWaiting(exchanges) ?? socket
      exchanges.delete(ended)
      ended.destroy()
      if (ended === socket) return
    }
    exchanges.set(socket, undefined)
    socket.once('close', () => exchanges.delete(socket))
  })
  server.on('request', (request, response) => {
    const { socket } = request
    const exchange: Exchange = { request, response, unread: { sentBytes: 0, forMs: 0 } }
    exchanges.set(socket, exchange)
    response.once('close', () => {
      if (exchanges.get(socket) !== exchange || socket.destroyed) return
      // Back to the end of the queue of idle connections.
      exchanges.delete(socket)
      exchanges.set(socket, undefined)
    })
  })
  server.on('request', handler)
  server.setTimeout(silenceMs, (socket: Socket) => {
    const exchange = exchanges.get(socket)
    if (!exchange) socket.destroy()
    else if (waitsForBody(exchange)) endUnanswered(socket, exchange)
    else if (unreadFor(exchange, socket, silenceMs) >= unreadMs) socket.destroy()
    else socket.setTimeout(silenceMs)
  })
  return server
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly unread: { sentBytes: number; forMs: number }
}

/** Bytes that have arrived and wait to be read are a delay of the server. */
function waitsForBody({ request }: Exchange): boolean {
  return !request.complete && request.readableLength === 0
}

/** How long the client has taken no bytes, after `silenceMs` more of that. */
function unreadFor({ response, unread }: Exchange, socket: Socket, silenceMs: number): number {
  const isStalled = response.writableLength > 0 && unread.sentBytes === socket.bytesWritten
  unread.forMs = isStalled ? unread.forMs + silenceMs : 0
  unread.sentBytes = socket.bytesWritten
  return unread.forMs
}

function endUnanswered(socket: Socket, { response }: Exchange): void {
  if (response.headersSent) socket.destroy()
  else socket.end(TIMED_OUT, () => socket.destroy())
}

function oldestIdle(exchanges: ReadonlyMap<Socket, Exchange | undefined>): Socket | undefined {
  for (const [socket, exchange] of exchanges) if (!exchange) return socket
  return undefined
}

function oldestWaiting(exchanges: ReadonlyMap<Socket, Exchange | undefined>): Socket | undefined {
  for (const [socket, exchange] of exchanges) if (exchange && (waitsForBody(exchange) || exchange.response.writableLength > 0)) return socket
  return undefined
}

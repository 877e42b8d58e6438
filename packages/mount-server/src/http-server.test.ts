import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'

import { type ConnectionLimits, createHttpServer } from './http-server.js'

const LIMITS: ConnectionLimits = { headersMs: 200, silenceMs: 400, unreadMs: 800, connections: 20 }

async function serve(handler: RequestListener, limits: Partial<ConnectionLimits> = {}): Promise<number> {
  const server = createHttpServer(handler, { ...LIMITS, ...limits }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

async function open(port: number, text = ''): Promise<{ readonly socket: Socket; readonly received: () => string; readonly closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (part: Buffer) => (received += part.toString())).on('error', () => undefined)
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  socket.write(text)
  onTestFinished(() => void socket.destroy())
  return { socket, received: () => received, closed }
}

/** Answers with the length of the body. */
const count: RequestListener = (request, response) => {
  let bytes = 0
  request.on('data', (part: Buffer) => (bytes += part.length)).on('end', () => response.end(String(bytes))).on('error', () => undefined)
}

test.each([
  ['of which no byte comes', ''],
  ['whose headers do not end', 'GET / HTTP/1.1\r\nHost: a'],
  ['whose body stays away', 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1'],
  ['whose next chunk stays away', 'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'],
])('a request %s is ended', async (_what, text) => {
  const client = await open(await serve(count), text)

  await client.closed

  if (text !== '') expect(client.received()).toMatch(/^HTTP\/1\.1 408 /)
})

test('a body that takes longer than the limit is read to its end while bytes arrive', async () => {
  const client = await open(await serve(count), 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n')
  const began = Date.now()

  for (let sent = 0; sent < 12; sent++) {
    await new Promise(resolve => setTimeout(resolve, 100))
    client.socket.write('x')
  }

  await vi.waitFor(() => expect(client.received()).toMatch(/\r\n\r\n12$/))
  expect(Date.now() - began).toBeGreaterThan(2 * LIMITS.silenceMs)
})

test('an answer that takes longer than the limit is waited for, and so is a stream that has nothing to say', async () => {
  let finish: () => void = () => undefined
  const port = await serve((_request, response) => {
    response.write('begun')
    finish = () => response.end(' done')
  })
  const client = await open(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')

  await new Promise(resolve => setTimeout(resolve, 4 * LIMITS.silenceMs))
  finish()

  await vi.waitFor(() => expect(client.received()).toContain(' done'))
})

test('an answer that its client does not read is ended', async () => {
  let note: () => void = () => undefined
  const ended = new Promise<void>(resolve => (note = resolve))
  const port = await serve((_request, response) => {
    response.once('close', note)
    response.write(Buffer.alloc(64 * 1024 * 1024))
  })
  const { socket } = await open(port)
  socket.pause()

  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')

  await ended
})

test('a new connection is answered also when all places are taken by silent ones', async () => {
  const port = await serve(count, { headersMs: 60_000, silenceMs: 60_000 })
  const idle = await Promise.all(Array.from({ length: 15 }, () => open(port)))
  const slow = await Promise.all(Array.from({ length: 15 }, () => open(port, 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1')))

  const client = await open(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')

  await vi.waitFor(() => expect(client.received()).toMatch(/\r\n\r\n0$/))
  // Those without a request go first.
  expect([idle.filter(({ socket }) => socket.destroyed).length, slow.filter(({ socket }) => socket.destroyed).length]).toEqual([11, 0])
})

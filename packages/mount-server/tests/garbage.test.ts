import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp } from './serving-app.js'
import { send } from './server-process.js'

let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('cats', { '/a': '1' })
})
afterAll(() => pachd.stop())

/** Bytes that look random and are the same in each run. */
function bytesOf(seed: number, length: number): Buffer {
  let state = seed + 1
  return Buffer.from(Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  }))
}

const request = Buffer.from('PUT /_mount HTTP/1.1\r\nHost: localhost\r\nContent-Length: 41\r\n\r\n{"mounts": [{"name": "m", "repo": "x"}]}\n')

/** A request in which some bytes are others. */
function damaged(seed: number): Buffer {
  const bytes = Buffer.from(request)
  for (const [index, value] of [...bytesOf(seed, 6)].entries()) bytes[bytesOf(seed + index, 2).readUInt16LE() % bytes.length] = value
  return bytes
}

const shapes: [string, (seed: number) => Buffer][] = [
  ['bytes at random', seed => bytesOf(seed, 1 + (seed % 3000))],
  ['damaged requests', damaged],
  ['requests that end early', seed => request.subarray(0, seed % request.length)],
  ['many headers', seed => Buffer.from(`GET /health HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(seed * 50)}\r\n`)],
  ['a header without an end', seed => Buffer.from(`GET /health HTTP/1.1\r\nX: ${'y'.repeat(seed * 1000)}`)],
  ['lengths that are none', seed => Buffer.from(`PUT /_mount HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${['-1', '1e9', '0x10', '99999999999999999999', ' ', '1, 2'][seed % 6] ?? ''}\r\n\r\n{}`)],
  ['chunks that are none', seed => Buffer.from(`PUT /_mount HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${['zz', 'ffffffffffffffff', '-5', '5\r\nab'][seed % 4] ?? ''}\r\n`)],
]

test.each(shapes)('%s on the socket are answered or hung up on, and the next request is served', async (_name, make) => {
  const served = await serveApp({ config: pachd.config, folder: pachd.folder })
  onTestFinished(() => served.stop())
  const socketPath = join(pachd.folder, `${_name.replaceAll(' ', '-')}.sock`)
  await served.app.listen({ path: socketPath })
  await served.call('PUT', '/_mount', { mounts: [{ name: 'cats', repo: 'cats' }] })

  for (let seed = 0; seed < 60; seed++) {
    const socket = connect(socketPath)
    socket.on('error', () => undefined)
    socket.end(make(seed))
    let answer = ''
    for await (const part of socket) answer += String(part)
    expect(answer === '' || answer.startsWith('HTTP/1.1 '), answer.slice(0, 80)).toBe(true)
  }

  expect((await send({ socketPath }, 'GET', '/mounts')).text).toContain('"name":"cats"')
})

import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { describeListenFailure, isLoopback, ListenError, prepareSocket, protectSocket } from './listener.js'

let folder: string
let path: string
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listener-'))
  path = join(folder, 'pfs.sock')
})

afterEach(async () => {
  await new Promise(resolve => (server ? server.close(resolve) : resolve(undefined)))
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

async function listen(): Promise<void> {
  server = createServer()
  await new Promise<void>(resolve => server?.listen(path, resolve))
}

test('a socket that a dead process left is replaced', async () => {
  spawnSync(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`])
  expect((await stat(path)).isSocket()).toBe(true)

  await prepareSocket(path)
  await listen()
  await protectSocket(path)

  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a socket that somebody listens on is refused', async () => {
  await listen()

  await expect(prepareSocket(path)).rejects.toThrow(`another program listens on ${path}`)
})

test('a file that is not a socket is left alone', async () => {
  await writeFile(path, 'precious')

  await expect(prepareSocket(path)).rejects.toThrow(ListenError)
  expect((await stat(path)).size).toBe(8)
})

test('a path that is too long for a socket is named with its option', async () => {
  await expect(prepareSocket(`/${'long/'.repeat(30)}s`)).rejects.toThrow('--sock-path')
})

test('loopback is told from other hosts', () => {
  expect(['localhost', '127.0.0.1', '127.8.8.8', '::1'].every(isLoopback)).toBe(true)
  expect(['0.0.0.0', '::', '10.0.0.1', 'pach.example'].some(isLoopback)).toBe(false)
})

test('a taken port is named with its option', () => {
  expect(describeListenFailure(Object.assign(new Error('in use'), { code: 'EADDRINUSE' }), { host: '127.0.0.1', port: 9002 })).toBe('127.0.0.1:9002 is taken by another program; stop it, or choose another one with --port')
})

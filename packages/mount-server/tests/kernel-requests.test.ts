/** The native binding under the mount: nothing that programs can make the kernel ask may harm the server. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { send, startProcess, untilAnswers } from './server-process.js'

const run = promisify(execFile)
const SEEDS = [1, 2]
const ROUNDS = 1000
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('requests', { '/kept': 'as it was' })
})
afterAll(() => pachd.stop())

describe('T28: random file operations with extreme sizes, offsets and names leave the server alive and every file right', () => {
  test.each(SEEDS)('seed %i', async seed => {
    const server = await startProcess([], { config: pachd.config })
    await untilAnswers(server)
    await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'requests', mode: 'rw' }] })

    const { stdout } = await run('/usr/bin/python3', [join(import.meta.dirname, 'kernel-requests.py'), join(server.mountDir, 'w'), String(seed), String(ROUNDS)], { timeout: 100_000 })

    const [summary = '', ...problems] = stdout.trim().split('\n')
    expect(problems).toEqual([])
    expect(Number(summary.split(' ')[0])).toBeGreaterThan(ROUNDS / 2)
    expect(await readFile(join(server.mountDir, 'w/kept'), 'utf8')).toBe('as it was')
    expect((await send({ socketPath: server.socket }, 'GET', '/health')).status).toBe(200)
    expect(server.child.exitCode).toBeNull()
  }, 120_000)
})

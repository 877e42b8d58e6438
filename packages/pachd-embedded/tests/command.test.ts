import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')

interface Outcome {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

function run(args: readonly string[], { endAtLine = '', signal = 'SIGTERM', env = {} }: { endAtLine?: string; signal?: NodeJS.Signals; env?: Record<string, string> } = {}): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let output = ''
  let errors = ''
  child.stdout.on('data', bytes => {
    output += String(bytes)
    if (endAtLine !== '' && output.includes(endAtLine)) child.kill(signal)
  })
  child.stderr.on('data', bytes => (errors += String(bytes)))
  return new Promise(resolve => child.on('close', code => resolve({ code, output, errors })))
}

const folder = () => mkdtempSync(join(tmpdir(), 'pachd-command-'))

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)('the command says where it listens, and ends with 0 by %s', async signal => {
  const { code, output } = await run(['--port', '0'], { endAtLine: 'listening on', signal, env: { PACHD_EMBEDDED_DATA_DIR: folder() } })

  expect(output).toMatch(/^listening on grpc:\/\/127\.0\.0\.1:\d+\n$/)
  expect(code).toBe(0)
})

test('a taken port is named together with the option that changes it', async () => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo

  const { code, errors } = await run(['--data-dir', folder(), '--port', String(port)])
  other.close()

  expect(code).toBe(1)
  expect(errors).toBe(`pachd-embedded: port ${port} on 127.0.0.1 is taken; stop what listens there, or choose another port with --port\n`)
})

test('fsck of a healthy directory finds no errors', async () => {
  const { code, output } = await run(['fsck', '--data-dir', folder()])

  expect(output).toBe('no errors found\n')
  expect(code).toBe(0)
})

/** The examples of services do what they say, as far as this machine can tell. */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterEach, beforeEach, expect, test } from 'vitest'

const run = promisify(execFile)
const examples = join(import.meta.dirname, '../examples/services')
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'services-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('systemd finds nothing wrong with the unit', async () => {
  const unit = await readFile(join(examples, 'mount-server.service'), 'utf8')
  await writeFile(join(folder, 'mount-server.service'), unit.replace('/usr/local/bin/mount-server', '/bin/true'))

  const { stdout, stderr } = await run('systemd-analyze', ['verify', '--user', '--man=no', join(folder, 'mount-server.service')], { env: { ...process.env, XDG_RUNTIME_DIR: folder } })

  expect(`${stdout}${stderr}`).toBe('')
})

/** A mount-server that notes how it was called, and that it was stopped. */
async function withFakeServer(args: readonly string[]): Promise<{ readonly calls: string; readonly code: number }> {
  await writeFile(join(folder, 'mount-server'), `#!/bin/sh\ntrap 'echo stopped >> ${folder}/calls; exit 0' TERM\necho "$@" >> ${folder}/calls\nwhile :; do sleep 0.05; done\n`)
  await chmod(join(folder, 'mount-server'), 0o755)
  const started = `while [ ! -s ${folder}/calls ]; do sleep 0.05; done; `
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, XDG_RUNTIME_DIR: folder, MOUNT_SERVER_MOUNT_DIR: join(folder, 'pfs') }
  const code = await run(join(examples, 'entrypoint.sh'), ['sh', '-c', started + args.join(' ')], { env }).then(
    () => 0,
    (error: unknown) => (error as { code: number }).code,
  )
  return { calls: await readFile(join(folder, 'calls'), 'utf8'), code }
}

test('the entry point runs its program beside the server, stops the server after it, and ends as it did', async () => {
  const { calls, code } = await withFakeServer(['exit', '7'])

  expect(code).toBe(7)
  expect(calls).toMatch(/--log-format json\nstopped\n$/)
})

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { FileSystem, mountFuse } from '../src/index.js'
import { mountedRepo } from './mounted-repo.js'

const run = promisify(execFile)

async function folder(name = 'fuse-session-'): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), name))
  onTestFinished(async () => {
    while (await isMounted(path)) await run('fusermount', ['-uz', path])
    await rmdir(path)
  })
  return path
}

async function isMounted(path: string): Promise<boolean> {
  return (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').some(line => line.split(' ')[4] === path.replaceAll(' ', '\\040'))
}

/** A process that serves a mount; it says so on standard output. */
async function servingProcess(mountDir: string): Promise<ChildProcess> {
  const script = `import { FileSystem, mountFuse } from '../src/index.ts'; await mountFuse(new FileSystem(), { mountDir: process.argv[1] }); console.log('mounted'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', '--input-type=module', '-e', script, mountDir], { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

test('a missing directory is refused with advice, and leaves no mount', async () => {
  await expect(mountFuse(new FileSystem(), { mountDir: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'ENOENT', message: expect.stringContaining('mkdir -p') as string })
})

test('a directory that a living server serves is refused', async () => {
  const { mountDir } = await mountedRepo({ '/a': '1' })

  await expect(mountFuse(new FileSystem(), { mountDir })).rejects.toMatchObject({ code: 'EBUSY' })
})

test('the dead mount of a killed server is replaced', async () => {
  const mountDir = await folder()
  const child = await servingProcess(mountDir)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await isMounted(mountDir)).toBe(true)

  const session = await mountFuse(new FileSystem(), { mountDir })

  expect((await run('ls', [mountDir])).stdout).toBe('')
  await session.unmount()
  expect(await isMounted(mountDir)).toBe(false)
})

test('a directory that is itself a mount can be mounted on, and is uncovered again', async () => {
  const mountDir = await folder()
  await run('mount', ['-t', 'tmpfs', 'tmpfs', mountDir])
  onTestFinished(async () => {
    await run('umount', [mountDir]).catch(() => undefined)
  })

  const session = await mountFuse(new FileSystem(), { mountDir })
  await session.unmount()

  expect((await run('stat', ['-f', '-c', '%T', mountDir])).stdout).toBe('tmpfs\n')
  await run('umount', [mountDir])
})

test('shell characters and blanks in the path of the directory are characters like others', async () => {
  const mountDir = await folder('fuse $(touch x) `id` ')

  const session = await mountFuse(new FileSystem(), { mountDir })
  expect(await isMounted(mountDir)).toBe(true)
  await session.unmount()

  expect(await isMounted(mountDir)).toBe(false)
})

test('a mount that is in use is taken away all the same', async () => {
  const mountDir = await folder()
  const session = await mountFuse(new FileSystem(), { mountDir })
  const user = spawn('bash', ['-c', 'cd "$0" && echo there && exec sleep 60', mountDir], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => {
    user.kill('SIGKILL')
  })
  await once(user.stdout, 'data')

  await session.unmount()

  expect(await isMounted(mountDir)).toBe(false)
  await session.unmount()
})

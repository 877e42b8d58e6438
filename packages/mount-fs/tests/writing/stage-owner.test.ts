/** A stage directory has one owner, whatever namespaces are between two servers, and is free when that one is gone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { StageDirectory } from '../../src/index.js'
import { lockDirectory } from '../../src/writing/directory-lock.js'
import { flockProgram } from '../../src/writing/flock.js'
import { whyLocksStayLocal } from '../../src/writing/lock-reach.js'

interface Claimed {
  readonly path: string
  readonly notices: readonly string[]
  readonly kill: () => Promise<void>
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stage-owner-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Claims a stage directory in a process of its own, in namespaces of its own. */
async function claimElsewhere(root: string, namespaces: readonly string[] = []): Promise<Claimed> {
  const node = [process.execPath, '--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', new URL('claiming-process.ts', import.meta.url).pathname, root, '/pfs']
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const [program = '', ...args] = namespaces.length === 0 ? node : ['unshare', ...asRoot, ...namespaces, ...node]
  const process_ = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: import.meta.dirname })
  const children: number[] = []
  const kill = async () => {
    if (process_.exitCode !== null || process_.signalCode !== null) return
    process_.kill('SIGKILL')
    await once(process_, 'exit')
  }
  onTestFinished(async () => {
    await kill()
    for (const pid of children) process.kill(pid, 'SIGKILL')
  })
  const { child, ...claimed } = await firstLine(process_)
  // In a namespace of its own it goes with the first process of that.
  if (!namespaces.includes('--pid')) children.push(child)
  return { ...claimed, kill }
}

async function firstLine({ stdout }: ChildProcess): Promise<{ path: string; notices: string[]; child: number }> {
  let text = ''
  for await (const bytes of stdout ?? []) {
    text += String(bytes)
    if (text.includes('\n')) return JSON.parse(text) as { path: string; notices: string[]; child: number }
  }
  throw new Error(`the process ended after it said: ${text}`)
}

describe.each([
  ['in the same namespaces', []],
  ['in another network namespace', ['--net']],
  ['in another mount namespace', ['--mount']],
  ['in another PID namespace', ['--pid', '--fork', '--kill-child']],
  ['in other network, mount and PID namespaces', ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']],
])('another server %s', (_where, namespaces) => {
  test('takes a directory of its own, and a warning names the one in use and its owner', async () => {
    const root = await temporaryFolder()
    const first = await claimElsewhere(root)

    const second = await claimElsewhere(root, namespaces)

    expect(second.path).toBe(`${first.path}-2`)
    expect(second.notices).toEqual([expect.stringMatching(new RegExp(`^${first.path} is in use by process \\d+ on host ${hostname()} since .*, so this server keeps changes in ${second.path}`))])
  })

  test('has it to itself until it is killed, also while a program that it started runs on', async () => {
    const root = await temporaryFolder()
    const first = await claimElsewhere(root, namespaces)
    const meanwhile = await StageDirectory.claim(root, '/pfs')
    meanwhile.release()

    await first.kill()

    expect(meanwhile.path).toBe(`${first.path}-2`)
    // Of a PID namespace only the program that made it is waited for.
    await expect.poll(async () => {
      const after = await StageDirectory.claim(root, '/pfs')
      after.release()
      return after.path
    }, { timeout: 20_000 }).toBe(first.path)
  })
})

test('what a second server left is found by the next one, and a directory without changes goes', async () => {
  const root = await temporaryFolder()
  const [first, second, third] = [await StageDirectory.claim(root, '/pfs'), await StageDirectory.claim(root, '/pfs'), await StageDirectory.claim(root, '/pfs')]
  second.createArea({ journaled: true }).close()
  for (const stage of [first, second, third]) stage.release()

  const next = await StageDirectory.claim(root, '/pfs')

  expect(next.leftAreas().map(({ area }) => area.path)).toEqual([expect.stringContaining(`${second.path}/mount-`)])
  expect((await readdir(root)).length).toBe(2)
  next.release()
})

test('a name that another program has bound keeps nobody from the directory', async () => {
  const root = await temporaryFolder()
  const before = await StageDirectory.claim(root, '/pfs')
  before.createArea({ journaled: true }).close()
  before.release()
  // What the lock file says is for people: a process that lives and is named there owns nothing.
  await writeFile(join(before.path, 'lock'), `${String(process.pid)} ${hostname()} ${new Date().toISOString()}\n`)

  const after = await StageDirectory.claim(root, '/pfs')
  after.release()

  expect(after.path).toBe(before.path)
})

test('an owner that ends while another one waits for its turn leaves it no lock on a file that is gone', async () => {
  const root = await temporaryFolder()
  for (let round = 0; round < 20; round++) {
    const [one, other] = await Promise.all([StageDirectory.claim(root, '/pfs'), StageDirectory.claim(root, '/pfs')])
    expect(one.path).not.toBe(other.path)
    one.release()
    const next = await StageDirectory.claim(root, '/pfs')
    expect(next.path).not.toBe(other.path)
    other.release()
    next.release()
  }
  expect(await readdir(root)).toEqual([])
})

describe('where locks do not work', () => {
  test.each(['ENOLCK', 'EOPNOTSUPP', 'ENOSYS'])('the directory is refused, and one sentence says why (%s)', async errno => {
    const directory = await temporaryFolder()

    await expect(lockDirectory(directory, () => ({ errno }))).rejects.toMatchObject({ code: 'ENOTSUP', message: `${directory} cannot be locked (its file system answers ${errno}), and without a lock two servers could destroy each other's changes` })
  })

  test('an NFS that keeps locks to one machine is known by its options', () => {
    const row = (type: string, options: string) => `31 24 0:45 / /home rw,relatime shared:1 - ${type} server:/home ${options}\n`

    expect(whyLocksStayLocal(45n, row('nfs', 'rw,vers=3,nolock,proto=tcp'))).toBe('nfs with nolock')
    expect(whyLocksStayLocal(45n, row('nfs4', 'rw,local_lock=all,addr=10.0.0.1'))).toBe('nfs4 with local_lock=all')
    expect(whyLocksStayLocal(45n, row('nfs4', 'rw,local_lock=none,addr=10.0.0.1'))).toBeUndefined()
    expect(whyLocksStayLocal(46n, row('nfs', 'rw,nolock'))).toBeUndefined()
  })

  test('the program flock does what the call does where that cannot be loaded', async () => {
    const directory = await temporaryFolder()
    const flock = flockProgram()
    if (!flock) throw new Error('util-linux is missing')

    const first = await lockDirectory(directory, flock)
    const second = await lockDirectory(directory)
    if ('lock' in first) first.lock.release()
    const third = await lockDirectory(directory, flock)

    expect([first, second, third].map(attempt => 'lock' in attempt)).toEqual([true, false, true])
    if ('lock' in third) third.lock.release()
  })
})

test('a lock file with other words is no reason to fail, and none of them is repeated', async () => {
  const directory = await temporaryFolder()
  await appendFile(join(directory, 'lock'), `1 \u001b[31mhost now\n${'x'.repeat(10_000)}`)
  const file = await open(join(directory, 'lock'), 'r+')
  const flock = flockProgram()
  await mkdir(join(directory, 'empty'))

  expect(flock?.(file.fd)).toBe('locked')
  expect(await lockDirectory(directory)).toEqual({ holder: 'a process that did not say its name' })
  await file.close()
})

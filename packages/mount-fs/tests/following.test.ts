/** A mount that moves to another commit while programs use it, on a real mount. */
import { execFile } from 'node:child_process'
import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'

import { BranchHeads, CommitTrees, FileReaders, FileSystem, type MountedBranch, PathSelection, ReadOnlyVolume } from '../src/index.js'
import { mountedRepo, type MountedRepo } from './mounted-repo.js'

const run = promisify(execFile)

/** Shows the present head of the test's pachd under "repo". */
function moveToHead({ pachd, fileSystem }: MountedRepo): Promise<void> {
  const commit = { project: 'default', repo: 'repo', branch: 'master', id: pachd.head }
  const volume = new ReadOnlyVolume('repo', new CommitTrees(pachd.client).of(commit, 0), new PathSelection(['/']), new FileReaders(pachd.client))
  const mount: MountedBranch = { name: 'repo', source: commit, mode: 'ro', paths: ['/'], commit, volume }
  return fileSystem.replaceMount(mount)
}

test('an open file stays at its commit, and the next open sees the new one', async () => {
  const repo = await mountedRepo({ '/a': 'old '.repeat(100_000), '/gone': '1' })
  const path = join(repo.mountDir, 'repo', 'a')
  const file = await open(path)
  expect((await file.read(Buffer.alloc(4), 0, 4, 0)).buffer.toString()).toBe('old ')

  repo.pachd.commit({ '/a': 'new', '/b': '2' })
  await moveToHead(repo)

  expect((await file.read(Buffer.alloc(4), 0, 4, 399_996)).buffer.toString()).toBe('old ')
  expect((await file.stat()).size).toBe(400_000)
  await file.close()
  expect(await readFile(path, 'utf8')).toBe('new')
  expect(await repo.shell('ls repo')).toBe('a\nb\ngone\n')
  expect(await repo.shell('ls -a')).toBe('.\n..\nrepo\n')
})

test('whoever reads while the mount moves sees one commit in each file, never a mix', async () => {
  const content = (commit: number) => String(commit % 10).repeat(300_000 + commit * 1000)
  const repo = await mountedRepo({ '/a': content(0) })
  const script = `
import sys
seen = set()
while '9' not in seen:
    with open(sys.argv[1]) as file:
        text = file.read()
    digit = int(text[0])
    if set(text) != {str(digit)} or len(text) != 300000 + digit * 1000:
        sys.exit('a mix: %s of %d' % (set(text), len(text)))
    seen.add(str(digit))
print(len(seen))
`
  const reading = Promise.all([1, 2, 3].map(() => run('python3', ['-c', script, join(repo.mountDir, 'repo', 'a')], { timeout: 30_000 })))

  for (let commit = 1; commit < 10; commit++) {
    repo.pachd.commit({ '/a': content(commit) })
    await moveToHead(repo)
  }

  for (const { stdout } of await reading) expect(Number(stdout)).toBeGreaterThan(0)
})

test('what nobody has open any more is let go with the next move', async () => {
  const repo = await mountedRepo({ '/a': '0' })
  await readFile(join(repo.mountDir, 'repo', 'a'))
  for (let commit = 1; commit < 4; commit++) {
    repo.pachd.commit({ '/a': String(commit) })
    await moveToHead(repo)
  }

  const { mounts } = repo.fileSystem
  expect([1, 2, 3].map(count => mounts.lookUp(`.repo.${String(count)}`) !== undefined)).toEqual([false, false, true])
  await repo.fileSystem.removeMount('repo')
  expect(mounts.lookUp('.repo.3')).toBeUndefined()
})

test('nothing can be written through the old commit', async () => {
  const repo = await mountedRepo({ '/a': '0' })
  repo.pachd.commit({ '/a': '1' })
  await moveToHead(repo)

  await expect(writeFile(join(repo.mountDir, 'repo', 'a'), 'x')).rejects.toMatchObject({ code: 'EROFS' })
  await expect(writeFile(join(repo.mountDir, '.repo.1', 'a'), 'x')).rejects.toMatchObject({ code: 'EROFS' })
})

test('new heads of a branch are told as soon as they are finished, however the head moved, and once for all who watch', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'following-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const pachd = await startEmbeddedPachd({ dataDir, port: 0 })
  onTestFinished(() => pachd.stop())
  const client = createPachdClient({ address: pachd.address })
  onTestFinished(() => client.close())
  const branch = branchReference({ repo: 'repo', branch: 'master' })
  await client.pfs.createRepo({ repo: repoReference({ name: 'repo' }) })
  const commit = async (text: string) => {
    await client.pfs.modifyFile([
      { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
      { body: { $case: 'addFile', addFile: { path: '/a', source: { $case: 'raw', raw: Buffer.from(text) } } } },
    ])
    return (await client.pfs.inspectBranch({ branch })).head?.id ?? ''
  }
  const first = await commit('1')
  const heads = new BranchHeads(client)
  const told: [string[], string[]] = [[], []]
  const source = { project: 'default', repo: 'repo', branch: 'master' }
  const stops = told.map(list => heads.watch(source, id => Promise.resolve(void list.push(id))))
  await expect.poll(() => told[0]).toEqual([first])

  const second = await commit('2')
  await expect.poll(() => told).toEqual([[first, second], [first, second]])
  await client.pfs.createBranch({ branch, head: { branch, repo: branch.repo, id: first } })
  await expect.poll(() => told[0], { timeout: 5000 }).toEqual([first, second, first])

  expect(heads.watchedCount).toBe(1)
  for (const stop of stops) stop()
  expect(heads.watchedCount).toBe(0)
})

test('a file that is open stays readable while names of its mount are forgotten, as after an upload', async () => {
  const content = 'x'.repeat(2_000_000)
  const { fileSystem, mountDir } = await mountedRepo({ '/large': content, '/small': '1' }, { mode: 'rw' })
  const file = await open(join(mountDir, 'repo/large'), 'r+')
  await file.read(Buffer.alloc(1000), 0, 1000, 0)

  await fileSystem.forgetName('repo')
  await file.write('y', 1_999_999)

  const rest = Buffer.alloc(1_999_000)
  expect((await file.read(rest, 0, rest.length, 1000)).bytesRead).toBe(rest.length)
  expect(rest.at(-1)).toBe('y'.charCodeAt(0))
  await file.close()
  expect(await readFile(join(mountDir, 'repo/large'), 'utf8')).toBe(`${content.slice(0, -1)}y`)
})

test('a file of a mount that has ended can be read and not written, also when it was written before', async () => {
  const { fileSystem, mountDir, workingCopy } = await mountedRepo({ '/f': 'old' }, { mode: 'rw' })
  const file = await open(join(mountDir, 'repo/new'), 'w+')
  await file.write('written')
  await workingCopy.commitChanges()

  await fileSystem.removeMount('repo')
  await workingCopy.discard()

  // ESTALE, for which Node has no name.
  await expect(file.write('late')).rejects.toMatchObject({ errno: -116 })
  const read = Buffer.alloc(7)
  expect([(await file.read(read, 0, 7, 0)).bytesRead, read.toString()]).toEqual([7, 'written'])
  await file.close()
})

test('a mount that ends does not wait for operations that wait for pachd', async () => {
  const { fileSystem, mountDir } = await mountedRepo({ '/a': '1' })
  const kernelless = new FileSystem()
  const mount = fileSystem.mounts.get('repo')
  if (mount) kernelless.mounts.add(mount)
  const handle = await kernelless.open('/repo/a')
  let finishMove = (): void => expect.fail('nothing was moved')
  const move = (_name: string, _to: string, moved: () => void) =>
    new Promise<boolean>(resolve => {
      finishMove = () => {
        moved()
        resolve(true)
      }
    })
  kernelless.addNameCache({ forget: () => Promise.resolve(), move })

  await kernelless.removeMount('repo')

  expect(kernelless.mounts.listedNames()).toEqual([])
  finishMove()
  expect(Buffer.from(await kernelless.read(handle, 0, 10)).toString()).toBe('1')
  await kernelless.release(handle)
  expect(kernelless.mounts.lookUp('.repo.1')).toBeUndefined()
  expect(await readFile(join(mountDir, 'repo/a'), 'utf8')).toBe('1')
})

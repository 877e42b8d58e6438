import { branchReference, commitReference, PachdError, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { CommitTrees, FileReaders, FileSystem, findLeftChanges, StageDirectory, WorkingCopy } from '../../src/index.js'
import { type BranchPachd, startBranchPachd } from './branch-pachd.js'

let pachd: BranchPachd
beforeAll(async () => {
  pachd = await startBranchPachd()
})
afterAll(() => pachd.stop())

const source = (repo: string) => ({ project: 'default', repo, branch: 'master' })
const branchOf = (repo: string) => branchReference({ repo, branch: 'master' })

/** How a call of pachd goes wrong, before it or after it; without an error it is never answered. */
type Fault = { readonly method: string; readonly when: 'before' | 'after'; readonly error: PachdError | undefined }

/** The client, whose next call of a method fails as `fault.next` says. */
function faulty(client: PachdClient, fault: { next: Fault | undefined }): Pick<PachdClient, 'pfs'> {
  const pfs = new Proxy(client.pfs, {
    get: (target, method) => {
      const call = Reflect.get(target, method) as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        if (fault.next?.method !== method) return call.apply(target, args)
        const { when, error } = fault.next
        fault.next = undefined
        return (async () => {
          if (when === 'after') await call.apply(target, args)
          throw error ?? (await new Promise<never>(() => undefined))
        })()
      }
    },
  })
  return { pfs }
}

let repos = 0

/** A branch with changes of every kind, mounted for writing. */
async function changedBranch(options: { isNew?: boolean } = {}) {
  const repo = `described${String(repos++)}`
  await pachd.repo(repo, options.isNew ? undefined : { '/a': 'a', '/b': 'b', '/d/x': 'x', '/d/y': 'y', '/moved/z': 'z' })
  const fault: { next: Fault | undefined } = { next: undefined }
  const client = faulty(pachd.client, fault)
  const cluster = { client, trees: new CommitTrees(client), readers: new FileReaders(client), id: 'c', lostAnswerMs: 60 }
  const stage = new StageDirectory(join(pachd.folder, `stage-${repo}`))
  const head = await pachd.head(repo)
  const copy = WorkingCopy.open({ name: 'w', base: head === undefined ? undefined : { commit: { ...source(repo), id: head }, madeAtMs: 0 }, cluster, stage, target: source(repo) })
  onTestFinished(() => copy.close())
  const fileSystem = new FileSystem()
  fileSystem.mounts.add({ name: 'w', source: source(repo), mode: 'rw', paths: ['/'], commit: undefined, volume: copy.volume })
  const write = async (path: string, text: string) => {
    const handle = await fileSystem.create(`/w${path}`, 0o644)
    await fileSystem.truncateHandle(handle, 0)
    await fileSystem.write(handle, 0, Buffer.from(text))
    await fileSystem.release(handle)
  }
  await write('/new', 'new')
  if (!options.isNew) {
    await write('/a', 'A')
    await fileSystem.unlink('/w/b')
    for (const name of ['x', 'y']) await fileSystem.unlink(`/w/d/${name}`)
    await fileSystem.rmdir('/w/d')
    await write('/d', 'a file now')
    await fileSystem.rename('/w/moved', '/w/there')
  }
  return {
    repo, fault, copy, write,
    restart: async () => {
      copy.close()
      const [left] = findLeftChanges(new StageDirectory(stage.path), error => expect.fail(error.message))
      if (!left) throw new Error('nothing was left')
      const again = await WorkingCopy.resume(left, cluster)
      onTestFinished(() => again.close())
      return again
    },
  }
}

/** The files of the head, and the descriptions of the branch, the newest first. */
async function branch(repo: string): Promise<{ files: Record<string, string>; descriptions: string[]; isFinished: boolean }> {
  const ids = await pachd.commits(repo)
  const infos = await Promise.all(ids.map(id => pachd.client.pfs.inspectCommit({ commit: commitReference({ ...source(repo), id }) })))
  return { files: Object.fromEntries([...(await pachd.files(repo))].map(([path, bytes]) => [path, bytes.toString()])), descriptions: infos.map(({ description }) => description), isFinished: infos.every(({ finished }) => finished !== undefined) }
}

const committed = { '/a': 'A', '/d': 'a file now', '/new': 'new', '/there/z': 'z' }

test('a commit with a message is one commit that has it as its description', async () => {
  const { repo, copy } = await changedBranch()

  await copy.commitChanges({ message: 'Labels of März' })

  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['Labels of März', ''], isFinished: true })
  expect(copy.hasChanges).toBe(false)
  expect(copy.commit?.id).toBe(await pachd.head(repo))
})

test('the first commit of a branch can have a message, and the next one none', async () => {
  const { repo, copy, write } = await changedBranch({ isNew: true })

  await copy.commitChanges({ message: 'first' })
  await write('/more', 'more')
  await copy.commitChanges()

  expect(await branch(repo)).toEqual({ files: { '/new': 'new', '/more': 'more' }, descriptions: ['', 'first'], isFinished: true })
})

const lost = new PachdError('UNAVAILABLE', 'the connection broke')

test.each<[string, 'before' | 'after']>([
  ['startCommit', 'after'], ['modifyFile', 'before'], ['modifyFile', 'after'], ['addFileSet', 'before'], ['addFileSet', 'after'], ['finishCommit', 'before'], ['finishCommit', 'after'],
])('a commit with a message whose %s breaks off %s pachd did it is there once, with all of it', async (method, when) => {
  const { repo, copy, fault } = await changedBranch()
  fault.next = { method, when, error: lost }

  await copy.commitChanges({ message: 'kept' })

  expect(fault.next).toBeUndefined()
  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['kept', ''], isFinished: true })
  expect(copy.hasChanges).toBe(false)
})

test.each(['createFileSet', 'startCommit'])('a commit with a message whose %s did not reach pachd keeps the changes for the next try', async method => {
  const { repo, copy, fault } = await changedBranch()
  fault.next = { method, when: 'before', error: lost }

  await expect(copy.commitChanges({ message: 'kept' })).rejects.toThrow('the connection broke')
  await copy.commitChanges({ message: 'again' })

  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['again', ''], isFinished: true })
})

test('a commit with a message that a server left open when it was killed is finished by the next one', async () => {
  const { repo, copy, fault, restart } = await changedBranch()
  fault.next = { method: 'addFileSet', when: 'before', error: undefined }
  void copy.commitChanges({ message: 'of the first server' })
  await expect.poll(() => fault.next).toBeUndefined()

  const again = await restart()
  await again.commitChanges()

  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['of the first server', ''], isFinished: true })
  expect(again.hasChanges).toBe(false)
})

test('a commit with a message that pachd refuses when it is open is emptied, and the changes are kept', async () => {
  const { repo, copy, fault } = await changedBranch()
  const before = (await branch(repo)).files
  fault.next = { method: 'addFileSet', when: 'before', error: new PachdError('PERMISSION_DENIED', 'not any more') }

  await expect(copy.commitChanges({ message: 'mine' })).rejects.toThrow('not any more')

  expect(await branch(repo)).toEqual({ files: before, descriptions: ['mine (empty: pachd refused the changes)', ''], isFinished: true })
  await copy.commitChanges()
  expect((await branch(repo)).files).toEqual(committed)
})

test('while somebody else has a commit of the branch open, one with a message is refused and the changes are kept', async () => {
  const { repo, copy } = await changedBranch()
  const open = await pachd.client.pfs.startCommit({ branch: branchOf(repo), description: 'theirs' })

  await expect(copy.commitChanges({ message: 'mine' })).rejects.toThrow('finished')
  await pachd.client.pfs.finishCommit({ commit: open })
  await copy.commitChanges({ message: 'mine' })

  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['mine', 'theirs', ''], isFinished: true })
})

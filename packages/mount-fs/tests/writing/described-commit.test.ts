import { branchReference, commitReference, PachdError, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { CommitTrees, FileReaders, FileSystem, findLeftChanges, finishAsItIs, type OpenCommit, StageDirectory, WorkingCopy } from '../../src/index.js'
import { type BranchPachd, startBranchPachd } from './branch-pachd.js'

let pachd: BranchPachd
beforeAll(async () => {
  pachd = await startBranchPachd()
})
afterAll(() => pachd.stop())

const source = (repo: string) => ({ project: 'default', repo, branch: 'master' })
const branchOf = (repo: string) => branchReference({ repo, branch: 'master' })

/** A call of pachd; `at` says whether pachd has done it by now. */
interface Moment {
  readonly method: string
  readonly at: 'call' | 'answer'
  readonly requests: unknown
}

/** Decides what becomes of a call at a moment: it throws, waits, or lets the call go on. */
type Hook = (moment: Moment) => unknown

const CHANGING = new Set(['inspectBranch', 'inspectCommit', 'createFileSet', 'composeFileSet', 'startCommit', 'addFileSet', 'modifyFile', 'clearCommit', 'finishCommit'])

/** The client, with `hook.now` called before and after each call that is answered by one message. */
function hooked(client: PachdClient, hook: { now: Hook | undefined }): Pick<PachdClient, 'pfs'> {
  const pfs = new Proxy(client.pfs, {
    get: (target, method) => {
      const call = Reflect.get(target, method) as (...args: unknown[]) => unknown
      if (!CHANGING.has(String(method))) return call
      return async (...args: unknown[]) => {
        await hook.now?.({ method: String(method), at: 'call', requests: args[0] })
        const answer = await call.apply(target, args)
        await hook.now?.({ method: String(method), at: 'answer', requests: args[0] })
        return answer
      }
    },
  })
  return { pfs }
}

/** Does `act` once, at the first moment of this method. */
function once(method: string, at: Moment['at'], act: () => unknown): Hook {
  let isDone = false
  return moment => {
    if (isDone || moment.method !== method || moment.at !== at) return undefined
    isDone = true
    return act()
  }
}

const breakOff = (): never => {
  throw new PachdError('UNAVAILABLE', 'the connection broke')
}
const never = () => new Promise<never>(() => undefined)

let repos = 0

/** A branch with changes of every kind, mounted for writing. */
async function changedBranch(options: { isNew?: boolean } = {}) {
  const repo = `described${String(repos++)}`
  await pachd.repo(repo, options.isNew ? undefined : { '/a': 'a', '/b': 'b', '/d/x': 'x', '/d/y': 'y', '/moved/z': 'z' })
  const hook: { now: Hook | undefined } = { now: undefined }
  const client = hooked(pachd.client, hook)
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
    repo, hook, copy, write,
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

test('a file set never names a directory to remove: pachd would find no files in it', async () => {
  const { copy, hook } = await changedBranch()
  const removed: string[] = []
  hook.now = async ({ method, at, requests }) => {
    if (method !== 'createFileSet' || at !== 'call') return
    // The stream can be read once; this reads that of another commit of the same plan.
    for await (const request of requests as AsyncIterable<{ body: { $case: string; deleteFile?: { path: string } } }>) if (request.body.deleteFile) removed.push(request.body.deleteFile.path)
    throw new PachdError('UNKNOWN', 'read by the test')
  }

  await expect(copy.commitChanges({ message: 'm' })).rejects.toThrow('read by the test')

  expect(removed.filter(path => path.endsWith('/'))).toEqual([])
  expect(removed).toEqual(expect.arrayContaining(['/b', '/d/x', '/d/y', '/moved/z']))
})

test.each(['with a message', 'without one'])('others see the old or the new files after each call of a commit %s', async kind => {
  const { repo, copy, hook, write } = await changedBranch()
  await write('/large', 'L'.repeat(3 * 1024 * 1024))
  const before = (await branch(repo)).files
  const after = { ...committed, '/large': 'L'.repeat(3 * 1024 * 1024) }
  const seen: string[] = []
  hook.now = async ({ method, at }) => {
    const { files } = await branch(repo)
    const state = isDeepStrictEqual(files, before) ? 'old' : isDeepStrictEqual(files, after) ? 'new' : `torn: ${Object.keys(files).join(' ')}`
    seen.push(`${state} ${method} ${at}`)
  }

  await copy.commitChanges(kind === 'with a message' ? { message: 'm' } : {})

  const states = seen.map(line => line.split(' ', 1)[0])
  expect(states, seen.join('\n')).toEqual([...states].sort((one, other) => Number(one === 'new') - Number(other === 'new')))
  expect(new Set(states)).toEqual(new Set(['old', 'new']))
})

test('the head is open for three short calls, after the bytes are in pachd', async () => {
  const { copy, hook } = await changedBranch()
  const calls: string[] = []
  hook.now = ({ method, at }) => at === 'call' && calls.push(method)

  await copy.commitChanges({ message: 'm' })

  expect(calls.slice(calls.indexOf('createFileSet'), calls.indexOf('finishCommit') + 1)).toEqual(['createFileSet', 'startCommit', 'inspectCommit', 'addFileSet', 'finishCommit'])
})

test('wherever the connection breaks, a commit with a message is there once, or its changes are kept', async () => {
  let count = 0
  const counted = await changedBranch()
  counted.hook.now = () => count++
  await counted.copy.commitChanges({ message: 'kept' })
  expect(count).toBeGreaterThan(10)

  for (let broken = 0; broken < count; broken++) {
    const { repo, copy, hook } = await changedBranch()
    let moment = 0
    let where = ''
    hook.now = ({ method, at }) => {
      if (moment++ !== broken) return
      where = `${method}, ${at}`
      breakOff()
    }

    await copy.commitChanges({ message: 'kept' }).catch((error: unknown) => expect(String(error), where).toContain('the connection broke'))
    await copy.commitChanges({ message: 'kept' })

    expect(await branch(repo), where).toEqual({ files: committed, descriptions: ['kept', ''], isFinished: true })
    expect(copy.hasChanges, where).toBe(false)
  }
}, 60_000)

test('an answer that is lost twice does not make a second commit', async () => {
  const { repo, copy, hook } = await changedBranch()
  hook.now = ({ method, at }) => {
    if (at === 'answer' && (method === 'addFileSet' || method === 'modifyFile')) breakOff()
  }
  await expect(copy.commitChanges({ message: 'kept' })).rejects.toThrow('the connection broke')
  hook.now = undefined
  await copy.commitChanges({ message: 'kept' })

  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['kept', ''], isFinished: true })
})

test('a branch that a broken connection left open is finished when pachd is back, without another request', async () => {
  const { repo, copy, hook } = await changedBranch()
  hook.now = ({ method }) => {
    if (method !== 'startCommit' && pachdIsAway) breakOff()
    if (method === 'startCommit') pachdIsAway = true
  }
  let pachdIsAway = false
  await expect(copy.commitChanges({ message: 'kept' })).rejects.toThrow('the connection broke')
  expect((await branch(repo)).isFinished).toBe(false)

  pachdIsAway = false
  hook.now = undefined

  await expect.poll(() => branch(repo), { timeout: 10_000 }).toEqual({ files: committed, descriptions: ['kept', ''], isFinished: true })
  await expect.poll(() => copy.hasChanges).toBe(false)
})

test('a commit with a message that a server left open when it was killed is finished by the next one, without a request', async () => {
  const { repo, copy, hook, restart } = await changedBranch()
  const stopped = new Promise<void>(settle => (hook.now = once('addFileSet', 'call', () => (settle(), never()))))
  void copy.commitChanges({ message: 'of the first server' })
  await stopped
  expect((await branch(repo)).descriptions[0]).toMatch(/^of the first server \(not finished: mount-server adds the changes, [0-9a-f]{16}\)$/)

  const again = await restart()

  await expect.poll(() => branch(repo)).toEqual({ files: committed, descriptions: ['of the first server', ''], isFinished: true })
  await expect.poll(() => again.hasChanges).toBe(false)
  await again.commitChanges()
  expect((await branch(repo)).descriptions).toHaveLength(2)
})

test.each([
  ['startCommit', 'kept (empty: mount-server ended before it added the changes)', false],
  ['addFileSet', 'kept', true],
] as const)('the watchdog finishes what a killed server left open after %s, and the next server goes on from there', async (method, description, isThere) => {
  const { repo, copy, hook, restart } = await changedBranch()
  const before = (await branch(repo)).files
  let open: OpenCommit | undefined
  const stopped = new Promise<void>(settle => (hook.now = once(method, 'answer', () => (settle(), never()))))
  void copy.commitChanges({ message: 'kept', opens: commit => (open = commit) })
  await stopped

  expect(open && (await finishAsItIs(pachd.client, open))).toBe(true)

  expect(await branch(repo)).toEqual({ files: isThere ? committed : before, descriptions: [description, ''], isFinished: true })
  const again = await restart()
  await again.commitChanges({ message: 'again' })
  expect(await branch(repo)).toEqual({ files: committed, descriptions: [...(isThere ? [] : ['again']), description, ''], isFinished: true })
})

test('the watchdog leaves a commit alone that others have open under the same message', async () => {
  const { repo } = await changedBranch()
  await pachd.client.pfs.startCommit({ branch: branchOf(repo), description: 'same' })

  expect(await finishAsItIs(pachd.client, { target: source(repo), message: 'same', mark: '0123456789abcdef' })).toBe(false)

  expect((await branch(repo)).isFinished).toBe(false)
})

test('what others commit while the bytes are sent stays, but for what is removed here', async () => {
  const { repo, copy, hook } = await changedBranch()
  hook.now = once('startCommit', 'call', () => pachd.commit(repo, { '/theirs': 't', '/d/theirs': 't' }))

  await copy.commitChanges({ message: 'mine' })

  expect(await branch(repo)).toEqual({ files: { ...committed, '/theirs': 't' }, descriptions: ['mine', '', ''], isFinished: true })
})

test('what others add while the head is open is not lost', async () => {
  const { repo, copy, hook } = await changedBranch()
  hook.now = once('startCommit', 'answer', () => pachd.client.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: { branch: branchOf(repo), repo: branchOf(repo).repo } } },
    { body: { $case: 'addFile', addFile: { path: '/theirs', source: { $case: 'raw', raw: Buffer.from('t') } } } },
  ]))

  await copy.commitChanges({ message: 'mine' })

  expect(await branch(repo)).toEqual({ files: { ...committed, '/theirs': 't' }, descriptions: ['mine', ''], isFinished: true })
})

test.each([['startCommit', 2], ['addFileSet', 1]] as const)('a commit that others finish after %s is not made twice', async (method, commits) => {
  const { repo, copy, hook } = await changedBranch()
  hook.now = once(method, 'answer', () => pachd.client.pfs.finishCommit({ commit: { branch: branchOf(repo), repo: branchOf(repo).repo } }))

  await copy.commitChanges({ message: 'mine' }).catch((error: unknown) => expect(String(error)).toContain('finished'))
  await copy.commitChanges({ message: 'mine' })

  const { files, descriptions, isFinished } = await branch(repo)
  expect({ files, commits: descriptions.length - 1, isFinished }).toEqual({ files: committed, commits, isFinished: true })
})

test('a commit with a message that pachd refuses when it is open is emptied, and the changes are kept', async () => {
  const { repo, copy, hook } = await changedBranch()
  const before = (await branch(repo)).files
  hook.now = once('addFileSet', 'call', () => {
    throw new PachdError('PERMISSION_DENIED', 'not any more')
  })

  await expect(copy.commitChanges({ message: 'mine' })).rejects.toThrow('not any more')

  expect(await branch(repo)).toEqual({ files: before, descriptions: ['mine (empty: pachd refused the changes)', ''], isFinished: true })
  await copy.commitChanges()
  expect((await branch(repo)).files).toEqual(committed)
})

test('a commit that pachd refuses to add to and to end is ended as soon as pachd allows it', async () => {
  const { repo, copy, hook } = await changedBranch()
  hook.now = ({ method, at }) => {
    if (at === 'call' && ['addFileSet', 'modifyFile', 'clearCommit', 'finishCommit'].includes(method)) throw new PachdError('UNAUTHENTICATED', 'the login has ended')
  }
  await expect(copy.commitChanges({ message: 'mine' })).rejects.toThrow('the login has ended')
  hook.now = undefined

  await copy.commitChanges({ message: 'mine' })

  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['mine', ''], isFinished: true })
})

test('while others have a commit of the branch open, one with a message is refused before bytes are sent, and the changes are kept', async () => {
  const { repo, copy, hook } = await changedBranch()
  const open = await pachd.client.pfs.startCommit({ branch: branchOf(repo), description: 'theirs' })
  const calls: string[] = []
  hook.now = ({ method }) => void calls.push(method)

  await expect(copy.commitChanges({ message: 'mine' })).rejects.toThrow(`commit ${open.id}, "theirs", on branch master of ${repo} is not finished; finish it, or commit without a message, which adds to it`)
  expect(calls).not.toContain('createFileSet')
  await pachd.client.pfs.finishCommit({ commit: open })
  await copy.commitChanges({ message: 'mine' })

  expect(await branch(repo)).toEqual({ files: committed, descriptions: ['mine', 'theirs', ''], isFinished: true })
})

import { branchReference, commitReference, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import type { BranchList, CommitList, Diff } from '@jupyterlab-pachyderm/mount-api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let server: ServingApp
let repo: string
let repoNumber = 0

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())
beforeEach(async () => {
  server = await serveApp({ config: pachd.config, folder: pachd.folder })
  repo = `history${String(repoNumber++)}`
})
afterEach(() => server.stop())

/** Each test knows which of them it asked for. */
type Body = CommitList & BranchList & Diff

const get = (path: string) => server.call('GET', `/repos/default/${repo}${path}`).then(answer => ({ status: answer.status, body: answer.json() as Body }))

/** A repo with that many commits; their ids, the newest first. */
async function withCommits(count: number): Promise<string[]> {
  const ids = [await pachd.repo(repo, { '/a': '0' })]
  for (let index = 1; index < count; index++) ids.unshift(await pachd.commit(repo, { [`/f${String(index)}`]: 'x'.repeat(index) }))
  return ids
}

test('a repo is made without a branch, once, and listed at once', async () => {
  const create = (body: unknown = {}) => server.call('PUT', `/repos/default/${repo}/_create`, body)
  const listed = async () => (await server.call('GET', `/repos?search=${repo}`)).json() as unknown
  expect(await listed()).toEqual([])

  const made = await create({ description: 'What the shops sold' })

  expect(made).toMatchObject({ status: 200 })
  expect(made.json()).toEqual({ project: 'default', repo, branches: null, authorization: 'off' })
  expect(await listed()).toEqual([made.json()])
  expect((await pachd.client.pfs.inspectRepo({ repo: repoReference({ name: repo }) })).description).toBe('What the shops sold')
  expect(await create()).toMatchObject({ status: 409, text: expect.stringContaining('already exists') as string })
  expect(await server.call('PUT', `/repos/nowhere/${repo}/_create`, {})).toMatchObject({ status: 404 })
  expect(await server.call('PUT', '/repos/default/not%20a%20name/_create', {})).toMatchObject({ status: 400 })
})

test('a commit is listed with its message, time, size and parent', async () => {
  await withCommits(1)
  const branch = branchReference({ repo, branch: 'master' })
  const commit = await pachd.client.pfs.startCommit({ branch, description: 'second' })
  await pachd.client.pfs.modifyFile([{ body: { $case: 'setCommit', setCommit: commit } }, { body: { $case: 'addFile', addFile: { path: '/b', source: { $case: 'raw', raw: Buffer.from('12345') } } } }])
  expect((await get('/commits')).body.commits[0]).toMatchObject({ id: commit.id, state: 'open', finished: null, size_bytes: null })
  await pachd.client.pfs.finishCommit({ commit })
  await pachd.client.pfs.inspectCommit({ commit, wait: 'FINISHED' })

  const { body } = await get('/commits')

  const [newest, oldest] = body.commits
  expect(newest).toEqual({ id: commit.id, branch: 'master', message: 'second', parent: oldest?.id, origin: 'USER', state: 'finished', started: expect.stringMatching(/Z$/) as string, finished: expect.stringMatching(/Z$/) as string, size_bytes: 6 })
  expect(oldest).toMatchObject({ parent: null, size_bytes: 1 })
})

test.each(['', 'branch=master&'])('the pages with %j together are the history', async query => {
  const ids = await withCommits(7)

  const seen: string[] = []
  let after: string | null = null
  do {
    const { body }: { body: CommitList } = await get(`/commits?${query}limit=3${after === null ? '' : `&after=${after}`}`)
    seen.push(...body.commits.map(({ id }) => id))
    after = body.next
  } while (after !== null)

  expect(seen).toEqual(ids)
})

test('a branch is listed with its head', async () => {
  const [head, before] = await withCommits(2)
  await pachd.client.pfs.createBranch({ branch: branchReference({ repo, branch: 'old' }), head: commitReference({ repo, branch: 'master', id: before! }) })

  const { body } = await get('/branches')

  expect(Object.fromEntries(body.branches.map(({ branch, head: commit }) => [branch, commit?.id]))).toEqual({ master: head, old: before })
  const first = (await get('/branches?limit=1')).body
  const second = (await get(`/branches?limit=1&after=${first.next ?? ''}`)).body
  expect([first, second].flatMap(page => page.branches.map(({ branch }) => branch))).toEqual(body.branches.map(({ branch }) => branch))
  expect(second.next).toBeNull()
})

test('a difference says of each file what happened to it, against the parent or any commit', async () => {
  const first = await pachd.repo(repo, { '/d/keep': 'k', '/d/change': 'old', '/gone': '1' })
  const branch = branchReference({ repo, branch: 'master' })
  await pachd.client.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
    { body: { $case: 'deleteFile', deleteFile: { path: '/gone' } } },
    { body: { $case: 'deleteFile', deleteFile: { path: '/d/change' } } },
    { body: { $case: 'addFile', addFile: { path: '/d/change', source: { $case: 'raw', raw: Buffer.from('newer') } } } },
  ])
  const second = (await pachd.client.pfs.inspectBranch({ branch })).head!.id
  const third = await pachd.commit(repo, { '/d/new': '12' })
  const changes = [
    { path: '/d/change', change: 'changed', old_size_bytes: 3, new_size_bytes: 5 },
    { path: '/gone', change: 'deleted', old_size_bytes: 1, new_size_bytes: null },
  ]
  const added = { path: '/d/new', change: 'added', old_size_bytes: null, new_size_bytes: 2 }

  expect((await get(`/commits/${second}/diff`)).body).toEqual({ from: first, to: second, changes, next: null })
  expect((await get(`/commits/master/diff?from=${first}`)).body).toEqual({ from: first, to: third, changes: [changes[0], added, changes[1]], next: null })
  expect((await get(`/commits/master/diff?from=${first}&limit=1`)).body).toMatchObject({ changes: [changes[0]], next: '/d/change' })
  expect((await get(`/commits/master/diff?from=${first}&limit=1&after=/d/change`)).body).toMatchObject({ changes: [added], next: '/d/new' })
  expect((await get(`/commits/${first}/diff`)).body).toMatchObject({ from: null, changes: [{ change: 'added' }, { change: 'added' }, { change: 'added' }] })
})

test('what is not there is 404, and an "after" of nobody 400', async () => {
  await withCommits(1)

  expect(await get('/commits?branch=none')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  expect(await get('/commits/none/diff')).toMatchObject({ status: 404 })
  expect(await get('/commits?after=x')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
  repo = 'never'
  expect(await get('/commits')).toMatchObject({ status: 404 })
  expect(await get('/branches')).toMatchObject({ status: 404 })
})

test('any commit of the history can be mounted, and a mount can be moved to the new head', async () => {
  const [, , oldest] = await withCommits(3)
  await server.call('PUT', '/_mount', { mounts: [{ name: 'old', repo, commit: oldest }, { name: 'm', repo }] })
  expect(await server.names('/old')).toEqual(['a'])
  const head = await pachd.commit(repo, { '/late': '1' })
  expect(await server.names('/m')).not.toContain('late')

  const { mounted } = (await server.call('PUT', '/mounts/m/_update')).json() as { mounted: unknown[] }

  expect(mounted).toContainEqual(expect.objectContaining({ name: 'm', commit: head, how_many_commits_behind: 0 }))
  expect(await server.names('/m')).toContain('late')
  expect((await server.call('PUT', '/mounts/old/_update')).json()).toMatchObject({ code: 'BAD_REQUEST' })
  expect((await server.call('PUT', '/mounts/none/_update')).json()).toMatchObject({ code: 'NOT_MOUNTED' })
})

test('changes that are not committed are not taken away by moving to the new head', async () => {
  await withCommits(1)
  await server.call('PUT', '/_mount', { mounts: [{ name: 'w', repo, mode: 'rw' }] })
  await server.write('/w/mine', 'mine')
  await pachd.commit(repo, { '/theirs': 'theirs' })

  expect((await server.call('PUT', '/mounts/w/_update')).json()).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('_commit') as string })
  expect(await server.names('/w')).toContain('mine')

  await server.call('PUT', '/_commit', { mount: 'w' })
  expect((await server.call('PUT', '/mounts/w/_update')).status).toBe(200)
  expect(await server.names('/w')).toEqual(['a', 'mine', 'theirs'])
})

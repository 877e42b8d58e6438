import { status, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js'
import { pfs } from '@jupyterlab-pachyderm/pachd-proto'
import { expect, test } from 'vitest'

import { commitReference, deleteRepo, dropCommit, featuresOf, fileReference, listFilePages, listProjects, projectExists, repoOfCommit, repoReference, squashCommit } from '../src/index.js'
import { useScriptedPachd } from './scripted-pachd.js'

const connect = useScriptedPachd()

test.each([
  [{ major: 2, minor: 3 }, { projects: false, paging: false, singleCommits: false, commitProvenance: false, createDatum: false }],
  [{ major: 2, minor: 6 }, { projects: true, paging: true, singleCommits: false, commitProvenance: true, createDatum: false }],
  [{ major: 2, minor: 11 }, { createDatum: true, commitBranches: true }],
  [{ major: 2, minor: 12 }, { projects: true, paging: true, singleCommits: true, createDatum: true, commitBranches: false }],
  [{ major: 0, minor: 0 }, { projects: true, createDatum: true }],
])('the features of %j are known', (version, features) => {
  expect(featuresOf(version)).toMatchObject(features)
})

test('a pachd without projects has the one called default', async () => {
  const old = await connect({})

  expect((await listProjects(old)).map(({ project }) => project?.name)).toEqual(['default'])
  expect(await projectExists(old, 'default')).toBe(true)
  expect(await projectExists(old, 'lab')).toBe(false)
})

test('a project that is missing is told from one that cannot be asked for', async () => {
  const strict = await connect({
    inspectProject(call: ServerUnaryCall<pfs.InspectProjectRequest, pfs.ProjectInfo>, reply: sendUnaryData<pfs.ProjectInfo>) {
      if (call.request.project?.name === 'none') reply({ code: status.NOT_FOUND, details: 'project "none" not found' })
      else reply({ code: status.PERMISSION_DENIED, details: 'not authorized' })
    },
  })

  expect(await projectExists(strict, 'none')).toBe(false)
  await expect(projectExists(strict, 'secret')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
})

test('the repo of a commit is read wherever a pachd puts it', () => {
  const repo = { project: { name: 'lab' }, name: 'cats', type: 'user' }

  expect(repoOfCommit({ repo })).toEqual({ project: 'lab', name: 'cats', type: 'user' })
  expect(repoOfCommit({ branch: { name: 'master', repo: { name: 'cats', type: 'user' } } })).toEqual({ project: 'default', name: 'cats', type: 'user' })
})

test('a large directory comes in pages, and whole from a pachd that knows none', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `/f${index}`)
  const asked: [string | undefined, number][] = []
  const paged = await connect({
    listFile(call: ServerWritableStream<pfs.ListFileRequest, pfs.FileInfo>) {
      const { paginationMarker: marker, number } = call.request
      asked.push([marker?.path, number])
      const from = marker ? names.indexOf(marker.path) + 1 : 0
      for (const path of names.slice(from, number ? from + number : undefined)) call.write(pfs.FileInfo.fromPartial({ file: { path } }))
      call.end()
    },
  })
  const list = async (minor: number) => {
    const paths: string[] = []
    for await (const { file } of listFilePages(paged, fileReference(commitReference({ repo: 'r', branch: 'master' }), '/'), { pageSize: 4, features: featuresOf({ major: 2, minor }) })) paths.push(file?.path ?? '')
    return paths
  }

  expect(await list(12)).toEqual(names)
  expect(asked).toEqual([
    [undefined, 4],
    ['/f3', 4],
    ['/f7', 4],
  ])
  expect(await list(3)).toEqual(names)
})

test('a deleted repo is told from one that was not there, whether pachd says it or not', async () => {
  const repos = new Set(['cats'])
  const handlers = {
    inspectRepo(call: ServerUnaryCall<pfs.InspectRepoRequest, pfs.RepoInfo>, reply: sendUnaryData<pfs.RepoInfo>) {
      if (repos.has(call.request.repo?.name ?? '')) reply(null, pfs.RepoInfo.fromPartial({ repo: call.request.repo }))
      else reply({ code: status.UNKNOWN, details: 'repo default/dogs not found' })
    },
    deleteRepo(call: ServerUnaryCall<pfs.DeleteRepoRequest, pfs.DeleteRepoResponse>, reply: sendUnaryData<pfs.DeleteRepoResponse>) {
      repos.delete(call.request.repo?.name ?? '')
      reply(null, pfs.DeleteRepoResponse.fromPartial({}))
    },
  }
  const old = await connect(handlers)
  const features = featuresOf({ major: 2, minor: 6 })

  expect(await deleteRepo(old, repoReference({ name: 'dogs' }), { features })).toBe(false)
  expect(await deleteRepo(old, repoReference({ name: 'cats' }), { features })).toBe(true)
  expect(repos.size).toBe(0)
})

test('a pachd that cannot remove one commit removes its commit set', async () => {
  const removed: string[] = []
  const remove = (how: string) => (call: ServerUnaryCall<pfs.SquashCommitSetRequest, object>, reply: sendUnaryData<object>) => {
    removed.push(`${how} ${call.request.commitSet?.id ?? ''}`)
    reply(null, {})
  }
  const old = await connect({ squashCommitSet: remove('squash'), dropCommitSet: remove('drop') })

  await squashCommit(old, commitReference({ repo: 'cats', id: 'a' }))
  await dropCommit(old, commitReference({ repo: 'cats', id: 'b' }))

  expect(removed).toEqual(['squash a', 'drop b'])
})

import { status, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js'
import { pfs } from '@jupyterlab-pachyderm/pachd-proto'
import { expect, test } from 'vitest'

import { commitReference, featuresOf, fileReference, listFilePages, listProjects, projectExists, repoOfCommit } from '../src/index.js'
import { useScriptedPachd } from './scripted-pachd.js'

const connect = useScriptedPachd()

test.each([
  [{ major: 2, minor: 3 }, { projects: false, paging: false, singleCommits: false, createDatum: false }],
  [{ major: 2, minor: 6 }, { projects: true, paging: true, singleCommits: false, createDatum: false }],
  [{ major: 2, minor: 12 }, { projects: true, paging: true, singleCommits: true, createDatum: true }],
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

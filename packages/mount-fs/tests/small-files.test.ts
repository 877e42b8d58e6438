/** How many requests small files cost on a real pachd. */
import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, createPachdClient, type PachdClient, PachdError, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { CommitTrees, FileReaders, type FileReadersOptions } from '../src/index.js'

const FILES = 100
const directories = ['/', '/d1', '/d2', '/d3', '/d4', '/deep/er', '/back\\slash']
const files = directories.flatMap(directory =>
  Array.from({ length: FILES }, (_, index) => ({ directory, path: join(directory, `f${String(index).padStart(3, '0')}`), text: `${directory} ${String(index)}` })),
)

let client: PachdClient
let commitId = ''
const cleanUp: (() => unknown)[] = []

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mount-fs-test-'))
  cleanUp.push(() => rm(dataDir, { recursive: true, force: true }))
  const pachd = await startEmbeddedPachd({ dataDir, port: 0 })
  cleanUp.push(() => pachd.stop())
  client = createPachdClient({ address: pachd.address })
  cleanUp.push(() => client.close())
  await client.pfs.createRepo({ repo: repoReference({ name: 'repo' }) })
  const branch = branchReference({ repo: 'repo', branch: 'master' })
  await client.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
    ...files.map(({ path, text }) => ({ body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: Buffer.from(text) } } } })),
  ])
  commitId = (await client.pfs.inspectBranch({ branch })).head?.id ?? ''
})

afterAll(async () => {
  for (const step of cleanUp.reverse()) await step()
})

/** A mount that has read nothing yet: reads one file, and says what was asked for. */
function newReader({ archive, onFetch }: { archive?: PachdClient['pfs']['getFileTAR']; onFetch?: FileReadersOptions['onFetch'] } = {}) {
  const asked = { files: [] as string[], archives: [] as string[] }
  const pfs = new Proxy(client.pfs, {
    get: (target, method) => (request: { file: { path: string } }, options: object) => {
      if (method === 'getFile') asked.files.push(request.file.path)
      if (method === 'getFileTAR') {
        asked.archives.push(request.file.path)
        if (archive) return archive(request, options)
      }
      return (Reflect.get(target, method) as (...parameters: unknown[]) => unknown)(request, options)
    },
  })
  const tree = new CommitTrees({ pfs }).of({ project: 'default', repo: 'repo', branch: 'master', id: commitId }, 0)
  const readers = new FileReaders({ pfs }, { onFetch })
  const read = async ({ directory, path }: { directory: string; path: string }) => {
    const attributes = await tree.find(path)
    const reader = readers.open({ tree, directory, path, sizeBytes: attributes?.sizeBytes ?? 0 })
    const bytes = await reader.read(0, 1000)
    reader.close()
    return Buffer.from(bytes).toString()
  }
  return { read, asked }
}

test.each(directories)('the files of %s come together after a few single ones', async directory => {
  const { read, asked } = newReader()
  const wanted = files.filter(file => file.directory === directory)

  for (const file of wanted) expect(await read(file)).toBe(file.text)

  expect(asked.files.length + asked.archives.length).toBeLessThan(10)
})

test('files that come together are told of as one fetch of their directory, with the bytes of all', async () => {
  const fetches: { path: string; totalBytes: number; bytes: number; ended: number }[] = []
  const { read, asked } = newReader({
    onFetch: ({ path, totalBytes }) => {
      const fetch = { path, totalBytes, bytes: 0, ended: 0 }
      fetches.push(fetch)
      return { add: bytes => (fetch.bytes += bytes), end: () => fetch.ended++ }
    },
  })
  const wanted = files.filter(file => file.directory === '/d2')

  for (const file of wanted) await read(file)

  await expect.poll(() => fetches.map(({ ended }) => ended)).toEqual(asked.archives.map(() => 1))
  expect(new Set(fetches.map(({ path }) => path))).toEqual(new Set(['/d2']))
  expect(fetches.map(({ bytes }) => bytes)).toEqual(fetches.map(({ totalBytes }) => totalBytes))
})

test.each<[string, PachdClient['pfs']['getFileTAR']]>([
  ['breaks off', () => failing(new PachdError('UNAVAILABLE', 'the connection broke'))],
  ['is empty', () => failing(undefined)],
])('when an archive %s, only the files that are read are asked for singly', async (_how, archive) => {
  const { read, asked } = newReader({ archive })
  const wanted = files.filter(file => file.directory === '/d1').slice(0, 20)

  for (const file of wanted) expect(await read(file)).toBe(file.text)

  expect(asked.archives.length).toBeGreaterThan(0)
  expect(asked.files.sort()).toEqual(wanted.map(({ path }) => path))
})

// eslint-disable-next-line @typescript-eslint/require-await
async function* failing(error: PachdError | undefined): AsyncGenerator<{ value: Uint8Array }, void, undefined> {
  if (error) throw error
}

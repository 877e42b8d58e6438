/** Repos of a real embedded pachd on real mounts with a disk cache, beside plain copies of their files. */
import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

import type { CacheFiles } from '../../src/cache/cache-files.js'
import { CommitTrees, DiskCache, FileReaders, FileSystem, type FsError, mountFuse, PathSelection, ReadOnlyVolume } from '../../src/index.js'

/** How the mounts are made. */
export interface MountedPachdOptions {
  /** By path in the repo. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Limit of the disk cache; 0 for none. */
  readonly cacheBytes: number
  /** The disk that the cache is on. Default: that of this machine. */
  readonly cacheDisk?: CacheFiles
  /** Memory of the readers. */
  readonly memoryBytes?: number
  /** How many kernel mounts, each with the repo as "repo". */
  readonly mounts?: number
  /** What stands between the mounts and pachd: the address that they connect to. */
  readonly through?: (address: string) => Promise<string>
  readonly deadlineMs?: number
}

/** What a test works with. */
export interface MountedPachd {
  /** The directories of the repo, one for each mount. */
  readonly repos: readonly string[]
  /** A directory with plain copies of the files. */
  readonly plain: string
  readonly cacheDirectory: string
  readonly cache: DiskCache | undefined
  /** What operations failed with, in order. */
  readonly failures: readonly FsError[]
  /** What the readers told, in order. */
  readonly notices: readonly string[]
  readonly address: string
  readonly commitId: string
  readonly stopPachd: () => Promise<void>
  /** Starts it on the same address and data. */
  readonly startPachd: () => Promise<void>
}

/** Everything ends with the test. */
export async function mountedPachd({ files, cacheBytes, cacheDisk, memoryBytes = 1024 * 1024, mounts = 1, through = address => Promise.resolve(address), deadlineMs = 30_000 }: MountedPachdOptions): Promise<MountedPachd> {
  const folder = await mkdtemp(join(tmpdir(), 'mounted-pachd-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const dataDir = join(folder, 'pachd')
  let pachd = await startEmbeddedPachd({ dataDir, port: 0 })
  onTestFinished(() => pachd.stop())
  const client = createPachdClient({ address: await through(pachd.address) })
  onTestFinished(() => client.close())
  const commit = await commitFiles(client, files)
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, 'plain', path)), { recursive: true })
    await writeFile(join(folder, 'plain', path), bytes)
  }
  const cacheDirectory = join(folder, 'cache')
  const cache = cacheBytes === 0 ? undefined : await DiskCache.open({ directory: cacheDirectory, maxBytes: cacheBytes, keepFree: 0, ...(cacheDisk && { files: cacheDisk }) })
  onTestFinished(() => cache?.close())
  const notices: string[] = []
  const trees = new CommitTrees(client)
  const readers = new FileReaders(client, { memoryBytes, disk: cache && { cache, cluster: 'test' }, onNotice: sentence => notices.push(sentence) })
  const failures: FsError[] = []
  const repos: string[] = []
  for (let index = 0; index < mounts; index++) {
    const mountDir = join(folder, `mount-${String(index)}`)
    await mkdir(mountDir)
    const fileSystem = new FileSystem()
    fileSystem.mounts.add({ name: 'repo', source: commit, mode: 'ro', paths: ['/'], commit, volume: new ReadOnlyVolume('repo', trees.of(commit, 0), new PathSelection(['/']), readers) })
    const session = await mountFuse(fileSystem, { mountDir, deadlineMs, onFailure: ({ error }) => failures.push(error) })
    onTestFinished(() => session.unmount())
    repos.push(join(mountDir, 'repo'))
  }
  return {
    repos, plain: join(folder, 'plain'), cacheDirectory, cache, failures, notices, address: pachd.address, commitId: commit.id,
    stopPachd: () => pachd.stop(),
    startPachd: async () => {
      pachd = await startEmbeddedPachd({ dataDir, port: Number(pachd.address.split(':').at(-1)) })
    },
  }
}

async function commitFiles(client: ReturnType<typeof createPachdClient>, files: ReadonlyMap<string, Uint8Array>) {
  const branch = branchReference({ repo: 'repo', branch: 'master' })
  await client.pfs.createRepo({ repo: repoReference({ name: 'repo' }) })
  await client.pfs.modifyFile(
    (function* () {
      yield { body: { $case: 'setCommit' as const, setCommit: { branch, repo: branch.repo } } }
      for (const [path, bytes] of files) {
        if (bytes.byteLength === 0) yield { body: { $case: 'addFile' as const, addFile: { path } } }
        for (let at = 0; at < bytes.byteLength; at += 1024 * 1024) {
          yield { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: bytes.subarray(at, at + 1024 * 1024) } } } }
        }
      }
    })(),
  )
  const { head } = await client.pfs.inspectBranch({ branch })
  return { project: 'default', repo: 'repo', branch: 'master', id: head?.id ?? '' }
}

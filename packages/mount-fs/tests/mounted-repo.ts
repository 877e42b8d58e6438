/** A repo on a real mount of its own, for one test, and the shell to look at it with. */
import { execFile } from 'node:child_process'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'

import { CommitTrees, type DiskCache, FileReaders, FileSystem, findLeftChanges, type FsError, type FuseMountOptions, mountFuse, PathSelection, ReadOnlyVolume, StageDirectory, WorkingCopy } from '../src/index.js'
import { type Files, memoryPfs, type MemoryPfs } from './memory-pfs.js'

const run = promisify(execFile)

/** What a test works with. */
export interface MountedRepo {
  readonly pachd: MemoryPfs
  readonly fileSystem: FileSystem
  readonly mountDir: string
  /** The working copy of mounts with mode "rw". */
  readonly workingCopy: WorkingCopy
  /** Ends the working copy as the end of the server does, and mounts what it left. */
  readonly restart: () => Promise<void>
  /** What operations of the kernel failed with, in order. */
  readonly failures: readonly FsError[]
  /** Runs a bash script inside the mount; standard output, or what went wrong. */
  readonly shell: (script: string) => Promise<string>
}

/**
 * Mounts the files as "repo", read-only or for writing. The shell changes its directory by itself: a child process that
 * is started inside a mount of this very process would wait for it for ever.
 */
export async function mountedRepo(files: Files | undefined, { mode = 'ro', paths = ['/'], deadlineMs = 30_000, cache, maxStagedBytes = Infinity, fuse = {} }: { mode?: 'ro' | 'rw'; paths?: string[]; deadlineMs?: number; cache?: DiskCache; maxStagedBytes?: number; fuse?: Partial<FuseMountOptions> } = {}): Promise<MountedRepo> {
  const pachd = memoryPfs(files)
  const cluster = { client: pachd.client, trees: new CommitTrees(pachd.client), readers: new FileReaders(pachd.client, { disk: cache && { cache, cluster: 'test' } }) }
  const folder = await mkdtemp(join(tmpdir(), 'mount-fs-test-'))
  const stage = new StageDirectory(`${folder}-stage`, { maxBytes: maxStagedBytes })
  const source = { project: 'default', repo: 'repo', branch: 'master' }
  const commit = pachd.head === '' ? undefined : { ...source, id: pachd.head }
  const selection = new PathSelection(paths)
  const workingCopy = WorkingCopy.open({ name: 'repo', base: commit && { commit, madeAtMs: 0 }, cluster, stage, target: source, selection })
  const readOnly = new ReadOnlyVolume('repo', cluster.trees.of(commit ?? { ...source, id: '' }, 0), selection, cluster.readers)
  const fileSystem = new FileSystem()
  fileSystem.mounts.add({ name: 'repo', source, mode, paths, commit, volume: mode === 'rw' ? workingCopy.volume : readOnly })
  const failures: FsError[] = []
  let current = workingCopy
  const session = await mountFuse(fileSystem, { mountDir: folder, deadlineMs, ...fuse, onFailure: ({ error }) => failures.push(error) })
  onTestFinished(async () => {
    await session.unmount()
    await stage.remove()
    await rmdir(folder)
  })
  return {
    pachd,
    fileSystem,
    mountDir: folder,
    workingCopy,
    failures,
    restart: async () => {
      current.close()
      fileSystem.mounts.remove('repo')
      await fileSystem.forgetName('repo')
      const [left] = findLeftChanges(new StageDirectory(stage.path), error => expect.fail(error.message))
      if (!left) throw new Error('nothing was left')
      current = await WorkingCopy.resume(left, cluster)
      fileSystem.mounts.add({ name: 'repo', source, mode, paths, commit, volume: current.volume })
    },
    shell: async script => {
      try {
        return (await run('bash', ['-c', `cd "$0" && { ${script}\n}`, folder], { timeout: 20_000, env: { ...process.env, LC_ALL: 'C.UTF-8' } })).stdout
      } catch (error) {
        return `failed: ${error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)}`
      }
    },
  }
}

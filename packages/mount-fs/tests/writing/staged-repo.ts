/** A working copy of a branch in memory on a stage directory on the disk, without a kernel, and what a restart makes of it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'

import { CommitTrees, FileReaders, FileSystem, findLeftChanges, StageDirectory, WorkingCopy } from '../../src/index.js'
import { type Files, memoryPfs, type MemoryPfs } from '../memory-pfs.js'

const source = { project: 'default', repo: 'r', branch: 'master' }

/** One working copy at "/w". */
export interface StagedRepo {
  readonly pachd: MemoryPfs
  readonly fileSystem: FileSystem
  readonly copy: WorkingCopy
  readonly stageDir: string
  /** Writes text at an offset, by default over all that was there. */
  readonly write: (path: string, text: string | Uint8Array, at?: number) => Promise<void>
  readonly read: (path: string) => Promise<string>
  /** The directory of the working copy in the stage. */
  readonly area: () => Promise<string>
  /** Ends the working copy as a killed process does, and opens what it left. */
  readonly restart: (options?: { between?: (area: string) => Promise<void> | void; pachd?: MemoryPfs }) => Promise<StagedRepo>
}

/** Opens the files of a commit for writing. */
export async function stagedRepo(files?: Files, { maxBytes = Infinity, folder: given }: { maxBytes?: number; folder?: string } = {}): Promise<StagedRepo> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'staged-repo-')))
  if (given === undefined) onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const stageDir = join(folder, 'stage')
  const pachd = memoryPfs(files)
  const base = pachd.head === '' ? undefined : { commit: { ...source, id: pachd.head }, madeAtMs: 0 }
  const stage = new StageDirectory(stageDir, { maxBytes })
  return show(WorkingCopy.open({ name: 'w', base, cluster: cluster(pachd), stage, target: source }), pachd, stageDir)
}

function cluster({ client }: MemoryPfs) {
  return { client, trees: new CommitTrees(client), readers: new FileReaders(client), id: 'c' }
}

function show(copy: WorkingCopy, pachd: MemoryPfs, stageDir: string): StagedRepo {
  const fileSystem = new FileSystem()
  fileSystem.mounts.add({ name: 'w', source, mode: 'rw', paths: ['/'], commit: undefined, volume: copy.volume })
  const area = async () => join(stageDir, (await readdir(stageDir)).find(name => name.startsWith('mount-')) ?? 'none')
  return {
    pachd, copy, fileSystem, stageDir, area,
    write: async (path, text, at) => {
      const handle = await fileSystem.create(`/w${path}`, 0o644)
      if (at === undefined) await fileSystem.truncateHandle(handle, 0)
      await fileSystem.write(handle, at ?? 0, Buffer.from(text as string))
      await fileSystem.release(handle)
    },
    read: async path => {
      const handle = await fileSystem.open(`/w${path}`)
      const { sizeBytes } = await fileSystem.stat(`/w${path}`)
      const parts: Uint8Array[] = []
      for (let at = 0; at < sizeBytes; ) {
        const bytes = await fileSystem.read(handle, at, 1 << 17)
        parts.push(bytes)
        at += bytes.byteLength
      }
      await fileSystem.release(handle)
      return Buffer.concat(parts).toString()
    },
    restart: async ({ between, pachd: other = pachd } = {}) => {
      copy.close()
      await between?.(await area())
      const [left] = findLeftChanges(new StageDirectory(stageDir), error => expect.fail(error.message))
      if (!left) throw new Error('nothing was left')
      return show(await WorkingCopy.resume(left, cluster(other)), other, stageDir)
    },
  }
}

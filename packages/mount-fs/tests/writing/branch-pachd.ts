/** An embedded pachd with repos for tests that write, and what their branches hold. */
import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, commitReference, createPachdClient, type PachdClient, readFile, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One pachd; whoever starts it stops it. */
export interface BranchPachd {
  readonly client: PachdClient
  readonly folder: string
  /** Makes a repo with one commit on master; without files with none. */
  readonly repo: (name: string, files?: Record<string, string | Uint8Array>) => Promise<void>
  /** Makes a commit as somebody else; its id. */
  readonly commit: (repo: string, files: Record<string, string | Uint8Array>) => Promise<string>
  /** The id of the head of master; undefined when there is none. */
  readonly head: (repo: string) => Promise<string | undefined>
  /** All files of a commit, the head of master by default. */
  readonly files: (repo: string, id?: string) => Promise<Map<string, Buffer>>
  /** The ids of the commits of master, the newest first. */
  readonly commits: (repo: string) => Promise<string[]>
  readonly stop: () => Promise<void>
}

/** Starts one on a data directory of its own. */
export async function startBranchPachd(): Promise<BranchPachd> {
  const folder = await mkdtemp(join(tmpdir(), 'mount-fs-writing-'))
  const pachd = await startEmbeddedPachd({ dataDir: join(folder, 'pachd'), port: 0 })
  const client = createPachdClient({ address: pachd.address })
  const head = async (repo: string) => (await client.pfs.inspectBranch({ branch: branchReference({ repo, branch: 'master' }) }).catch(() => undefined))?.head?.id || undefined
  const commit = async (repo: string, files: Record<string, string | Uint8Array>) => {
    const branch = branchReference({ repo, branch: 'master' })
    await client.pfs.modifyFile([
      { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
      ...Object.entries(files).flatMap(([path, content]) => [
        { body: { $case: 'deleteFile' as const, deleteFile: { path } } },
        { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: Buffer.from(content as string) } } } },
      ]),
    ])
    const id = (await head(repo)) ?? ''
    await client.pfs.inspectCommit({ commit: commitReference({ repo, branch: 'master', id }), wait: 'FINISHED' })
    return id
  }
  return {
    client, folder, commit, head,
    repo: async (name, files) => {
      await client.pfs.createRepo({ repo: repoReference({ name }) })
      if (files) await commit(name, files)
    },
    files: async (repo, id) => {
      const found = new Map<string, Buffer>()
      const shown = id ?? (await head(repo))
      if (shown === undefined) return found
      const commitOf = commitReference({ repo, branch: 'master', id: shown })
      for await (const { file, fileType } of client.pfs.walkFile({ file: { commit: commitOf, path: '/' } })) {
        if (fileType !== 'FILE' || !file) continue
        const parts: Uint8Array[] = []
        for await (const part of readFile(client, { commit: commitOf, path: file.path })) parts.push(part)
        found.set(file.path, Buffer.concat(parts))
      }
      return found
    },
    commits: async repo => {
      const ids: string[] = []
      const id = await head(repo)
      if (id === undefined) return ids
      for await (const info of client.pfs.listCommit({ repo: repoReference({ name: repo }), to: commitReference({ repo, branch: 'master', id }), all: true })) ids.push(info.commit?.id ?? '')
      return ids
    },
    stop: async () => {
      client.close()
      await pachd.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

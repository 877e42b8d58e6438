/** A server in this process on an embedded pachd, for the tests of one file. */
import { startEmbeddedPachd, type EmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, createPachdClient, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A pachd and a client of it. */
export interface TestPachd {
  readonly pachd: EmbeddedPachd
  readonly client: PachdClient
  readonly folder: string
  /** Makes a repo with one commit. */
  readonly repo: (name: string, files: Record<string, string>) => Promise<string>
  /** Makes a commit; its id. */
  readonly commit: (name: string, files: Record<string, string>) => Promise<string>
  /** The bytes of a file of the head. */
  readonly read: (name: string, path: string) => Promise<string>
  /** The path of a config file whose context names this pachd. */
  readonly config: string
  readonly stop: () => Promise<void>
}

/** Starts a pachd on a data directory of its own. */
export async function testPachd(): Promise<TestPachd> {
  const folder = await mkdtemp(join(tmpdir(), 'mount-server-test-'))
  const pachd = await startEmbeddedPachd({ dataDir: join(folder, 'pachd'), port: 0 })
  const client = createPachdClient({ address: pachd.address })
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'test', contexts: { test: { pachd_address: client.address } } } }))
  const commit = async (name: string, files: Record<string, string>) => {
    const branch = branchReference({ repo: name, branch: 'master' })
    await client.pfs.modifyFile([
      { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
      ...Object.entries(files).map(([path, text]) => ({ body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: Buffer.from(text) } } } })),
    ])
    const { head } = await client.pfs.inspectBranch({ branch })
    await client.pfs.inspectCommit({ commit: { branch, repo: branch.repo, id: head?.id ?? '' }, wait: 'FINISHED' })
    return head?.id ?? ''
  }
  return {
    pachd,
    client,
    folder,
    config,
    commit,
    repo: async (name, files) => {
      await client.pfs.createRepo({ repo: repoReference({ name }) })
      return commit(name, files)
    },
    read: async (name, path) => {
      const branch = branchReference({ repo: name, branch: 'master' })
      let text = ''
      for await (const { value } of client.pfs.getFile({ file: { commit: { branch, repo: branch.repo, id: '' }, path } })) text += Buffer.from(value).toString()
      return text
    },
    stop: async () => {
      client.close()
      await pachd.stop()
      // A process that was killed a moment ago may still have been writing.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}

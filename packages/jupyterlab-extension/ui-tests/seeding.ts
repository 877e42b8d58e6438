/// <reference types="node" />
/** What tests put into pachd before JupyterLab looks at it. */
import { branchReference, repoReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

/** Contents by absolute path. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** Makes a repo with one commit on master. */
export async function seedRepo(pachd: PachdClient, repo: string, files: Files): Promise<void> {
  await pachd.pfs.createRepo({ repo: repoReference({ project: 'default', name: repo }) })
  await commitFiles(pachd, repo, files)
}

/** Adds one commit to master of the repo. */
export async function commitFiles(pachd: PachdClient, repo: string, files: Files): Promise<void> {
  const branch = branchReference({ project: 'default', repo, branch: 'master' })
  const commit = await pachd.pfs.startCommit({ branch })
  await pachd.pfs.modifyFile(requests())
  await pachd.pfs.finishCommit({ commit })

  function* requests() {
    yield { body: { $case: 'setCommit' as const, setCommit: commit } }
    for (const [path, content] of Object.entries(files)) {
      const raw = typeof content === 'string' ? Buffer.from(content) : content
      yield { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw } } } }
    }
  }
}

/** Makes the repos `repo0000`, `repo0001`, …, each with an empty master, in one transaction. */
export async function seedManyRepos(pachd: PachdClient, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `repo${String(index).padStart(4, '0')}`)
  await pachd.transaction.batchTransaction({
    requests: names.flatMap(repo => [{ createRepo: { repo: repoReference({ name: repo }) } }, { createBranch: { branch: branchReference({ repo, branch: 'master' }) } }]),
  })
}

/** Makes a repo whose directory `/many` has the files `file000000.csv`, `file000001.csv`, … */
export async function seedWideDirectory(pachd: PachdClient, repo: string, count: number): Promise<void> {
  const content = Buffer.from('n\n1\n')
  const paths = Array.from({ length: count }, (_, index) => `/many/file${String(index).padStart(6, '0')}.csv`)
  await seedRepo(pachd, repo, Object.fromEntries(paths.map(path => [path, content])))
}

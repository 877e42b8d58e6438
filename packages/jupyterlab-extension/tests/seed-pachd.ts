/// <reference types="node" />
/** Makes a repo with one commit: `seed-pachd.ts <address> <repo> <path> <text>`. */
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

async function seed([address = '', repo = '', path = '', text = '']: readonly string[]): Promise<void> {
  const pachd = createPachdClient({ address })
  await pachd.pfs.createRepo({ repo: repoReference({ project: 'default', name: repo }) })
  const commit = await pachd.pfs.startCommit({ branch: branchReference({ project: 'default', repo, branch: 'master' }) })
  await pachd.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: commit } },
    { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: Buffer.from(text) } } } },
  ])
  await pachd.pfs.finishCommit({ commit })
  pachd.close()
}

void seed(process.argv.slice(2))

/** Makes a repo with one commit: `node seed_pachd.mjs <address> <repo> <path> <text>`. */
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

const [address, repo, path, text] = process.argv.slice(2)
const pachd = createPachdClient({ address })
await pachd.pfs.createRepo({ repo: repoReference({ project: 'default', name: repo }) })
const commit = await pachd.pfs.startCommit({ branch: branchReference({ project: 'default', repo, branch: 'master' }) })
await pachd.pfs.modifyFile([
  { body: { $case: 'setCommit', setCommit: commit } },
  { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: Buffer.from(text) } } } },
])
await pachd.pfs.finishCommit({ commit })
pachd.close()

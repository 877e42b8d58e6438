/** The repo that installed programs are tried on. */
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

/** Makes `images` of the default project, with `/cat.txt` on master that says `meow`. */
export async function writeRepo(address: string): Promise<void> {
  const client = createPachdClient({ address })
  await client.pfs.createRepo({ repo: repoReference({ project: 'default', name: 'images' }) })
  const commit = await client.pfs.startCommit({ branch: branchReference({ project: 'default', repo: 'images', branch: 'master' }) })
  await client.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: commit } },
    { body: { $case: 'addFile', addFile: { path: '/cat.txt', source: { $case: 'raw', raw: Buffer.from('meow') } } } },
  ])
  await client.pfs.finishCommit({ commit })
  client.close()
}

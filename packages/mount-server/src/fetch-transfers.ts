/** What pachd sends for readers, among the transfers of the server. */
import type { FetchMeter, FileFetch, FileSystem } from '@jupyterlab-pachyderm/mount-fs'

import type { Transfers } from './transfers.js'

/** Notes fetches under the first mount that shows their commit; one that no mount shows any more is still noted, under its repo. */
export function noteFetches({ mounts }: FileSystem, transfers: Transfers): (fetch: FileFetch) => FetchMeter {
  return ({ commit: { project, repo, id }, path, totalBytes }) => {
    const shown = mounts.list().find(({ commit }) => commit?.id === id && commit.repo === repo && commit.project === project)
    return transfers.start({ kind: 'fetch', mount: shown?.name ?? repo, path, totalBytes })
  }
}

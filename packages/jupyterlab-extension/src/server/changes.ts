/** Where lists of changed files come from: a writable mount, and two commits of a branch. */
import type { MountEntry, MountServerClient } from '@jupyterlab-pachyderm/mount-api'

import type { ChangesSource } from '../model/changes-model.js'

const PAGE_CHANGES = 500

/** What the next commit of a mount would change. */
export function changesOfMount(client: Pick<MountServerClient, 'listChanges' | 'discardChanges'>, name: string): ChangesSource {
  return {
    list: async after => {
      const { changes, next, conflicts } = await client.listChanges({ name, limit: PAGE_CHANGES, ...(after === undefined ? {} : { after }) })
      return { next, conflicts, changes: changes.map(({ path, change, size_bytes, refusal }) => ({ path, change, sizeBytes: size_bytes, refusal })) }
    },
    discard: async path => {
      await client.discardChanges({ name }, path === undefined ? {} : { paths: [path] })
    },
  }
}

/** What the head of a branch has that the commit which a mount shows has not. */
export function changesSinceMount(client: Pick<MountServerClient, 'diffCommits'>, { project, repo, commit, latest_commit }: MountEntry): ChangesSource {
  return {
    list: async after => {
      const { changes, next } = await client.diffCommits({ project, repo, commit: latest_commit, from: commit, limit: PAGE_CHANGES, ...(after === undefined ? {} : { after }) })
      return { next, conflicts: [], changes: changes.map(({ path, change, old_size_bytes, new_size_bytes }) => ({ path, change, sizeBytes: new_size_bytes ?? old_size_bytes })) }
    },
  }
}

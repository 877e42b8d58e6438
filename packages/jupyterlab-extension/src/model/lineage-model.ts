/** Where a commit comes from, while that is shown. */
import type { MountServerClient } from '@jupyterlab-pachyderm/mount-api'

import { reasonOf } from '../server/api-error.js'
import { lineageRows, type LineageRow } from './lineage-tree.js'
import type { BranchRef } from './mount-naming.js'
import { Observable } from './observable.js'

/** A commit, or with an empty id the head of the branch. */
export interface LineageSource extends BranchRef {
  readonly commit: string
}

/** What is shown of it. */
export type LineageState =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly rows: readonly LineageRow[]; readonly truncated: boolean }
  | { readonly status: 'failed'; readonly reason: string }

/** Asks once for each `open`. */
export class LineageModel extends Observable<LineageState> {
  constructor(
    private readonly client: Pick<MountServerClient, 'getProvenance'>,
    private readonly source: LineageSource,
  ) {
    super({ status: 'loading' })
  }

  /** Asks for it, again after a failure. */
  async open(): Promise<void> {
    this.replace({ status: 'loading' })
    const { project, repo, branch, commit } = this.source
    try {
      const provenance = await this.client.getProvenance({ project, repo, commit: commit === '' ? branch : commit })
      this.replace({ status: 'ready', rows: lineageRows(provenance, branch), truncated: provenance.truncated })
    } catch (error) {
      this.replace({ status: 'failed', reason: reasonOf(error) })
    }
  }
}

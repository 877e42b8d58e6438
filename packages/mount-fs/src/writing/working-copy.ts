/** A branch that is mounted for writing: its files with local changes, and the way those get into a commit. */
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import type { CommitIdentity } from '../commit-identity.js'
import { type CommitPlan, isEmptyPlan, loadLinkTargets, markCommitted, planCommit } from './commit-plan.js'
import { sendCommit } from './committer.js'
import { FsError } from '../errors.js'
import type { MountSource } from '../mounted-branch.js'
import { Overlay } from './overlay.js'
import type { PathSelection } from '../path-selection.js'
import type { FileReaders } from '../reading/reader.js'
import type { StagedFile, StageDirectory } from './stage.js'
import { StagedContents } from './staged-content.js'
import type { CommitTrees } from '../reading/tree.js'
import type { Volume } from '../volume.js'
import { directoryNode, type DirectoryNode } from './working-node.js'

/** What a working copy is made of. */
export interface WorkingCopyOptions {
  /** How messages call it. */
  readonly name: string
  /** The commit it starts as; undefined to start empty. */
  readonly base: { readonly commit: CommitIdentity; readonly madeAtMs: number } | undefined
  readonly cluster: { readonly client: Pick<PachdClient, 'pfs'>; readonly trees: CommitTrees; readonly readers: FileReaders }
  readonly stage: StageDirectory
  readonly selection?: PathSelection
  /** The branch that commits go to; undefined for a scratch directory. */
  readonly target?: MountSource
}

/** One working copy. Whoever opens it discards it. */
export class WorkingCopy {
  readonly volume: Volume
  readonly #overlay: Overlay
  readonly #options: WorkingCopyOptions
  #commit: CommitIdentity | undefined

  private constructor(options: WorkingCopyOptions) {
    const { name, base, cluster, stage, selection } = options
    const shown = selection?.isEverything === false ? selection : undefined
    const origin = base && { tree: cluster.trees.of(base.commit, base.madeAtMs), path: '/', selection: shown }
    this.#overlay = new Overlay(name, directoryNode({ ...(origin && { origin }), branchPath: '/', ...(base && { modifiedMs: base.madeAtMs }) }), new StagedContents(cluster.readers, stage))
    this.volume = this.#overlay
    this.#options = options
    this.#commit = base?.commit
  }

  /** Opens a working copy; nothing is asked from pachd yet. */
  static open(options: WorkingCopyOptions): WorkingCopy {
    return new WorkingCopy(options)
  }

  /** The commit that the branch side of the working copy shows. It moves on to own commits when nobody else made one. */
  get commit(): CommitIdentity | undefined {
    return this.#commit
  }

  /** Whether there is something to commit. */
  get hasChanges(): boolean {
    return !isEmptyPlan(planCommit(this.#overlay))
  }

  /**
   * Sends what changed since the last commit to the branch as one commit; without changes nothing is sent. Writers may
   * go on: what they write comes with the next commit. When it fails everything stays, and calling again is safe.
   */
  async commitChanges(): Promise<void> {
    const { target, cluster } = this.#options
    if (!target) throw new FsError('EINVAL', `${this.#options.name} is not a branch`)
    await loadLinkTargets(this.#overlay)
    const plan = planCommit(this.#overlay)
    if (isEmptyPlan(plan)) return
    const frozen = freeze(plan)
    try {
      const { head, parent } = await sendCommit(cluster.client, target, plan)
      markCommitted(this.#overlay, plan)
      if (parent === this.#commit?.id) this.#commit = head
    } finally {
      for (const file of frozen) file.frozen--
      for (const { content, node } of plan.files) if (node.kind === 'file' && content.at === 'stage' && node.content !== content) content.file.remove()
    }
  }

  /** Throws the changes away. */
  async discard(): Promise<void> {
    await Promise.resolve()
    removeStaged(this.#overlay.root)
  }
}

function freeze(plan: CommitPlan): StagedFile[] {
  const files = plan.files.flatMap(({ content }) => (content.at === 'stage' ? [content.file] : []))
  for (const file of files) file.frozen++
  return files
}

function removeStaged(directory: DirectoryNode): void {
  for (const node of directory.children?.values() ?? []) {
    if (node.kind === 'directory') removeStaged(node)
    else if (node.kind === 'file' && node.content.at === 'stage') node.content.file.remove()
  }
}

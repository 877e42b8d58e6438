/** A commit of which pachd's answer is waited for: the state of one moment, which nobody changes until then. */
import { type CommitPlan, markCommitted } from './commit-plan.js'
import type { CommitTree } from '../reading/tree.js'
import type { OpenCommit } from './open-commit.js'
import type { StageArea } from './stage-area.js'
import type { WorkingTree } from './working-tree.js'

/** One commit under way. Its staged files are frozen until it is released. */
export class PendingCommit {
  readonly plan: CommitPlan
  /** The head that the branch had before. */
  readonly after: string | undefined
  /** How it is recognised while it is open; undefined for a commit without a message, which never is. */
  readonly open: OpenCommit | undefined
  #isReleased = false

  constructor(plan: CommitPlan, after: string | undefined, open?: OpenCommit) {
    this.plan = plan
    this.after = after
    this.open = open
    for (const { content } of plan.files) if (content.at === 'stage') content.file.frozen++
  }

  /** Notes what the branch may hold all the same. */
  giveUp(tree: WorkingTree): void {
    for (const { path } of [...this.plan.files, ...this.plan.directories]) tree.uncertain.add(path)
  }

  /** Lets the staged files be changed again; those that nobody has any more are deleted. Releasing twice is fine. */
  release(area: StageArea): void {
    if (this.#isReleased) return
    this.#isReleased = true
    for (const { content } of this.plan.files) if (content.at === 'stage') content.file.frozen--
    for (const { content, node } of this.plan.files) {
      if (node.kind === 'file' && content.at === 'stage' && (node.content !== content || node.isGone)) area.discardWithRewrite(content.file)
    }
  }
}

/** Takes a tree to the branch after the commit: what was sent is read from there, and is not kept here any more. */
export function settleCommitted(tree: WorkingTree, plan: CommitPlan, committed: CommitTree, { isOpen }: { isOpen: boolean }): void {
  markCommitted(tree, plan)
  if (isOpen) return
  for (const { path, content, node } of plan.files) {
    if (node.kind !== 'file' || content.at !== 'stage' || node.content !== content || node.isGone) continue
    node.content = { at: 'commit', tree: committed, path, sizeBytes: content.file.sizeBytes }
  }
}

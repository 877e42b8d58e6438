/** One mount: what it shows, of which commit, and how it may be used. */
import type { CommitIdentity } from './commit-identity.js'
import type { Volume } from './volume.js'

/** Where a mount takes its files from. */
export interface MountSource {
  readonly project: string
  readonly repo: string
  /** Empty when a commit was asked for by its id alone. */
  readonly branch: string
}

/** One row of the mount table. */
export interface MountedBranch {
  /** The name of its directory. */
  readonly name: string
  readonly source: MountSource
  readonly mode: 'ro' | 'rw'
  /** What of the commit is shown, as it was asked for. */
  readonly paths: readonly string[]
  /** The commit that is shown; undefined when the branch has none. A committed working copy moves on to its commit. */
  readonly commit: CommitIdentity | undefined
  readonly volume: Volume
}

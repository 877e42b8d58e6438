/** What the server and its watchdog say to each other. */
import type { MountPoint } from '@jupyterlab-pachyderm/mount-fs'

import type { GuardedCommit } from './open-commits.js'

/** From the server: the mount that is there, by the kernel's numbers, or that it is over; and which commits may be open. */
export type ToWatchdog =
  | { readonly type: 'watch'; readonly mountPoint: MountPoint }
  | { readonly type: 'rest' }
  | { readonly type: 'commit-opens'; readonly guarded: GuardedCommit }
  | { readonly type: 'commit-ends'; readonly mark: string }

/** From the watchdog: what it did, or found. */
export type FromWatchdog = { readonly type: 'watching' } | { readonly type: 'taken-away'; readonly stuckMs: number } | { readonly type: 'gone' } | { readonly type: 'failed'; readonly reason: string }

/** Given to the process when it is started. */
export interface WatchedPlace {
  /** Absolute. */
  readonly mountDir: string
  readonly pace: WatchPace
}

/** Times in milliseconds. */
export interface WatchPace {
  /** Between two looks. */
  readonly intervalMs: number
  /** A file system that has not answered for this long is stuck: longer than any of its operations may take. */
  readonly stuckMs: number
  /** How long a dead mount is left to a server that is started again. */
  readonly graceMs: number
}

/** What the server and its watchdog say to each other. */

/** What is watched: given to the process when it is started. */
export interface WatchedPlace {
  /** Absolute. */
  readonly mountDir: string
  readonly pace: WatchPace
}

/** From the server: that the mount is there, and that it is over. */
export interface ToWatchdog {
  readonly type: 'watch' | 'rest'
}

/** From the watchdog: what it did, or found. */
export type FromWatchdog = { readonly type: 'watching' } | { readonly type: 'taken-away'; readonly stuckMs: number } | { readonly type: 'gone' } | { readonly type: 'failed'; readonly reason: string }

/** Times in milliseconds. */
export interface WatchPace {
  /** Between two looks. */
  readonly intervalMs: number
  /** A file system that has not answered for this long is stuck: longer than any of its operations may take. */
  readonly stuckMs: number
  /** How long a dead mount is left to whoever starts the server again. */
  readonly graceMs: number
}

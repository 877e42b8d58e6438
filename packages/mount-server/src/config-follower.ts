/** Keeps the connection as the config file says: follows its changes, and tries again while its pachd is away. */
import { watchConfigFile } from './config-watch.js'
import type { Connection } from './connection.js'

const FIRST_RETRY_MS = 5000
const LAST_RETRY_MS = 30_000

/** What following needs. */
export interface FollowOptions {
  readonly connection: Connection
  /** Whether nothing would be lost by changing the cluster. */
  readonly isIdle: () => boolean
  /** Called when a cluster was connected. */
  readonly arrived: () => Promise<void>
}

/** Follows the file. */
export interface ConfigFollower {
  /** Looks into the file at once. */
  readonly lookAgain: () => void
  readonly stop: () => void
}

/** Follows until it is stopped; failures are a `problem` of the connection. */
export async function followConfig({ connection, isIdle, arrived }: FollowOptions): Promise<ConfigFollower> {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let waitMs = FIRST_RETRY_MS
  const look = async () => {
    if (await connection.reload({ isIdle })) await arrived()
    if (!isStopped && !connection.isConnected && connection.isWanted) {
      timer = setTimeout(() => void look(), waitMs)
      waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)
    }
  }
  const again = () => {
    clearTimeout(timer)
    waitMs = FIRST_RETRY_MS
    void look()
  }
  const watching = watchConfigFile(await connection.configFile, again)
  if (!connection.isConnected && connection.isWanted) timer = setTimeout(again, FIRST_RETRY_MS)
  return {
    lookAgain: again,
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      watching.stop()
    },
  }
}

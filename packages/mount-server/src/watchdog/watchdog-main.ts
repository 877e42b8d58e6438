/** The process of the watchdog. It lives as long as the server, and a little longer when that dies suddenly. */
import { setTimeout as delay } from 'node:timers/promises'

import type { FromWatchdog, ToWatchdog, WatchedPlace } from './messages.js'
import { finishOpenCommits, type GuardedCommit } from './open-commits.js'
import { WatchedMount } from './watched-mount.js'

// Not the name of the server, of which there shall be one.
process.title = 'pfs-watchdog'

// A terminal sends its signals to all its processes; the server says itself when it is over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined)

const { mountDir, pace } = JSON.parse(process.argv[2] ?? '') as WatchedPlace
const serverPid = process.ppid
let mount: WatchedMount | undefined
const openCommits = new Map<string, GuardedCommit>()
let isOver = false
let round = 0

process.on('message', (message: ToWatchdog) => {
  if (message.type === 'commit-opens') openCommits.set(message.guarded.commit.mark ?? '', message.guarded)
  else if (message.type === 'commit-ends') openCommits.delete(message.mark)
  else heed(message)
})
process.once('disconnect', () => void afterDeath())
// The server may have died while this process was starting.
if (!process.connected) setImmediate(() => void afterDeath())

function heed(message: Extract<ToWatchdog, { type: 'watch' | 'rest' }>): void {
  round++
  isOver = message.type === 'rest'
  mount = message.type === 'watch' ? new WatchedMount(message.mountPoint) : undefined
  if (mount) void watch(mount, round)
}

async function watch(watched: WatchedMount, mine: number): Promise<void> {
  let stuckMs = 0
  tell({ type: 'watching' })
  while (mine === round) {
    const health = await watched.health(pace.intervalMs)
    if (mine !== round) return
    if (health === 'gone') {
      tell({ type: 'gone' })
      return
    }
    stuckMs = health === 'answers' ? 0 : stuckMs + pace.intervalMs
    if (stuckMs >= pace.stuckMs) return free(watched, stuckMs)
    if (health !== 'stuck') await delay(pace.intervalMs)
  }
}

/**
 * Frees the programs that wait for the mount. Where a plain user may not end its connection, only the end of the server
 * does that: a program that waits for it cannot be killed, and nothing that was closed is lost with the server.
 */
async function free(watched: WatchedMount, stuckMs: number): Promise<void> {
  if (!(await watched.abort())) {
    if (process.connected) process.kill(serverPid, 'SIGKILL')
    return
  }
  await watched.takeAway().then(
    () => tell({ type: 'taken-away', stuckMs }),
    (error: unknown) => tell({ type: 'failed', reason: String(error) }),
  )
}

/** The server ended, with or without a word. Commits that it may have left open are finished in either case. */
async function afterDeath(): Promise<void> {
  round++
  await Promise.all([isOver ? undefined : endMount(), finishOpenCommits(openCommits.values())])
  process.exit(0)
}

/**
 * The server died without a word. A restarted one replaces the dead mount; when none comes, the mount is taken away. A
 * server that dies while this process starts may not have said which mount it is: a dead one has no server in any case.
 */
async function endMount(): Promise<void> {
  await delay(pace.graceMs)
  const dead = mount ?? (await WatchedMount.at(mountDir))
  await dead?.takeAwayIfDead().catch(() => undefined)
}

/** A server that dies in this moment gets no message, which is no reason for this process to end. */
function tell(message: FromWatchdog): void {
  if (process.connected) process.send?.(message, () => undefined)
}

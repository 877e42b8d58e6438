/** The process of the watchdog. It lives as long as the server, and a little longer when that dies of a sudden. */
import { setTimeout as delay } from 'node:timers/promises'

import type { FromWatchdog, ToWatchdog, WatchedPlace } from './messages.js'
import { WatchedMount } from './watched-mount.js'

// Not the name of the server, of which there shall be one.
process.title = 'pfs-watchdog'

// A terminal sends its signals to all its processes; the server says itself when it is over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined)

const { mountDir, pace } = JSON.parse(process.argv[2] ?? '') as WatchedPlace
const mount = new WatchedMount(mountDir)
let isOver = false
let round = 0

process.on('message', ({ type }: ToWatchdog) => {
  round++
  isOver = type === 'rest'
  if (type === 'watch') void watch(round)
})
process.once('disconnect', () => void afterDeath())
// The server may have died while this process was starting.
if (!process.connected) setImmediate(() => void afterDeath())

async function watch(mine: number): Promise<void> {
  let stuckMs = 0
  tell({ type: 'watching' })
  while (mine === round) {
    const health = await mount.health(pace.intervalMs)
    if (mine !== round) return
    if (health === 'gone') {
      tell({ type: 'gone' })
      return
    }
    stuckMs = health === 'answers' ? 0 : stuckMs + pace.intervalMs
    if (stuckMs >= pace.stuckMs) {
      await mount.takeAway().then(
        () => tell({ type: 'taken-away', stuckMs }),
        (error: unknown) => tell({ type: 'failed', reason: String(error) }),
      )
      return
    }
    if (health !== 'stuck') await delay(pace.intervalMs)
  }
}

/** The server is gone without a word. Whoever starts it again mends the mount; when nobody does, it is taken away. */
async function afterDeath(): Promise<void> {
  round++
  if (!isOver) {
    await delay(pace.graceMs)
    if ((await mount.health(pace.intervalMs)) === 'dead') await mount.takeAway().catch(() => undefined)
  }
  process.exit(0)
}

/** A server that dies in this moment hears nothing, which is no reason for this process to end. */
function tell(message: FromWatchdog): void {
  if (process.connected) process.send?.(message, () => undefined)
}

/// <reference types="node" />
/** Programs that a test starts: waiting until they are ready, and ending them. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

const READY_MS = 90_000
const ASK_AGAIN_MS = 50

/** Asks until there is an answer other than undefined. Throws after 90 s, or with what `ask` throws. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + READY_MS
  while (Date.now() < end) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await delay(ASK_AGAIN_MS)
  }
  throw new Error(`not ready after ${READY_MS} ms`)
}

/** Ends a program with SIGTERM; one that has ended already is fine. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

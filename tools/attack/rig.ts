/** Runs rooms: those that work one after the other, beside those that mostly wait. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { bundlePrograms } from '../../packages/mount-server/tests/kills/killable-stack.js'
import { Dice } from './dice.js'
import type { RigOptions } from './options.js'
import type { Room, Setting } from './room.js'
import { Tally } from './tally.js'

const PROGRESS_MS = 5000

/** What came of a room. */
export interface RoomResult {
  readonly room: Room
  readonly tally: Tally
}

/** Runs all rooms; `say` prints a line. */
export async function attack(options: RigOptions, say: (line: string) => void): Promise<RoomResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'attack-'))
  try {
    const programs = await bundlePrograms(folder)
    const attackIn = async (room: Room): Promise<RoomResult> => ({ room, tally: await runRoom(room, { ...options, programs, say }) })
    const waiting = options.rooms.filter(room => room.isMostlyWaiting).map(attackIn)
    const results: RoomResult[] = []
    for (const room of options.rooms) if (!room.isMostlyWaiting) results.push(await attackIn(room))
    return [...results, ...(await Promise.all(waiting))]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the rounds of one room. A round that throws is a failure; the next one runs all the same. */
export async function runRoom(room: Room, { seed, rounds, isNight, programs, say }: Pick<RigOptions, 'seed' | 'rounds' | 'isNight'> & Pick<Setting, 'programs'> & { say: (line: string) => void }): Promise<Tally> {
  const tally = new Tally()
  const total = rounds ?? (isNight ? room.rounds.night : room.rounds.short)
  const steps: (() => unknown)[] = []
  let told = 0
  let saidMs = performance.now()
  const tellFailures = () => {
    for (const { fault, sentence, seed: failed } of tally.failures.slice(told)) {
      say(`${room.name}: ${fault}: ${sentence}\n    again: npx tsx -C @jupyterlab-pachyderm/source tools/attack/run.ts --only ${room.name} --seed ${String(failed)} --rounds 1${isNight ? ' --night' : ''}`)
    }
    told = tally.failures.length
  }
  try {
    tally.seed = seed
    const open = await room.open({ programs, tally, isNight, cleanUp: step => void steps.push(step) })
    say(`${room.name}: ${String(total)} rounds from seed ${String(seed)}`)
    for (let index = 0; index < total; index++) {
      tally.seed = seed + index
      try {
        await open.round({ seed: tally.seed, dice: new Dice(tally.seed) })
      } catch (error) {
        tally.fail('other failures', error instanceof Error ? error.message : String(error))
      }
      tally.rounds++
      tellFailures()
      if (performance.now() - saidMs > PROGRESS_MS) {
        saidMs = performance.now()
        say(`${room.name}: ${String(tally.rounds)} of ${String(total)} rounds, ${String(tally.failures.length)} failures`)
      }
    }
    // A round that is repeated alone need not meet all that a whole run must.
    if (total >= room.rounds.short) tally.prove(room.proofs)
  } catch (error) {
    tally.fail('other failures', error instanceof Error ? error.message : String(error))
  }
  for (const step of steps.reverse()) {
    try {
      await step()
    } catch (error) {
      tally.fail('other failures', `cleaning up: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  tellFailures()
  return tally
}

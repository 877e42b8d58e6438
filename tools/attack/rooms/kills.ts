/** mount-server and pachd are killed at random moments while a program writes, reads, commits and unmounts. */
import { killRounds } from '../../../packages/mount-server/tests/kills/kill-rounds.js'
import { KillableStack } from '../../../packages/mount-server/tests/kills/killable-stack.js'
import type { Room } from '../room.js'

/** All that a kill can interrupt comes once in so many. */
const KILLS = 10

export const kills: Room = {
  name: 'kills',
  promise: 'After kill -9 at any moment, each acknowledged change is in the mount and in the next commit, once.',
  rounds: { short: 1, night: 30 },
  proofs: ['operations', 'kills in unfinished work'],
  async open({ programs, tally, cleanUp }) {
    const stack = await KillableStack.make({ programs })
    cleanUp(() => stack.stop())
    let repos = 0
    return {
      async round({ seed, dice }) {
        const { operations, unfinished, lost, twice, leftOver } = await killRounds({ stack, repo: `kills${String(++repos)}`, kills: KILLS, seed: seed * KILLS, random: dice.next })
        tally.count('kills', KILLS)
        tally.count('kills in unfinished work', unfinished)
        tally.count('operations', operations)
        for (const path of lost) tally.fail('lost', path)
        for (const id of twice) tally.fail('twice', `commit ${id} changes nothing`)
        for (const name of leftOver) tally.fail('other failures', `${name} is left in the stage`)
      },
    }
  },
}

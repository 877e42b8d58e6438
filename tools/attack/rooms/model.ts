/** Random operations on a mount and on a plain directory: there is no difference. */
import fc from 'fast-check'

import { startBranchPachd } from '../../../packages/mount-fs/tests/writing/branch-pachd.js'
import { firstFiles, randomOperations } from '../../../packages/mount-fs/tests/writing/random-operations.js'
import { runTwins } from '../../../packages/mount-fs/tests/writing/twin-directories.js'
import type { Room } from '../room.js'

const OPERATIONS = 400

export const model: Room = {
  name: 'model',
  promise: 'After any operation a mount looks as a plain directory does, and a commit holds the same files.',
  rounds: { short: 4, night: 250 },
  proofs: ['operations'],
  async open({ tally, cleanUp }) {
    const pachd = await startBranchPachd()
    cleanUp(() => pachd.stop())
    let repos = 0
    return {
      async round({ seed }) {
        const [operations = []] = fc.sample(randomOperations({ atLeast: OPERATIONS, atMost: OPERATIONS }), { seed, numRuns: 1 })
        const repo = `twins${String(++repos)}`
        await pachd.repo(repo, firstFiles)
        try {
          await runTwins(pachd, repo, operations)
        } catch (error) {
          tally.fail('wrong', error instanceof Error ? error.message : String(error))
        }
        tally.count('operations', operations.length)
      },
    }
  },
}

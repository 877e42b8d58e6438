/** The embedded pachd is killed at random moments while several clients commit. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { killRounds } from '../../../packages/pachd-embedded/tests/kill-rounds.js'
import type { Room } from '../room.js'

const KILLS = 5

export const store: Room = {
  name: 'store',
  promise: 'After kill -9 the embedded pachd holds each acknowledged commit, whole and once.',
  rounds: { short: 1, night: 40 },
  proofs: ['kills that hit a running server', 'commits'],
  open({ programs, tally }) {
    return Promise.resolve({
      async round({ seed }) {
        const folder = await mkdtemp(join(tmpdir(), 'attack-store-'))
        try {
          const { killedWriting, commits, unanswered } = await killRounds({ program: programs.pachd, dataDir: join(folder, 'pachd'), rounds: KILLS, seed })
          tally.count('kills that hit a running server', killedWriting)
          tally.count('commits', commits)
          tally.count('commits whose answer was lost', unanswered)
        } catch (error) {
          tally.fail('lost', error instanceof Error ? error.message : String(error))
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      },
    })
  },
}

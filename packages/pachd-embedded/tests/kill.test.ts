/**
 * What a server keeps that is killed at any moment. It runs as built (`npm run build`), since that is what starts fast enough to be killed
 * often; tools/attack runs the same rounds. PACHD_KILL_ROUNDS says how many (40), PACHD_KILL_SEED which.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { killRounds } from './kill-rounds.js'

const ROUNDS = Number(process.env['PACHD_KILL_ROUNDS'] ?? 40)
const SEED = Number(process.env['PACHD_KILL_SEED'] ?? Date.now() % 2 ** 31)

test(`a server that is killed while it writes keeps every commit that it acknowledged, and no half one (seed ${SEED})`, async () => {
  const program = join(import.meta.dirname, '../bin/pachd-embedded.js')

  const { killedWriting, commits, unanswered } = await killRounds({ program, dataDir: mkdtempSync(join(tmpdir(), 'pachd-kill-')), rounds: ROUNDS, seed: SEED })

  expect(killedWriting).toBe(ROUNDS)
  // Kills that only hit commits which left no trace would prove little, and so would those that came after all was done.
  expect(commits).toBeGreaterThan(ROUNDS)
  expect(unanswered).toBeGreaterThan(ROUNDS / 20)
}, 900_000)

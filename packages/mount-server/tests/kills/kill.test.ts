/** What was acknowledged outlives kills. MOUNT_SERVER_KILLS says how many (40); tools/attack runs the same rounds with a seed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { killRounds } from './kill-rounds.js'
import { bundlePrograms, KillableStack } from './killable-stack.js'

const KILLS = Number(process.env['MOUNT_SERVER_KILLS'] ?? 40)

test(`what was acknowledged is there after ${String(KILLS)} kills, and no commit is made twice`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mount-server-kills-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const stack = await KillableStack.make({ programs: await bundlePrograms(folder) })
  onTestFinished(() => stack.stop())

  const { lost, twice, leftOver, unfinished } = await killRounds({ stack, repo: 'kills', kills: KILLS, seed: 0, random: () => Math.random() })

  expect(lost, 'files that were acknowledged').toEqual([])
  expect(leftOver, 'what is left in the stage').toEqual([])
  expect(twice, 'commits that change nothing').toEqual([])
  expect(unfinished, 'kills that hit unfinished work').toBeGreaterThan(KILLS / 2)
}, 1_800_000)

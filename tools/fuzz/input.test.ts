import { expect, test } from 'vitest'

import { runInputFuzz } from './input.js'
import type { Target } from './input-targets.js'

const target = (name: string, run: (text: string) => unknown): Target => ({ name, maxLength: 16 * 1024, prepare: text => Promise.resolve(() => run(text)) })

test('whatever comes in is read in time proportional to its length', async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)

  const { failures, runs } = await runInputFuzz({ seed, rounds: Number(process.env['FUZZ_ROUNDS'] ?? 3) })

  expect(failures, `FUZZ_SEED=${String(seed)}`).toEqual([])
  expect(runs).toBeGreaterThan(1000)
}, 600_000)

test('a pattern that looks for the end of an open string again and again is found, and its linear twin is not', async () => {
  const backtracking = target('backtracking', text => {
    return Array.from(text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)).length
  })
  const linear = target('linear', text => {
    for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 0) return
  })

  const { failures } = await runInputFuzz({ seed: 1, rounds: 0, targets: [backtracking, linear] })

  expect(failures.length).toBeGreaterThan(0)
  for (const failure of failures) expect(failure).toMatch(/^backtracking with /)
}, 120_000)

/**
 * Gives hostile texts of growing length to everything that parses or matches input, and fails where time grows faster
 * than length: `node --import tsx -C @jupyterlab-pachyderm/source tools/fuzz/input.ts [seed] [rounds]`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { superLinearGrowth } from './growth.js'
import { knownShapes, randomShapes, seededRandom } from './hostile-shapes.js'
import { inputTargets, type Target } from './input-targets.js'

/** What to run. */
export interface InputFuzzOptions {
  /** Determines the random shapes. */
  readonly seed: number
  /** How many random shapes each target gets, after the known ones. */
  readonly rounds: number
  /** Default: all targets. */
  readonly targets?: readonly Target[]
}

/** What came of it. Each failure names target, shape, length and times. */
export interface InputFuzzResult {
  readonly seed: number
  readonly runs: number
  readonly failures: readonly string[]
}

/** Runs the fuzz; rejects only when it cannot run. */
export async function runInputFuzz({ seed, rounds, targets }: InputFuzzOptions): Promise<InputFuzzResult> {
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-input-'))
  const all = inputTargets(folder)
  const failures: string[] = []
  let runs = 0
  try {
    const random = seededRandom(seed)
    for (const target of targets ?? all.targets) {
      for (const { name, of } of [...knownShapes, ...randomShapes(random, rounds)]) {
        runs++
        const excess = await superLinearGrowth(length => target.prepare(of(length)), target.maxLength)
        if (excess) failures.push(`${target.name} with ${name}: ${excess.ms.toFixed(0)} ms for ${String(excess.length)} characters, ${excess.ratio.toFixed(1)} times those of a quarter`)
      }
    }
  } finally {
    await all.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { seed, runs, failures }
}

if (process.argv[1] === import.meta.filename) {
  const [seed = String(Date.now() % 2 ** 31), rounds = '50'] = process.argv.slice(2)
  const { runs, failures } = await runInputFuzz({ seed: Number(seed), rounds: Number(rounds) })
  for (const failure of failures) console.error(failure)
  console.log(`seed ${seed}: ${String(runs)} runs, ${String(failures.length)} failures`)
  process.exitCode = failures.length === 0 ? 0 : 1
}

/** Whether work takes time in proportion to its input, by ratios of processor time: a busy machine changes neither. */

/** Linear work takes four times as long for four times the input, quadratic work sixteen times. */
const STEP = 4
const MAX_RATIO = 10
/** Below it, times are noise. */
const MEASURABLE_MS = 12
const FIRST_LENGTH = 64

/** What was measured when growth is more than linear. */
export interface Excess {
  readonly length: number
  readonly ms: number
  readonly ratio: number
}

/** Runs `work` with lengths up to `maxLength`, until it takes long enough to be measured; undefined when it grows as its input does. */
export async function superLinearGrowth(work: (length: number) => Promise<() => unknown>, maxLength: number): Promise<Excess | undefined> {
  let before = await leastMs(await work(FIRST_LENGTH), 2)
  for (let length = FIRST_LENGTH * STEP; length <= maxLength; length *= STEP) {
    let ms = await leastMs(await work(length), 1)
    if (ms >= MEASURABLE_MS) {
      // The first runs of a function are slow, so a suspicion is measured again.
      for (let tries = 0; tries < 3 && isExcess(ms, before); tries++) {
        before = Math.max(before, await leastMs(await work(length / STEP), 3))
        ms = Math.min(ms, await leastMs(await work(length), 2))
      }
      return isExcess(ms, before) ? { length, ms, ratio: ms / before } : undefined
    }
    before = ms
  }
  return undefined
}

function isExcess(ms: number, before: number): boolean {
  return ms >= MEASURABLE_MS && ms / Math.max(before, 0.1) > MAX_RATIO
}

async function leastMs(work: () => unknown, runs: number): Promise<number> {
  let least = Infinity
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage()
    try {
      await work()
    } catch {
      // A refusal has to come in time as well.
    }
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

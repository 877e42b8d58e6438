/** What a room counts: what it did, and what went wrong. */

/** What can go wrong, each with a column of the summary. */
export const faults = ['lost', 'torn', 'twice', 'wrong', 'hung', 'open to others', 'other failures'] as const
export type Fault = (typeof faults)[number]

/** One thing that went wrong. */
export interface Failure {
  readonly fault: Fault
  readonly sentence: string
  readonly seed: number
}

/** The figures of one room. */
export class Tally {
  readonly failures: Failure[] = []
  readonly counts = new Map<string, number>()
  readonly longest = new Map<string, number>()
  /** Of the round that runs. */
  seed = 0
  rounds = 0

  /** Counts something that was done or seen. */
  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  /** Keeps the longest of several durations. */
  took(what: string, seconds: number): void {
    this.longest.set(what, Math.max(this.longest.get(what) ?? 0, seconds))
  }

  /** Keeps how long `work` took under `what`; longer than `limitSeconds` is a failure. */
  async timed<T>(what: string, limitSeconds: number, work: () => Promise<T>): Promise<T> {
    const begun = performance.now()
    try {
      return await work()
    } finally {
      const seconds = (performance.now() - begun) / 1000
      this.took(what, seconds)
      if (seconds > limitSeconds) this.fail('hung', `${what} took ${seconds.toFixed(1)} s; ${String(limitSeconds)} s is the limit`)
    }
  }

  /** Something that must not be. */
  fail(fault: Fault, sentence: string): void {
    this.failures.push({ fault, sentence, seed: this.seed })
  }

  /** Fails unless `condition` holds. */
  expect(condition: boolean, fault: Fault, sentence: string): void {
    if (!condition) this.fail(fault, sentence)
  }

  /** How often a fault was found. */
  found(fault: Fault): number {
    return this.failures.filter(failure => failure.fault === fault).length
  }

  /** Fails for each counter that is still 0. */
  prove(counters: readonly string[]): void {
    for (const counter of counters) if (!this.counts.get(counter)) this.fail('other failures', `the room proved nothing: ${counter} is 0`)
  }
}

/** One more try for the few tests that failed beside all the others: what passes then is counted as passed, and told as unsteady. */
import { existsSync } from 'node:fs'

/** @typedef {import('./verdicts.mjs').Verdict} Verdict */

/** More failures than this are no bad luck. */
const FEW = 3

/** Whether that many failures are tried again. @param {number} failures */
export function isWorthASecondTry(failures) {
  return failures > 0 && failures <= FEW
}

/**
 * What is true after the second try.
 * @param {Verdict} first
 * @param {string} report the path of the second report; without one the first verdict stands
 * @param {() => Verdict} read
 * @returns {Verdict & { unsteady: string[] }}
 */
export function afterSecondTry(first, report, read) {
  const second = existsSync(report) ? read() : first
  return { passed: first.passed + first.failed - second.failed, failed: second.failed, failures: second.failures, unsteady: second.failed === 0 ? first.failures : [] }
}

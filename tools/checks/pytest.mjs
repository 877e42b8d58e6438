/** pytest with its report, and one more try for the few tests that failed beside all the others. */
import { afterSecondTry, isWorthASecondTry } from './second-try.mjs'
import { junitVerdict } from './verdicts.mjs'

/** @typedef {import('./verdicts.mjs').Verdict} Verdict */

/**
 * One run of pytest as a check; a second try is told as that of Vitest is.
 * @param {string} name
 * @param {{ python: string, report: string, args: string[] }} options `report`: the absolute path of its JUnit report, without `.xml`
 */
export function pytestCheck(name, { python, report, args }) {
  const path = `${report}.xml`
  const again = `${report}-again.xml`
  const command = ['-m', 'pytest', '-q', ...args]
  return {
    name,
    command: python,
    args: [...command, `--junitxml=${path}`],
    verdict: (/** @type {number} */ exit) => junitVerdict(exit, path),
    /** The arguments of the second try; undefined when there is none. */
    secondTry: () => {
      const { failures } = junitVerdict(1, path)
      return isWorthASecondTry(failures.length) ? [...command, '--last-failed', `--junitxml=${again}`] : undefined
    },
    /** What is true after the second try. @param {number} exit @param {string} _output @param {Verdict} first @returns {Verdict & { unsteady: string[] }} */
    afterSecondTry: (exit, _output, first) => afterSecondTry(first, again, () => junitVerdict(exit, again)),
  }
}

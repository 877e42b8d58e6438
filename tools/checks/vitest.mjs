/** Vitest with its report, and one more try for the few files that failed beside all the others. */
import { join } from 'node:path'

import { root } from '../setup/report.mjs'
import { afterSecondTry, isWorthASecondTry } from './second-try.mjs'
import { failedFiles, vitestVerdict } from './verdicts.mjs'

/** @typedef {import('./verdicts.mjs').Verdict} Verdict */

/**
 * One run of Vitest as a check. The files that failed, if they are few, run once more by themselves: what passes then
 * is counted as passed and told as unsteady.
 * @param {string} name
 * @param {{ report: string, args: string[], files?: string[], env?: Record<string, string> }} options `report`: the absolute path
 *   of its JSON report, without `.json`; `files`: parts of the paths of what runs, else all
 */
export function vitestCheck(name, { report, args, files = [], env = {} }) {
  const path = `${report}.json`
  const again = `${report}-again.json`
  return {
    name,
    command: join(root, 'node_modules/.bin/vitest'),
    env,
    args: [...args, ...files, ...reporting(path)],
    verdict: (/** @type {number} */ exit, /** @type {string} */ output) => vitestVerdict(exit, output, path),
    /** The arguments of the second try; undefined when there is none. `output` is that of the first. */
    secondTry: (/** @type {string} */ output) => {
      const failed = failedFiles(output, path)
      return isWorthASecondTry(failed.length) ? [...args, ...failed, ...reporting(again)] : undefined
    },
    /** What is true after the second try. @param {number} exit @param {string} output @param {Verdict} first @returns {Verdict & { unsteady: string[] }} */
    afterSecondTry: (exit, output, first) => afterSecondTry(first, again, () => vitestVerdict(exit, output, again)),
  }
}

/** @param {string} path */
function reporting(path) {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`]
}

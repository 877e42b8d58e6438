/** What a check says of itself: counts, and the failures by name, from the report or the output it leaves. */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

import { root } from '../setup/report.mjs'

/** `failures` are lines for people: where, and the first line of why. @typedef {{ passed: number, failed: number, failures: string[] }} Verdict */

/** @typedef {{ fullName: string, status: string, failureMessages: string[] }} VitestTest */
/** @typedef {{ name: string, status: string, message: string, assertionResults: VitestTest[] }} VitestFile */
/** @typedef {{ numPassedTests: number, numFailedTests: number, testResults: VitestFile[] }} VitestReport */

/** One check that passes as a whole. @param {number} exit @returns {Verdict} */
export const whole = exit => (exit === 0 ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [] })

/**
 * Counts of Vitest's JSON report; a file that could not even be loaded is a failure of its own, and so is an error that
 * no test caught, which stands in the output only.
 * @param {number} exit @param {string} output @param {string} path @returns {Verdict}
 */
export function vitestVerdict(exit, output, path) {
  const report = readVitest(path)
  if (!report) return { passed: 0, failed: 1, failures: [] }
  const failing = report.testResults.filter(file => file.status === 'failed')
  const unloaded = failing.filter(file => file.assertionResults.length === 0)
  const failures = failing.flatMap(file => [
    ...(unloaded.includes(file) ? [`${relative(root, file.name)}: ${firstLine(file.message)}`] : []),
    ...file.assertionResults.filter(test => test.status === 'failed').map(test => `${relative(root, file.name)} › ${test.fullName}: ${firstLine(test.failureMessages[0] ?? '')}`),
  ])
  const uncaught = uncaughtErrors(output)
  return atLeastOneFailure(exit, { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length + uncaught.length, failures: [...failures, ...uncaught.map(({ why, file }) => `${file}: not caught by a test: ${why}`)] })
}

/** Errors that no test caught, as Vitest prints them. @param {string} output */
function uncaughtErrors(output) {
  const blocks = stripVTControlCharacters(output).matchAll(/^⎯+ (?:Uncaught|Unhandled) (?!Errors)\w+ ⎯+\n(.*)$[^]*?This error originated in "([^"]+)"/gm)
  return [...blocks].map(([, why = '', file = '']) => ({ why, file }))
}

/** The files with a failure, below the root. @param {string} output @param {string} path of Vitest's JSON report @returns {string[]} */
export function failedFiles(output, path) {
  const reported = (readVitest(path)?.testResults ?? []).filter(file => file.status === 'failed').map(file => relative(root, file.name))
  return [...new Set([...reported, ...uncaughtErrors(output).map(({ file }) => file)])]
}

/** Counts of a JUnit report. @param {number} exit @param {string} path @returns {Verdict} */
export function junitVerdict(exit, path) {
  const text = read(path) ?? ''
  const suite = /<testsuite [^>]*>/.exec(text)?.[0]
  if (!suite) return { passed: 0, failed: 1, failures: [] }
  const count = (/** @type {string} */ name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0)
  const failed = count('failures') + count('errors')
  const failures = [...text.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*><(?:failure|error) message="([^"]*)"/g)].map(([, file, name, why]) => `${file} › ${name}: ${firstLine(why ?? '')}`)
  return atLeastOneFailure(exit, { passed: count('tests') - failed - count('skipped'), failed, failures })
}

/** The sum of all lines `N passed, N failed`; failures are the lines `FAIL …`. @param {number} exit @param {string} output @returns {Verdict} */
export function linesVerdict(exit, output) {
  const verdict = { passed: 0, failed: 0, failures: [...output.matchAll(/^FAIL (.*)$/gm)].map(([, name]) => name ?? '') }
  for (const [, passed, failed] of output.matchAll(/^(\d+) passed, (\d+) failed/gm)) {
    verdict.passed += Number(passed)
    verdict.failed += Number(failed)
  }
  return atLeastOneFailure(exit, verdict)
}

/** A check that exits with an error has failed, whatever it counted. @param {number} exit @param {Verdict} verdict @returns {Verdict} */
function atLeastOneFailure(exit, verdict) {
  return exit !== 0 && verdict.failed === 0 ? { ...verdict, failed: 1 } : verdict
}

/** @param {string} path */
function readVitest(path) {
  const text = read(path)
  return text === undefined ? undefined : /** @type {VitestReport} */ (JSON.parse(text))
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** @param {string} text */
function firstLine(text) {
  return stripVTControlCharacters(text).split(/\n|&#10;/)[0]?.slice(0, 300) ?? ''
}

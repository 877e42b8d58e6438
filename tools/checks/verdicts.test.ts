import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { root } from '../setup/report.mjs'
import { junitVerdict, linesVerdict, vitestVerdict } from './verdicts.mjs'
import { vitestCheck } from './vitest.mjs'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verdicts-'))
  return () => rm(folder, { recursive: true })
})

async function reportOf(testResults: object[], numPassedTests: number, numFailedTests: number): Promise<string> {
  const path = join(folder, 'vitest.json')
  await writeFile(path, JSON.stringify({ numPassedTests, numFailedTests, testResults }))
  return path
}

const passed = { name: join(root, 'a.test.ts'), status: 'passed', message: '', assertionResults: [{ fullName: 'adds', status: 'passed', failureMessages: [] }] }

test('a failed test is named with the first line of its message', async () => {
  const failed = { ...passed, status: 'failed', assertionResults: [{ fullName: 'adds', status: 'failed', failureMessages: ['Error: 1 is not 2\n    at here'] }] }

  expect(vitestVerdict(1, '', await reportOf([failed], 0, 1))).toEqual({ passed: 0, failed: 1, failures: ['a.test.ts › adds: Error: 1 is not 2'] })
})

test('a file that cannot be loaded is a failure', async () => {
  const unloaded = { ...passed, status: 'failed', message: 'SyntaxError: no', assertionResults: [] }

  expect(vitestVerdict(1, '', await reportOf([unloaded, passed], 1, 0))).toEqual({ passed: 1, failed: 1, failures: ['a.test.ts: SyntaxError: no'] })
})

test('an error that no test caught is a failure', async () => {
  const output = '⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯\n\nVitest caught 1 unhandled error during the test run.\n\n⎯⎯⎯⎯⎯ Uncaught Exception ⎯⎯⎯⎯⎯\n\x1b[31mError\x1b[39m: late\n ❯ a.test.ts:2:45\n\nThis error originated in "a.test.ts" test file.\n'

  expect(vitestVerdict(1, output, await reportOf([passed], 1, 0))).toEqual({ passed: 1, failed: 1, failures: ['a.test.ts: not caught by a test: Error: late'] })
})

test('a check that ends with an error and no failure of its own is one failure', async () => {
  expect(vitestVerdict(1, '', await reportOf([passed], 1, 0))).toMatchObject({ passed: 1, failed: 1 })
  expect(vitestVerdict(0, '', join(folder, 'missing.json'))).toMatchObject({ failed: 1 })
})

test('the report of pytest is counted without what was skipped', async () => {
  const path = join(folder, 'junit.xml')
  await writeFile(path, '<testsuites><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="4" time="1"><testcase classname="tests.test_a" name="test_b" time="0.1"><failure message="assert 1 == 2&#10; +  where">…</failure></testcase></testsuite></testsuites>')

  expect(junitVerdict(1, path)).toEqual({ passed: 2, failed: 1, failures: ['tests.test_a › test_b: assert 1 == 2'] })
})

test('the lines of several runners are summed', () => {
  expect(linesVerdict(1, 'FAIL commits/list\n3 passed, 1 failed\n2 passed, 0 failed\n')).toEqual({ passed: 5, failed: 1, failures: ['commits/list'] })
})

test('the files that failed run once more, and what passes then is told as unsteady', async () => {
  const failed = { ...passed, status: 'failed', assertionResults: [{ fullName: 'adds', status: 'failed', failureMessages: ['Error: late'] }] }
  const report = join(folder, 'vitest')
  await reportOf([failed, { ...passed, name: join(root, 'b.test.ts') }], 1, 1)
  const check = vitestCheck('unit', { report, args: ['run'], files: ['.test.ts'] })
  const first = check.verdict(1, '')

  expect(check.args).toEqual(expect.arrayContaining(['run', '.test.ts', `--outputFile.json=${report}.json`]))
  expect(check.secondTry('')).toEqual(expect.arrayContaining(['run', 'a.test.ts', `--outputFile.json=${report}-again.json`]))
  expect(check.secondTry('')).not.toContain('.test.ts')
  await writeFile(`${report}-again.json`, JSON.stringify({ numPassedTests: 1, numFailedTests: 0, testResults: [passed] }))
  expect(check.afterSecondTry(0, '', first)).toEqual({ passed: 2, failed: 0, failures: [], unsteady: ['a.test.ts › adds: Error: late'] })
  await writeFile(`${report}-again.json`, JSON.stringify({ numPassedTests: 0, numFailedTests: 1, testResults: [failed] }))
  expect(check.afterSecondTry(1, '', first)).toEqual({ passed: 1, failed: 1, failures: ['a.test.ts › adds: Error: late'], unsteady: [] })
})

test('many failing files are no bad luck, and are not tried again', async () => {
  const failed = ['a', 'b', 'c', 'd'].map(name => ({ ...passed, name: join(root, `${name}.test.ts`), status: 'failed' }))
  await reportOf(failed, 0, 4)

  expect(vitestCheck('unit', { report: join(folder, 'vitest'), args: ['run'] }).secondTry('')).toBeUndefined()
})

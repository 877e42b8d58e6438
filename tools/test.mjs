/** `npm test`: from a fresh clone to the verdict of every check, as `N passed, N failed` on the last line. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { casesVenv, venv, withVenv } from './setup/python-environment.mjs'
import { root, runTool } from './setup/report.mjs'
import { prepareWorkspace } from './setup/workspace.mjs'

/**
 * @typedef {{ passed: number, failed: number }} Verdict
 * @typedef {{ name: string, command: string, args: string[], verdict: (exit: number, output: string) => Verdict }} Check
 */

const reports = join(root, '.reports')
/** How long mount-server is under load: 300 at night. */
const loadSeconds = process.env.LOAD_SECONDS ?? '30'
const bin = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name)

/** One check that passes as a whole. */
const whole = (/** @type {number} */ exit) => (exit === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })

/** @type {Check[]} */
const checks = [
  { name: 'lint of the packages', command: bin('nx'), args: ['run-many', '-t', 'lint', '--output-style=stream'], verdict: whole },
  { name: 'lint of the tools', command: bin('eslint'), args: ['tools'], verdict: whole },
  { name: 'typecheck of the packages', command: bin('nx'), args: ['run-many', '-t', 'typecheck', '--output-style=stream'], verdict: whole },
  { name: 'typecheck of tests and tools', command: bin('tsc'), args: ['-p', '.'], verdict: whole },
  {
    name: 'unit, contract, FUSE and browser tests',
    command: bin('vitest'),
    args: ['run', '--config', 'vitest.workspace.ts', '--exclude', 'load/**', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'vitest.json')}`],
    verdict: exit => vitestVerdict(exit, join(reports, 'vitest.json')),
  },
  {
    name: `mount-server under load for ${loadSeconds} s (tools/load)`,
    command: bin('vitest'),
    args: ['run', '--config', 'vitest.workspace.ts', '--project', 'tools', 'load/', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'load.json')}`],
    verdict: exit => vitestVerdict(exit, join(reports, 'load.json')),
  },
  {
    name: 'the server extension (pytest)',
    command: join(venv, 'bin', 'python'),
    args: ['-m', 'pytest', '-q', 'packages/jupyterlab-extension/tests', `--junitxml=${join(reports, 'pytest.xml')}`],
    verdict: exit => junitVerdict(exit, join(reports, 'pytest.xml')),
  },
  {
    name: 'the wheel, in environments without Node (pytest)',
    command: join(venv, 'bin', 'python'),
    args: ['-m', 'pytest', '-q', 'packages/jupyterlab-extension/wheel-tests', `--junitxml=${join(reports, 'wheel.xml')}`],
    verdict: exit => junitVerdict(exit, join(reports, 'wheel.xml')),
  },
  {
    name: 'recorded answers of pachd (tools/conformance/grpc)',
    command: process.execPath,
    args: ['--import', 'tsx', 'tools/conformance/run-grpc-cases.ts', join(casesVenv, 'bin', 'python')],
    verdict: linesVerdict,
  },
  {
    name: 'recorded answers of mount-server (tools/conformance/rest)',
    command: process.execPath,
    args: ['--import', 'tsx', 'tools/conformance/run-rest-cases.ts', join(casesVenv, 'bin', 'python')],
    verdict: linesVerdict,
  },
  {
    name: 'made-up requests to mount-server (tools/fuzz)',
    command: process.execPath,
    args: ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', 'tools/fuzz/rest.ts', join(casesVenv, 'bin', 'schemathesis'), '2000'],
    verdict: whole,
  },
  {
    name: 'the official Python SDK (tools/sdk)',
    command: join(casesVenv, 'bin', 'python'),
    args: ['-m', 'pytest', '-q', 'tools/sdk', `--junitxml=${join(reports, 'sdk.xml')}`],
    verdict: exit => junitVerdict(exit, join(reports, 'sdk.xml')),
  },
  { name: 'the main job (npm start -- --check)', command: process.execPath, args: ['tools/start.mjs', '--check'], verdict: whole },
]

await runTool(async () => {
  const only = process.argv.slice(2)
  await prepareWorkspace({ tests: true })
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  const total = { passed: 0, failed: 0 }
  const lines = []
  for (const check of checks) {
    if (only.length > 0 && !only.some(word => check.name.includes(word))) continue
    process.stdout.write(`\n━━ ${check.name}\n`)
    const { exit, output } = await runCheck(check)
    const { passed, failed } = check.verdict(exit, output)
    total.passed += passed
    total.failed += failed
    lines.push(`${failed > 0 ? '✗' : '✓'} ${check.name}: ${passed} passed, ${failed} failed`)
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed\n`)
  return total.failed > 0 ? 1 : 0
})

/** @param {Check} check @returns {Promise<{ exit: number, output: string }>} */
function runCheck({ command, args }) {
  const child = spawn(command, args, { cwd: root, env: { ...withVenv(), NX_DAEMON: 'false', NX_TUI: 'false' }, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
    process.stdout.write(chunk)
    output += chunk.toString()
  })
  return new Promise(resolve => {
    child.once('error', error => resolve({ exit: 1, output: error.message }))
    child.once('close', code => resolve({ exit: code ?? 1, output }))
  })
}

/** Counts of Vitest's JSON report; a file that could not even be loaded is a failure of its own. @param {number} exit @param {string} path @returns {Verdict} */
function vitestVerdict(exit, path) {
  const report = /** @type {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} */ (readReport(path, JSON.parse))
  if (!report) return { passed: 0, failed: 1 }
  const unloaded = report.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
  return atLeastOneFailure(exit, { passed: report.numPassedTests, failed: report.numFailedTests + unloaded })
}

/** Counts of a JUnit report. @param {number} exit @param {string} path @returns {Verdict} */
function junitVerdict(exit, path) {
  const suite = /** @type {string | undefined} */ (readReport(path, text => /<testsuite [^>]*>/.exec(text)?.[0]))
  if (!suite) return { passed: 0, failed: 1 }
  const count = (/** @type {string} */ name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0)
  const failed = count('failures') + count('errors')
  return atLeastOneFailure(exit, { passed: count('tests') - failed - count('skipped'), failed })
}

/** The sum of all lines `N passed, N failed`. @param {number} exit @param {string} output @returns {Verdict} */
function linesVerdict(exit, output) {
  const verdict = { passed: 0, failed: 0 }
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

/** @param {string} path @param {(text: string) => unknown} parse */
function readReport(path, parse) {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

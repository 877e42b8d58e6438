/** `npm test`: from a fresh clone to the verdict of every check, as `N passed, N failed` on the last line. */
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { pytestCheck } from './checks/pytest.mjs'
import { linesVerdict, whole } from './checks/verdicts.mjs'
import { vitestCheck } from './checks/vitest.mjs'
import { casesVenv, oldestVenv, venv, withVenv } from './setup/python-environment.mjs'
import { root, runTool } from './setup/report.mjs'
import { prepareWorkspace } from './setup/workspace.mjs'

/**
 * @typedef {import('./checks/verdicts.mjs').Verdict} Verdict
 * @typedef {{
 *   name: string, command: string, args: string[], env?: Record<string, string>, verdict: (exit: number, output: string) => Verdict,
 *   secondTry?: (output: string) => string[] | undefined, afterSecondTry?: (exit: number, output: string, first: Verdict) => Verdict & { unsteady: string[] },
 * }} Check
 */

const reports = join(root, '.reports')
/** How long mount-server is under load: 300 at night. */
const loadSeconds = process.env.LOAD_SECONDS ?? '30'
const bin = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name)

const vitestRun = ['run', '--config', 'vitest.workspace.ts']

/** The browser tests of the ways that users go most; hosts.test.ts is on both releases by itself. */
const onOldest = ['explore', 'files', 'write', 'try', 'publish', 'connect', 'lineage'].map(name => `ui-tests/${name}.test.ts`)

/** @type {Check[]} */
const checks = [
  { name: 'lint of the packages', command: bin('nx'), args: ['run-many', '-t', 'lint', '--output-style=stream'], verdict: whole },
  { name: 'lint of the tools', command: bin('eslint'), args: ['tools'], verdict: whole },
  { name: 'typecheck of the packages', command: bin('nx'), args: ['run-many', '-t', 'typecheck', '--output-style=stream'], verdict: whole },
  { name: 'typecheck of tests and tools', command: bin('tsc'), args: ['-p', '.'], verdict: whole },
  { name: 'typecheck of the tools that drive a browser', command: bin('tsc'), args: ['-p', 'tools/walk'], verdict: whole },
  vitestCheck('unit, contract, FUSE and browser tests', { report: join(reports, 'vitest'), args: [...vitestRun, '--exclude', 'load/**'] }),
  vitestCheck(`mount-server under load for ${loadSeconds} s (tools/load)`, { report: join(reports, 'load'), args: [...vitestRun, '--project', 'tools'], files: ['load/'] }),
  vitestCheck('the panel on JupyterLab 4.2', { report: join(reports, 'browser-oldest'), args: [...vitestRun, '--project', 'browser'], files: onOldest, env: { JUPYTERLAB_RELEASE: 'oldest' } }),
  pytestCheck('the server extension (pytest)', { python: join(venv, 'bin', 'python'), report: join(reports, 'pytest'), args: ['packages/jupyterlab-extension/tests'] }),
  // How mount-server is started and shared does not depend on Jupyter; those tests take long.
  pytestCheck('the server extension on the oldest Jupyter (pytest)', { python: join(oldestVenv, 'bin', 'python'), report: join(reports, 'pytest-oldest'), args: ['packages/jupyterlab-extension/tests', '--ignore-glob=*/test_manual.py', '--ignore-glob=*/test_two_jupyters.py'] }),
  pytestCheck('the wheel, in environments without Node (pytest)', { python: join(venv, 'bin', 'python'), report: join(reports, 'wheel'), args: ['packages/jupyterlab-extension/wheel-tests'] }),
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
  pytestCheck('the official Python SDK (tools/sdk)', { python: join(casesVenv, 'bin', 'python'), report: join(reports, 'sdk'), args: ['tools/sdk'] }),
  pytestCheck('libraries over mounts and pfs:// (tools/matrix)', { python: join(venv, 'bin', 'python'), report: join(reports, 'matrix'), args: ['tools/matrix'] }),
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
    const { passed, failed, failures, unsteady } = await verdictOf(check)
    total.passed += passed
    total.failed += failed
    lines.push(`${failed > 0 ? '✗' : '✓'} ${check.name}: ${passed} passed, ${failed} failed`)
    for (const failure of failures) lines.push(`    ${failure}`)
    for (const test of unsteady) lines.push(`    unsteady, passed at the second try: ${test}`)
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed\n`)
  return total.failed > 0 ? 1 : 0
})

/** @param {Check} check @returns {Promise<Verdict & { unsteady: string[] }>} */
async function verdictOf(check) {
  const { exit, output } = await runCommand(check.command, check.args, check.env)
  const verdict = check.verdict(exit, output)
  const again = verdict.failed > 0 ? check.secondTry?.(output) : undefined
  if (!again || !check.afterSecondTry) return { ...verdict, unsteady: [] }
  process.stdout.write('\n━━ the files that failed, once more by themselves\n')
  const second = await runCommand(check.command, again, check.env)
  return check.afterSecondTry(second.exit, second.output, verdict)
}

/** @param {string} command @param {string[]} args @param {Record<string, string>} [env] @returns {Promise<{ exit: number, output: string }>} */
function runCommand(command, args, env) {
  const child = spawn(command, args, { cwd: root, env: { ...withVenv(), NX_DAEMON: 'false', NX_TUI: 'false', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (/** @type {Buffer} */ chunk) => {
      process.stdout.write(chunk)
      output += chunk.toString()
    })
  }
  return new Promise(resolve => {
    child.once('error', error => resolve({ exit: 1, output: error.message }))
    child.once('close', code => resolve({ exit: code ?? 1, output }))
  })
}

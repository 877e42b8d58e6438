/** `node tools/kind/run.mjs`: judges us on a real pachd, in a cluster that is made for it and deleted afterwards. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { casesVenv, withVenv } from '../setup/python-environment.mjs'
import { root, runTool } from '../setup/report.mjs'
import { prepareWorkspace } from '../setup/workspace.mjs'
import { checkPrograms, deleteCluster, deployNotebook, ensureCluster, explainCluster, forwardPort, installPachyderm, loadImages } from './cluster.mjs'
import { help, readOptions } from './options.mjs'

/** As the Secret of deploy/kubernetes/notebook.yaml has it. */
const JUPYTER_TOKEN = 'change-me'

/** Runs a program of Node whose output is shown; whether it ended with 0. @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
async function passes(args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...withVenv(), ...env }, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  return code === 0
}

/** @type {Record<import('./options.mjs').Part, (pachd: string, cluster: string) => Promise<boolean>>} */
const judge = {
  contract: pachd => passes([join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'vitest.workspace.ts', '--project', 'pachd-client', 'tests/contract'], { PACHD_ADDRESS: pachd }),
  rest: pachd => passes(['--import', 'tsx', 'tools/conformance/run-rest-cases.ts', join(casesVenv, 'bin', 'python')], { PACHD_ADDRESS: pachd }),
  panel: async (pachd, cluster) => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    await loadImages(cluster, version)
    await deployNotebook()
    const jupyter = await forwardPort('pachyderm-notebook', 80)
    try {
      return await passes(['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', 'tools/kind/panel.ts', pachd, `http://127.0.0.1:${jupyter.port}`, JUPYTER_TOKEN])
    } finally {
      await jupyter.stop()
    }
  },
}

await runTool(async () => {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  checkPrograms()
  if (!options.prepared) await prepareWorkspace({ tests: true })
  let failed = true
  try {
    await ensureCluster(options.name)
    await installPachyderm(options.pachyderm)
    const pachd = await forwardPort('pachd', 30650)
    try {
      const verdicts = []
      for (const part of options.only) {
        process.stdout.write(`\n━━ ${part}\n`)
        verdicts.push({ part, passed: await judge[part](`grpc://127.0.0.1:${pachd.port}`, options.name) })
      }
      process.stdout.write(`\n${verdicts.map(({ part, passed }) => `${passed ? '✓' : '✗'} ${part}`).join('\n')}\n`)
      failed = verdicts.some(({ passed }) => !passed)
    } finally {
      await pachd.stop()
    }
  } finally {
    if (failed) await explainCluster()
    if (!options.keep) await deleteCluster(options.name)
  }
  return failed ? 1 : 0
})

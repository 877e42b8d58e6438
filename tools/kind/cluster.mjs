/** A cluster of kind with Pachyderm on it, and ways into it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { outputOf, root, run, SetupError, step } from '../setup/report.mjs'
import { onPath } from '../setup/system-packages.mjs'

const PROGRAMS = ['docker', 'kind', 'kubectl', 'helm']
const CHARTS = 'https://helm.pachyderm.com'

/** Throws SetupError that names all missing programs. */
export function checkPrograms() {
  const missing = PROGRAMS.filter(program => !onPath(program))
  if (missing.length > 0) throw new SetupError(`These programs are missing: ${missing.join(', ')}. kind.sigs.k8s.io and helm.sh say how they are installed.`)
}

/** Makes the cluster unless it is there; kubectl and helm mean it from then on. @param {string} name */
export async function ensureCluster(name) {
  const present = (outputOf('kind', ['get', 'clusters']) ?? '').split('\n').includes(name)
  if (present) await run('kind', 'kind', ['export', 'kubeconfig', '--name', name])
  else await step(`Making the cluster ${name} (kind)`, () => run('kind', 'kind', ['create', 'cluster', '--name', name, '--wait', '180s']))
}

/** @param {string} name */
export async function deleteCluster(name) {
  await step(`Deleting the cluster ${name}`, () => run('kind-delete', 'kind', ['delete', 'cluster', '--name', name]))
}

/** Installs the chart, or waits until the one that is there is ready. @param {string} version of the chart, or a range */
export async function installPachyderm(version) {
  const settings = ['--set', 'deployTarget=LOCAL', '--set', 'proxy.enabled=true']
  await step(`Installing Pachyderm ${version} (helm)`, () => run('helm', 'helm', ['upgrade', '--install', 'pachyderm', 'pachyderm', '--repo', CHARTS, '--version', version, ...settings, '--wait', '--timeout', '15m']))
}

/** Builds the images of containers/ and hands them to the cluster. @param {string} name @param {string} version their tag */
export async function loadImages(name, version) {
  for (const image of ['mount-server', 'jupyterlab']) {
    const tag = `pachyderm-${image}:${version}`
    await step(`Building ${tag} (docker)`, () => run(`docker-${image}`, 'docker', ['build', '--file', `containers/${image}/Dockerfile`, '--tag', tag, root]))
    await step(`Loading ${tag} into the cluster`, () => run('kind-load', 'kind', ['load', 'docker-image', tag, '--name', name]))
  }
}

/** Applies the manifest of deploy/ and waits until the notebook is ready. */
export async function deployNotebook() {
  await step('Starting the notebook of deploy/', async () => {
    await run('kubectl-apply', 'kubectl', ['apply', '--filename', 'deploy/kubernetes/notebook.yaml'])
    await run('kubectl-rollout', 'kubectl', ['rollout', 'status', 'deployment/pachyderm-notebook', '--timeout', '5m'])
  })
}

/** Shows on standard error what the cluster says of itself. */
export async function explainCluster() {
  for (const args of [['get', 'pods', '--all-namespaces'], ['logs', 'deployment/pachd', '--tail=200'], ['describe', 'deployment/pachyderm-notebook'], ['logs', 'deployment/pachyderm-notebook', '--all-containers', '--tail=100']]) {
    process.stderr.write(`\n$ kubectl ${args.join(' ')}\n${outputOf('kubectl', args) ?? '(no answer)'}\n`)
  }
}

/**
 * Leads a free port of 127.0.0.1 to a service. Whoever calls this stops it.
 * @param {string} service @param {number} port
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function forwardPort(service, port) {
  const child = spawn('kubectl', ['port-forward', `service/${service}`, `:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const forwarded = new Promise((resolve, reject) => {
    child.once('error', error => reject(new SetupError(`kubectl port-forward: ${error.message}`)))
    void ended.then(() => reject(new SetupError(`kubectl port-forward to ${service} ended`)))
    createInterface(child.stdout).on('line', line => {
      const [, chosen] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? []
      if (chosen) resolve(Number(chosen))
    })
  })
  return {
    port: await forwarded,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

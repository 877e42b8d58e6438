/** The options of `tools/kind/run.mjs`. */
import { parseArgs } from 'node:util'

import { SetupError } from '../setup/report.mjs'

/** What is judged on the cluster, in this order. */
export const parts = /** @type {const} */ (['contract', 'rest', 'panel'])

/** @typedef {(typeof parts)[number]} Part */
/** @typedef {{ help: boolean, keep: boolean, prepared: boolean, name: string, pachyderm: string, only: readonly Part[] }} KindOptions */

export const help = `Usage: node tools/kind/run.mjs [options]

Makes a cluster with kind, installs Pachyderm with helm, and judges us on it: the contract of pachd, the recorded answers
of mount-server, and the panel of the containers in deploy/, in a browser. The cluster is deleted afterwards.
Needs docker, kind, kubectl and helm; npm test installs the rest.

Options:
  --pachyderm VERSION   of the helm chart; a range such as "~2.3.0" takes the newest of it (default 2.12.2)
  --only PART           one of ${parts.join(', ')}; can be given several times (default: all)
  --name NAME           of the cluster; one that is there is used (default pachyderm-jupyterlab)
  --keep                leave the cluster
  --prepared            everything is installed and built already, as after npm test
  --help                show this text
`

/** Reads the command line. Throws SetupError that names the wrong option. @param {string[]} args @returns {KindOptions} */
export function readOptions(args) {
  let values
  try {
    values = parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        prepared: { type: 'boolean', default: false },
        name: { type: 'string', default: 'pachyderm-jupyterlab' },
        pachyderm: { type: 'string', default: '2.12.2' },
        only: { type: 'string', multiple: true },
      },
    }).values
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
  }
  const { only = parts, ...others } = values
  for (const part of only) if (!isPart(part)) throw new SetupError(`--only ${part}: there is no such part\n\n${help}`)
  return { ...others, only: only.filter(isPart) }
}

/** @param {string} text @returns {text is Part} */
function isPart(text) {
  return parts.some(part => part === text)
}

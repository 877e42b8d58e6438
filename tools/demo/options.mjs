/** The options of `npm start`. */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { root, SetupError } from '../setup/report.mjs'

export const help = `Usage: npm start -- [options]

Starts an embedded pachd with sample data, and JupyterLab with the Pachyderm panel, which starts mount-server.
Installs and builds what is missing first. Ctrl-C stops everything.

Options:
  --check               do the main job by itself on free ports, in a temporary directory, and exit 0 when it worked
  --port N              port of JupyterLab (default 8888)
  --pachd-port N        port of the embedded pachd (default 30650)
  --data-dir DIR        where the data stays (default .pachyderm-data)
  --mount-dir DIR       where the data is mounted (default $PFS_MOUNT_DIR, else ./pfs)
  --help                show this text
`

/**
 * @typedef {{ help: boolean, check: boolean, port: number, pachdPort: number, dataDir: string, mountDir: string }} DemoOptions
 */

/**
 * Reads the command line. Throws SetupError that names the wrong option.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {DemoOptions}
 */
export function readOptions(args, env) {
  let values
  try {
    values = parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        port: { type: 'string', default: '8888' },
        'pachd-port': { type: 'string', default: '30650' },
        'data-dir': { type: 'string', default: join(root, '.pachyderm-data') },
        'mount-dir': { type: 'string', default: env.PFS_MOUNT_DIR || join(root, 'pfs') },
      },
    }).values
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
  }
  return {
    help: values.help,
    check: values.check,
    port: readPort('--port', values.port),
    pachdPort: readPort('--pachd-port', values['pachd-port']),
    dataDir: resolve(values['data-dir']),
    mountDir: resolve(values['mount-dir']),
  }
}

/** @param {string} option @param {string} text */
function readPort(option, text) {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new SetupError(`${option} ${text}: a port is a number between 1 and 65535`)
  return port
}

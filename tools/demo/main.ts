/** What `npm start` does once everything is installed: starts the stack, says where it is, and stops it on Ctrl-C. */
import { join } from 'node:path'

import { checkMainJob } from './check.js'
import type { DemoOptions } from './options.mjs'
import { requireFreePort } from './ports.js'
import { endLeftoverServices } from './service.js'
import { startStack, type Stack, type StackOptions } from './stack.js'

/** Starts the demo, or does its check, and resolves to the exit status when everything is stopped. */
export async function runDemo(options: DemoOptions): Promise<number> {
  if (!options.check) return serve(options)
  await checkMainJob()
  process.stderr.write('The main job works.\n')
  return 0
}

async function serve(options: StackOptions): Promise<number> {
  // When its terminal is closed, the stack is still stopped in order.
  process.stderr.on('error', () => undefined)
  const stopRequested = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => resolve())
  })
  await endLeftoverServices(join(options.dataDir, 'services.json'))
  await requireFreePort(options.pachdPort, 'pachd', '--pachd-port')
  await requireFreePort(options.port, 'JupyterLab', '--port')
  const stack = await startStack(options)
  process.stderr.write(banner(options, stack))
  const failure = await Promise.race([stopRequested.then(() => undefined), stack.failed])
  process.stderr.write(failure ? `\n${failure}\nStopping the rest …\n` : '\nStopping …\n')
  await stack.stop()
  return failure ? 1 : 0
}

function banner({ mountDir, dataDir }: StackOptions, { jupyter, pachdAddress }: Stack): string {
  return `
  JupyterLab   ${jupyter.url}
  Data         ${mountDir} (mount repos in the Pachyderm panel on the left)
  pachd        ${pachdAddress}
  Logs         ${join(dataDir, 'logs')}

  Ctrl-C stops everything.

`
}

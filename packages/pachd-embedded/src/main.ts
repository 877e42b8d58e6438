/** The process of pachd-embedded: starts what the command line asks for, and ends when it is told to. */
import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { setFlagsFromString } from 'node:v8'

import { checkDataDirectory } from './check-data-directory.js'
import { readCommandLine } from './cli.js'
import type { Task } from './cli.js'
import { DataDirectoryError } from './data-directory.js'
import { StartError, startEmbeddedPachd } from './embedded-pachd.js'
import { printable, printableError } from './printable.js'

// A terminal that has gone is none any more.
const terminals = [0, 1, 2].filter(isatty)

async function serve({ dataDir, host, port, rootToken }: Extract<Task, { task: 'serve' }>): Promise<void> {
  const pachd = await startEmbeddedPachd({ dataDir, host, port, ...(rootToken !== undefined && { rootToken }) })
  const stop = () => {
    pachd.stop().then(
      () => exit(0),
      (error: unknown) => fail(error),
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const) process.on(signal, stop)
  process.stdout.write(`listening on ${pachd.address}\n`)
}

/** Node.js puts terminals back into their first mode when it exits, and aborts when one has gone. It leaves closed descriptors alone. */
function exit(code: number): never {
  for (const descriptor of terminals) closeSync(descriptor)
  process.exit(code)
}

function fail(error: unknown): never {
  const expected = error instanceof StartError || error instanceof DataDirectoryError
  process.stderr.write(`pachd-embedded: ${printableError(error, { withStack: !expected })}\n`)
  process.exit(1)
}

async function check({ dataDir }: Extract<Task, { task: 'fsck' }>): Promise<void> {
  let problems = 0
  for await (const problem of checkDataDirectory(dataDir)) {
    problems++
    process.stdout.write(`${printable(problem)}\n`)
  }
  process.stdout.write(problems === 0 ? 'no errors found\n' : `${problems} errors found\n`)
  process.exitCode = problems === 0 ? 0 : 1
}

// It shares a laptop with the notebooks: the heap is collected when it has grown by a quarter, not when it has doubled.
setFlagsFromString('--heap-growing-percent=25')

const task = readCommandLine(process.argv)
await (task.task === 'serve' ? serve(task) : check(task)).catch(fail)

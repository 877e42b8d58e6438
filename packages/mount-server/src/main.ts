/** The process: its name, its signals, its exit code. */
import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'

import { readCommandLine } from './cli.js'
import { ListenError } from './listener.js'
import { runCommand } from './commands/run-command.js'
import { processTerminal } from './commands/terminal.js'
import { LogMemory } from './log-memory.js'
import { createLogger } from './logger.js'
import { startServer } from './server.js'
import { RELOAD_SIGNAL, stopSignals } from './signals.js'

/** Those who stop services kill them after ten seconds. */
const STOP_TIMEOUT_MS = 9000

// A terminal that has gone is none any more.
const terminals = [0, 1, 2].filter(isatty)

const commandLine = readCommandLine(process.argv.slice(2), process.env)
if ('exitCode' in commandLine) {
  const stream = commandLine.exitCode === 0 ? process.stdout : process.stderr
  stream.write(commandLine.text)
  process.exitCode = commandLine.exitCode
} else if (commandLine.command) {
  process.exitCode = await runCommand(commandLine.command, commandLine.options, process.env, processTerminal())
} else {
  await run(commandLine.options)
}

async function run(options: Parameters<typeof startServer>[0]): Promise<void> {
  // Launchers find the process by this name.
  process.title = 'mount-server'
  const logMemory = new LogMemory()
  const logger = createLogger(options, logMemory)
  let stopping: Promise<void> | undefined
  try {
    const server = await startServer(options, process.env, logger, logMemory)
    const stop = (signal: string, exitCode: number) => {
      if (stopping) return
      logger.info({ signal }, 'stopping')
      setTimeout(() => {
        logger.fatal('not everything could be committed in time; it is kept, and found by the next start')
        exit(1)
      }, STOP_TIMEOUT_MS)
      stopping = server.stop().then(
        () => exit(exitCode),
        (err: unknown) => {
          logger.fatal({ err }, 'not everything could be committed; it is kept, and found by the next start')
          exit(1)
        },
      )
    }
    // A mistake in one operation is no reason to take the mount, and what was written in it, away from all others.
    process.on('unhandledRejection', err => logger.error({ err }, 'an operation failed without anybody to tell'))
    process.on('uncaughtException', err => {
      logger.fatal({ err }, 'the server has to stop')
      stop('failure', 1)
    })
    for (const signal of stopSignals(process.env)) process.on(signal, () => stop(signal, 0))
    process.on(RELOAD_SIGNAL, () => {
      logger.info('looking into the config file again')
      server.reload()
    })
    server.started.catch((err: unknown) => {
      logger.fatal({ err }, err instanceof Error ? err.message : String(err))
      stop('failed start', 1)
    })
  } catch (err) {
    logger.fatal(err instanceof ListenError ? err.message : { err }, 'cannot start')
    process.exit(1)
  }
}

/** Node.js puts terminals back into their first mode when it exits, and aborts when one has gone. It leaves closed descriptors alone. */
function exit(code: number): never {
  for (const descriptor of terminals) closeSync(descriptor)
  process.exit(code)
}

/** The process: its name, its signals, its exit code. */
import { readCommandLine } from './cli.js'
import { ListenError } from './listener.js'
import { runCommand } from './commands/run-command.js'
import { processTerminal } from './commands/terminal.js'
import { LogMemory } from './log-memory.js'
import { createLogger } from './logger.js'
import { startServer } from './server.js'

/** Those who stop services kill them after ten seconds. */
const STOP_TIMEOUT_MS = 9000

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
        process.exit(1)
      }, STOP_TIMEOUT_MS)
      stopping = server.stop().then(
        () => process.exit(exitCode),
        (err: unknown) => {
          logger.fatal({ err }, 'not everything could be committed; it is kept, and found by the next start')
          process.exit(1)
        },
      )
    }
    // A mistake in one operation is no reason to take the mount, and what was written in it, away from all others.
    process.on('unhandledRejection', err => logger.error({ err }, 'an operation failed without anybody to tell'))
    process.on('uncaughtException', err => {
      logger.fatal({ err }, 'the server has to stop')
      stop('failure', 1)
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, () => stop(signal, 0))
    process.on('SIGHUP', () => {
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

/** The log: on standard error for people or machines, and in a file. */
import { pino, type Logger, multistream, type StreamEntry } from 'pino'
import pretty from 'pino-pretty'

import type { ServerOptions } from './cli.js'
import { openLogFile } from './log-file.js'
import type { LogMemory } from './log-memory.js'

/** The logger that the options ask for; `memory` takes messages of the level `info` and above. Tokens are not written. */
export function createLogger({ logLevel, logFormat, logFile }: Pick<ServerOptions, 'logLevel' | 'logFormat' | 'logFile'>, memory?: LogMemory): Logger {
  const streams: StreamEntry[] = []
  const standardError = logFormat === 'json' ? pino.destination({ dest: 2, sync: true }) : pretty({ destination: 2, sync: true, ignore: 'pid,hostname', colorize: process.stderr.isTTY })
  if (logLevel !== 'silent') streams.push({ level: logLevel, stream: standardError })
  // The logger is not made yet, or in the middle of a line.
  const file = logFile === undefined ? undefined : openLogFile(logFile, err => setImmediate(() => logger.warn({ err }, `the log is not kept in ${logFile}: ${err instanceof Error ? err.message : String(err)}; choose another --log-file`)))
  if (file) streams.push({ level: 'debug', stream: file })
  if (memory) streams.push({ level: 'info', stream: memory })
  const logger = pino({ level: 'debug', name: 'mount-server', redact: ['req.headers.authorization', 'session_token'] }, multistream(streams))
  return logger
}

/** The log: on standard error for people or machines, and in a file. */
import { pino, type Logger, multistream, type StreamEntry } from 'pino'
import pretty from 'pino-pretty'

import type { ServerOptions } from './cli.js'
import { openLogFile } from './log-file.js'
import type { LogMemory } from './log-memory.js'
import { printableRecord } from './printable.js'

/** The logger that the options ask for; `memory` takes messages of the level `info` and above. Tokens are not written. */
export function createLogger({ logLevel, logFormat, logFile }: Pick<ServerOptions, 'logLevel' | 'logFormat' | 'logFile'>, memory?: LogMemory): Logger {
  const streams: StreamEntry[] = []
  const standardError = logFormat === 'json' ? pino.destination({ dest: 2, sync: true }) : forPeople()
  if (logLevel !== 'silent') streams.push({ level: logLevel, stream: standardError })
  // The logger is not made yet, or in the middle of a line.
  const file = logFile === undefined ? undefined : openLogFile(logFile, err => setImmediate(() => logger.warn({ err }, `the log is not kept in ${logFile}: ${err instanceof Error ? err.message : String(err)}; choose another --log-file`)))
  if (file) streams.push({ level: 'debug', stream: file })
  if (memory) streams.push({ level: 'info', stream: memory })
  const logger = pino({ level: 'debug', name: 'mount-server', redact: ['req.headers.authorization', 'session_token'] }, multistream(streams))
  return logger
}

/** Lines for a terminal, on which nothing that others have named takes effect. */
function forPeople(): { write: (line: string) => void } {
  const stream = pretty({ destination: 2, sync: true, ignore: 'pid,hostname', colorize: process.stderr.isTTY })
  return { write: line => void stream.write(`${JSON.stringify(printableRecord(JSON.parse(line)))}\n`) }
}

/** The last messages of the log, for those who cannot see the file or the terminal of the server. */
import type { LogLine, LogPage, LogQuery } from '@jupyterlab-pachyderm/mount-api'

const MAX_LINES = 1000
const DEFAULT_LIMIT = 100

/** The names of pino's numbers. */
const levels: ReadonlyMap<number, string> = new Map([[10, 'trace'], [20, 'debug'], [30, 'info'], [40, 'warn'], [50, 'error'], [60, 'fatal']])

/** A stream of pino that keeps what is written to it. */
export class LogMemory {
  readonly #lines: LogLine[] = []
  #last = 0

  /** Takes one line of JSON, as pino writes it. */
  write(line: string): void {
    const { time, level, msg, err, reqId } = JSON.parse(line) as { time: number; level: number; msg?: string; err?: { message?: string }; reqId?: string }
    const reason = err?.message === undefined || err.message === msg ? '' : `: ${err.message}`
    this.#lines.push({ number: ++this.#last, time: new Date(time).toISOString(), level: levels.get(level) ?? String(level), message: `${msg ?? ''}${reason}`, ...(reqId !== undefined && { request: reqId }) })
    if (this.#lines.length > MAX_LINES) this.#lines.shift()
  }

  /** The last ones. */
  page({ limit = DEFAULT_LIMIT, after = 0 }: LogQuery): LogPage {
    return { lines: this.#lines.filter(({ number }) => number > after).slice(-limit), last: this.#last }
  }
}

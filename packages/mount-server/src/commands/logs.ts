/** The last messages of the server. */
import type { LogLine } from '@jupyterlab-pachyderm/mount-api'
import { setTimeout as delay } from 'node:timers/promises'

import { printable } from '../printable.js'
import type { ServerConnection } from './server-connection.js'
import type { Terminal } from './terminal.js'

const FOLLOW_INTERVAL_MS = 1000

/** Prints them, and goes on with new ones until the process ends when that is asked for. */
export async function logs({ client }: ServerConnection, terminal: Terminal, { lines, follow, json }: { lines: number; follow: boolean; json: boolean }): Promise<void> {
  let page = await client.listLogs({ limit: lines })
  print(page.lines)
  while (follow) {
    await delay(FOLLOW_INTERVAL_MS)
    page = await client.listLogs({ after: page.last })
    print(page.lines)
  }

  function print(printed: readonly LogLine[]): void {
    for (const line of printed) {
      if (json) terminal.printJson(line, { onOneLine: true })
      else terminal.print(`${line.time} ${line.level.toUpperCase().padEnd(5)} ${printable(line.message)}`)
    }
  }
}

/** What mount-server had to say. */
import type { MountServerClient } from '@jupyterlab-pachyderm/mount-api'

import { reasonOf } from '../server/api-error.js'
import type { ServerHalf } from '../server/server-half.js'
import { Observable } from './observable.js'

/** The lines, the oldest first, and why there are none. */
export interface LogState {
  readonly lines: readonly string[]
  readonly problem: string | undefined
}

const MAX_LINES = 500

/** Asks when it is told to. */
export class LogModel extends Observable<LogState> {
  constructor(
    private readonly client: MountServerClient,
    private readonly serverHalf: ServerHalf,
  ) {
    super({ lines: [], problem: undefined })
  }

  /** Takes what the process printed or, where somebody else started it, what it remembers. Never rejects. */
  async refresh(): Promise<void> {
    try {
      const { lines, problem } = await this.serverHalf.status()
      this.set({ lines: lines.length > 0 ? lines : await this.remembered(), problem: problem === '' ? undefined : problem })
    } catch (error) {
      this.set({ problem: reasonOf(error) })
    }
  }

  private async remembered(): Promise<readonly string[]> {
    const { lines } = await this.client.listLogs({ limit: MAX_LINES })
    return lines.map(({ time, level, message }) => `${time} ${level} ${message}`)
  }
}

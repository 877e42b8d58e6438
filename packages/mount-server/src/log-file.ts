/** The log as a file. A disk that cannot take it is no reason to stop serving. */
import { pino } from 'pino'

/** What waits for a disk that takes nothing; older lines than these are lost. */
const MAX_WAITING_BYTES = 1024 * 1024

/** Appends to the file at `path`; undefined when it cannot be opened. `onProblem` is called the first time that it cannot be written. */
export function openLogFile(path: string, onProblem: (error: unknown) => void): ReturnType<typeof pino.destination> | undefined {
  try {
    const file = pino.destination({ dest: path, sync: true, mode: 0o600, maxLength: MAX_WAITING_BYTES })
    let isReported = false
    file.on('error', (error: unknown) => {
      if (!isReported) onProblem(error)
      isReported = true
    })
    return file
  } catch (error) {
    onProblem(error)
    return undefined
  }
}

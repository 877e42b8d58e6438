/** Notices when the config file changes, however it is changed: in place, by renaming, or on a network disk. */
import { type FSWatcher, unwatchFile, watch, watchFile } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Where the kernel does not tell, a look at the file's time does. */
const LOOK_INTERVAL_MS = 5000
/** Editors and pachctl change a file in several steps. */
const SETTLE_MS = 50

/** Calls `onChange` some moments after each change of the file, which need not exist. The caller stops it. */
export function watchConfigFile(path: string, onChange: () => void): { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const settle = () => {
    if (isStopped) return
    clearTimeout(timer)
    timer = setTimeout(onChange, SETTLE_MS)
    timer.unref()
  }
  watchFile(path, { interval: LOOK_INTERVAL_MS, persistent: false }, settle)
  let watcher: FSWatcher | undefined
  try {
    // The folder, since a file that is replaced is another file.
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) settle()
    })
    watcher.on('error', () => watcher?.close())
  } catch (error) {
    // A folder that is not there yet: looking at the file finds it later.
    if (!(error instanceof Error && 'code' in error)) throw error
  }
  return {
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      watcher?.close()
      unwatchFile(path, settle)
    },
  }
}

/** Whether changes were damaged, and where their bytes are. */
import { type KeptAside, keptIn } from '@jupyterlab-pachyderm/mount-fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { readableBytes } from '../commands/terminal.js'
import { type Check, quoted } from './check.js'

/** What servers below the stage directory `root` keep aside. */
export function checkRecovered(root: string): Check {
  return async () => {
    const check = 'damaged changes'
    let kept: KeptAside[]
    try {
      kept = (await readdir(root).catch(() => [])).flatMap(name => keptIn(join(root, name)))
    } catch (error) {
      return { check, state: 'warning', message: `cannot look for them: ${error instanceof Error ? error.message : String(error)}` }
    }
    if (kept.length === 0) return { check, state: 'ok', message: 'there are none' }
    const places = kept.map(({ mount, directory, files }) => {
      const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      return `${String(files.length)} files (${readableBytes(bytes)}) of ${mount === undefined ? 'an unknown mount' : `'${mount}'`} are kept in ${directory}`
    })
    return { check, state: 'warning', message: `${places.join('; ')}; copy what you need into the mount, then remove the directory`, fix: `ls -l ${kept.map(({ directory }) => quoted(directory)).join(' ')}` }
  }
}

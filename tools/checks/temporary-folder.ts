/** Vitest's global set-up: all that tests put into the temporary directory goes into one folder, and goes away with it. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** Short, since paths of sockets may not be long. */
const PREFIX = 'pt-'
const MOUNTS = '/proc/self/mounts'

/** Sets `TMPDIR` for the tests and the programs they start; the answer ends it. Vitest calls this once for each project. */
export default function useTemporaryFolder(): (() => void) | undefined {
  if (basename(tmpdir()).startsWith(PREFIX)) return undefined
  const folder = realpathSync(mkdtempSync(join(tmpdir(), PREFIX)))
  process.env.TMPDIR = folder
  return () => {
    // What a killed test left mounted would be emptied with the folder.
    for (const mount of mountsBelow(folder)) execFileSync('umount', ['--lazy', mount])
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function mountsBelow(folder: string): string[] {
  if (!existsSync(MOUNTS)) return []
  const points = readFileSync(MOUNTS, 'utf8').split('\n').map(line => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
  return points.filter(point => point.startsWith(`${folder}/`)).reverse()
}

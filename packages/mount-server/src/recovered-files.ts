/** What is kept aside of a mount's damaged changes, as answers name it. */
import type { RecoveredFile } from '@jupyterlab-pachyderm/mount-api'
import type { StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { join } from 'node:path'

/** The files that are kept for the mount `name`; no key when there are none. */
export function recoveredFiles(stage: StageDirectory, name: string): { recovered?: RecoveredFile[] } {
  const kept = stage.kept.filter(({ mount }) => mount === name)
  const recovered = kept.flatMap(({ directory, files }) => files.map(({ name: file, sizeBytes }) => ({ path: join(directory, file), size_bytes: sizeBytes })))
  return recovered.length > 0 ? { recovered } : {}
}

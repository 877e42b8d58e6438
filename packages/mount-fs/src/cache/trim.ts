/** Removes what was used longest ago from the directories of a cache, until its limits are kept. */
import type { CacheFiles } from './cache-files.js'

/** What has to be true afterwards. */
export interface TrimLimits {
  readonly maxBytes: number
  /** How much has to be removed at least, in bytes. */
  readonly freeBytes: number
  /** Called for each file that was removed. */
  readonly removed: (path: string) => void
}

/** A little more goes than has to, so that not every new block makes it necessary again. */
const TARGET = 0.9

/**
 * Resolves to what is left and what was removed, in bytes. A file that is being read is read to its end all the same:
 * its space is free when it is closed.
 */
export async function trim(files: CacheFiles, directories: readonly string[], { maxBytes, freeBytes, removed }: TrimLimits): Promise<{ keptBytes: number; freedBytes: number }> {
  const found = (await Promise.all(directories.map(directory => files.list(directory)))).flat()
  let keptBytes = found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let freedBytes = 0
  if (keptBytes <= maxBytes && freeBytes === 0) return { keptBytes, freedBytes }
  const targetBytes = keptBytes > maxBytes ? maxBytes * TARGET : keptBytes
  for (const { path, sizeBytes } of found.sort((a, b) => a.usedMs - b.usedMs)) {
    if (keptBytes <= targetBytes && freedBytes >= freeBytes) break
    await files.remove(path)
    removed(path)
    keptBytes -= sizeBytes
    freedBytes += sizeBytes
  }
  return { keptBytes, freedBytes }
}

/** Under which name a content lies in the disk cache: pachd's hash of it where there is one, else commit and path. */
import { commitKey } from '../commit-identity.js'
import type { DiskCache } from '../cache/disk-cache.js'
import type { TreeFile } from './tree.js'

/** A disk cache, and the part of it that belongs to one cluster: another one might give the same hash to other bytes. */
export class KeptContents {
  readonly cache: DiskCache
  readonly #cluster: string

  constructor(cache: DiskCache, cluster: string) {
    this.cache = cache
    this.#cluster = cluster
  }

  /** Undefined for a file of an open commit, whose content may change. */
  nameOf({ tree, path, sizeBytes }: TreeFile): string | undefined {
    if (tree.commit.openView !== undefined) return undefined
    const hash = tree.hashOf(path)
    return hash ? `${this.#cluster}|${Buffer.from(hash).toString('hex')}|${sizeBytes}` : `${this.#cluster}|${commitKey(tree.commit)}:${path}|${sizeBytes}`
  }
}

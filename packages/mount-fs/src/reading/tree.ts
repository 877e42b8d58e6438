/**
 * The directories of commits: path to node. A directory is asked from pachd once, when it is first looked into, and is
 * kept for all mounts of the commit; a commit does not change. Contents are never fetched here.
 */
import { isNotFound, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { type Attributes, directoryAttributes, FILE_MODE } from '../attributes.js'
import { commitKey, commitMessage, type CommitIdentity } from '../commit-identity.js'
import { childPath, splitPath } from '../path-names.js'

/** The names of one directory, in the byte order of pachd. */
export type Listing = ReadonlyMap<string, Attributes>

/** The directories of one commit. */
export interface CommitTree {
  readonly commit: CommitIdentity
  /** The names in the directory at `path`; empty when there is no such directory. Rejects with PachdError. */
  list(path: string): Promise<Listing>
  /** The attributes of the node at `path`; undefined when there is none. Rejects with PachdError. */
  find(path: string): Promise<Attributes | undefined>
}

/** Remembers at most this many names over all commits; the directories that were used longest ago go first. */
const MAX_REMEMBERED_NAMES = 1_000_000

interface Remembered {
  readonly listing: Promise<Listing>
  names: number
}

/** All trees of one pachd, with their common memory. */
export class CommitTrees {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #remembered = new Map<string, Remembered>()
  readonly #maxNames: number
  #names = 0

  constructor(client: Pick<PachdClient, 'pfs'>, { maxNames = MAX_REMEMBERED_NAMES } = {}) {
    this.#client = client
    this.#maxNames = maxNames
  }

  /** The tree of a commit. `madeAtMs` is the time shown for its directories. */
  of(commit: CommitIdentity, madeAtMs: number): CommitTree {
    const list = (path: string) => this.#list(commit, path, madeAtMs)
    return {
      commit,
      list,
      find: async path => {
        const place = splitPath(path)
        if (!place) return directoryAttributes(madeAtMs)
        return (await list(place.directory)).get(place.name)
      },
    }
  }

  /** How many names are kept, over all directories. */
  get rememberedNames(): number {
    return this.#names
  }

  #list(commit: CommitIdentity, path: string, madeAtMs: number): Promise<Listing> {
    const key = `${commitKey(commit)}:${path}`
    const known = this.#remembered.get(key)
    if (known) {
      this.#remembered.delete(key)
      this.#remembered.set(key, known)
      return known.listing
    }
    const remembered: Remembered = { listing: this.#fetch(commit, path, madeAtMs), names: 0 }
    this.#remembered.set(key, remembered)
    remembered.listing.then(
      listing => {
        remembered.names = listing.size + 1
        this.#names += remembered.names
        this.#forgetOldest(key)
      },
      () => this.#remembered.delete(key),
    )
    return remembered.listing
  }

  #forgetOldest(newest: string): void {
    for (const [key, { names }] of this.#remembered) {
      if (this.#names <= this.#maxNames) return
      if (key === newest || names === 0) continue
      this.#remembered.delete(key)
      this.#names -= names
    }
  }

  async #fetch(commit: CommitIdentity, path: string, madeAtMs: number): Promise<Listing> {
    const listing = new Map<string, Attributes>()
    const prefix = childPath(path, '')
    try {
      for await (const info of this.#client.pfs.listFile({ file: { commit: commitMessage(commit), path } })) {
        const full = info.file?.path ?? ''
        const name = full.slice(prefix.length).replace(/\/$/, '')
        if (!full.startsWith(prefix) || name === '' || name.includes('/')) continue
        const modifiedMs = info.committed ? info.committed.seconds * 1000 + Math.floor(info.committed.nanos / 1e6) : madeAtMs
        if (info.fileType === 'DIR') listing.set(name, directoryAttributes(modifiedMs))
        else listing.set(name, { kind: 'file', sizeBytes: info.sizeBytes, mode: FILE_MODE, modifiedMs })
      }
    } catch (error) {
      if (!isNotFound(error) || path !== '/') throw error
    }
    return listing
  }
}

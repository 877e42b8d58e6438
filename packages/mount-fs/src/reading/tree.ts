/**
 * The directories of commits: path to node. A directory is asked from pachd once, when it is first looked into, and is
 * kept for all mounts of the commit; a commit does not change. Contents are never fetched here.
 */
import { isNotFound, type PachdClient, PachdError } from '@jupyterlab-pachyderm/pachd-client'

import { type Attributes, type DirectoryEntry, directoryAttributes } from '../attributes.js'
import { commitKey, commitMessage, type CommitIdentity } from '../commit-identity.js'
import { childPath, splitPath } from '../path-names.js'
import { withIdleLimit } from './idle-limit.js'
import { attributesOf, type Listing, ListingBuilder } from './listing.js'
import { ListingHead } from './listing-head.js'
import { nodeOf } from './listed-node.js'
import { SingleNodes } from './single-nodes.js'

/** The directories of one commit. */
export interface CommitTree {
  readonly commit: CommitIdentity
  /** The names in the directory at `path`; empty when there is no such directory. Rejects with PachdError. */
  list(path: string): Promise<Listing>
  /**
   * The first names in the directory, at most 1,000 and in pachd's order, as soon as pachd has sent so many; undefined when
   * `list` has all of them, or says why not, at once.
   */
  begin(path: string, count: number): Promise<readonly DirectoryEntry[] | undefined>
  /** The attributes of the node at `path`; undefined when there is none. Rejects with PachdError. */
  find(path: string): Promise<Attributes | undefined>
  /** pachd's hash of the content of a file that was found; undefined when there is none or it is no longer known. */
  hashOf(path: string): Uint8Array | undefined
}

/** A file of a tree. */
export interface TreeFile {
  readonly tree: CommitTree
  readonly directory: string
  readonly path: string
  readonly sizeBytes: number
}

/** Remembers at most this much over all commits; the directories that were used longest ago go first. */
const MAX_REMEMBERED_NAMES = 1_000_000
const MAX_REMEMBERED_BYTES = 192 * 1024 * 1024
/** What a remembered directory takes besides its names, in bytes. */
const DIRECTORY_BYTES = 1500
/** A directory with more names than fit into this many bytes is refused: something is wrong with it, or with pachd. */
const MAX_LISTING_BYTES = 1024 * 1024 * 1024

interface Remembered {
  readonly coming: Promise<Listing>
  /** Filled while the listing comes. */
  readonly head: ListingHead
  listing: Listing | undefined
}

/** All trees of one pachd, with their common memory. */
export class CommitTrees {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #remembered = new Map<string, Remembered>()
  readonly #single: SingleNodes
  readonly #maxNames: number
  readonly #maxBytes: number
  readonly #maxListingBytes: number
  #names = 0
  #bytes = 0

  constructor(client: Pick<PachdClient, 'pfs'>, { maxNames = MAX_REMEMBERED_NAMES, maxBytes = MAX_REMEMBERED_BYTES, maxListingBytes = MAX_LISTING_BYTES } = {}) {
    this.#client = client
    this.#single = new SingleNodes(client)
    this.#maxNames = maxNames
    this.#maxBytes = maxBytes
    this.#maxListingBytes = maxListingBytes
  }

  /** The tree of a commit. `madeAtMs` is the time shown for its directories. */
  of(commit: CommitIdentity, madeAtMs: number): CommitTree {
    return {
      commit,
      list: path => this.#listed(commit, path, madeAtMs).coming,
      begin: (path, count) => this.#listed(commit, path, madeAtMs).head.first(count),
      find: path => this.#find(commit, path, madeAtMs),
      hashOf: path => {
        const place = splitPath(path)
        if (!place) return undefined
        return this.#listing(commit, place.directory)?.hashOf(place.name) ?? this.#single.hashOf(commit, path)
      },
    }
  }

  /** How many names are kept, over all directories. */
  get rememberedNames(): number {
    return this.#names
  }

  async #find(commit: CommitIdentity, path: string, madeAtMs: number): Promise<Attributes | undefined> {
    const place = splitPath(path)
    if (!place) return directoryAttributes(madeAtMs)
    const known = this.#listing(commit, place.directory)
    if (known) return known.get(place.name)
    // An open commit is shown as it was when the directory was first looked into, all names at once.
    if (commit.openView === undefined && this.#single.isWorthwhile(commit, path, place.directory)) return this.#single.find(commit, path, madeAtMs)
    return (await this.#listed(commit, place.directory, madeAtMs).coming).get(place.name)
  }

  #listing(commit: CommitIdentity, path: string): Listing | undefined {
    return this.#remembered.get(keyOf(commit, path))?.listing
  }

  #listed(commit: CommitIdentity, path: string, madeAtMs: number): Remembered {
    const key = keyOf(commit, path)
    const known = this.#remembered.get(key)
    if (known) {
      this.#remembered.delete(key)
      this.#remembered.set(key, known)
      return known
    }
    const head = new ListingHead()
    const remembered: Remembered = { coming: this.#fetch(commit, path, madeAtMs, head), head, listing: undefined }
    this.#remembered.set(key, remembered)
    remembered.coming.then(
      listing => {
        remembered.listing = listing
        head.end()
        this.#names += listing.size + 1
        this.#bytes += listing.memoryBytes + DIRECTORY_BYTES
        this.#forgetOldest(key)
      },
      () => {
        this.#remembered.delete(key)
        head.end()
      },
    )
    return remembered
  }

  #forgetOldest(newest: string): void {
    for (const [key, { listing }] of this.#remembered) {
      if (this.#names <= this.#maxNames && this.#bytes <= this.#maxBytes) return
      if (key === newest || !listing) continue
      this.#remembered.delete(key)
      this.#names -= listing.size + 1
      this.#bytes -= listing.memoryBytes + DIRECTORY_BYTES
    }
  }

  async #fetch(commit: CommitIdentity, path: string, madeAtMs: number, head: ListingHead): Promise<Listing> {
    const builder = new ListingBuilder()
    const prefix = childPath(path, '')
    try {
      for await (const info of withIdleLimit(signal => this.#client.pfs.listFile({ file: { commit: commitMessage(commit), path } }, { signal }), path)) {
        const node = nodeOf(info, prefix, madeAtMs)
        if (node) {
          builder.add(node)
          if (!head.isFull) head.add({ name: node.name, attributes: attributesOf(node) })
        }
        if (builder.memoryBytes > this.#maxListingBytes) throw new PachdError('RESOURCE_EXHAUSTED', `${path}: the directory has more names than can be held in memory`)
      }
    } catch (error) {
      if (!isNotFound(error) || path !== '/') throw error
    }
    return builder.build()
  }
}

function keyOf(commit: CommitIdentity, path: string): string {
  return `${commitKey(commit)}:${path}`
}

/**
 * Files and directories that were asked for by themselves: the first few of a directory that nobody has listed, so that
 * one file of a directory with a million names does not cost a million names.
 */
import { fileReference, isNotFound, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { type Attributes, directoryAttributes } from '../attributes.js'
import { commitKey, commitMessage, type CommitIdentity } from '../commit-identity.js'
import { splitPath } from '../path-names.js'
import { nodeOf } from './listed-node.js'
import type { ListedNode } from './listing.js'

/** After so many names of one directory, the whole directory is asked for. */
const SINGLE_LOOKUPS = 4
const MAX_NODES = 10_000
const MAX_DIRECTORIES = 1000
const TIMEOUT_MS = 20_000

/** Single nodes of the commits of one pachd. */
export class SingleNodes {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #nodes = new Map<string, ListedNode | undefined>()
  readonly #coming = new Map<string, Promise<ListedNode | undefined>>()
  readonly #lookups = new Map<string, number>()

  constructor(client: Pick<PachdClient, 'pfs'>) {
    this.#client = client
  }

  /** Whether the node should be asked for by itself: it is known, or one of the first of its directory. Counts the question. */
  isWorthwhile(commit: CommitIdentity, path: string, directory: string): boolean {
    if (this.#nodes.has(`${commitKey(commit)}:${path}`)) return true
    const key = `${commitKey(commit)}:${directory}`
    const lookups = (this.#lookups.get(key) ?? 0) + 1
    remember(this.#lookups, key, lookups, MAX_DIRECTORIES)
    return lookups <= SINGLE_LOOKUPS
  }

  /** The attributes of the node at `path`; undefined when there is none. Rejects with PachdError, which is not remembered. */
  async find(commit: CommitIdentity, path: string, madeAtMs: number): Promise<Attributes | undefined> {
    const key = `${commitKey(commit)}:${path}`
    const node = this.#nodes.has(key) ? this.#nodes.get(key) : await (this.#coming.get(key) ?? this.#ask(key, commit, path, madeAtMs))
    if (!node) return undefined
    return node.isDirectory ? directoryAttributes(node.modifiedMs) : { kind: 'file', sizeBytes: node.sizeBytes, mode: undefined, modifiedMs: node.modifiedMs }
  }

  /** pachd's hash of a file that was found. */
  hashOf(commit: CommitIdentity, path: string): Uint8Array | undefined {
    const node = this.#nodes.get(`${commitKey(commit)}:${path}`)
    return node && !node.isDirectory && node.hash.byteLength > 0 ? node.hash : undefined
  }

  #ask(key: string, commit: CommitIdentity, path: string, madeAtMs: number): Promise<ListedNode | undefined> {
    const asking = this.#inspect(commit, path, madeAtMs)
    this.#coming.set(key, asking)
    const forget = () => this.#coming.delete(key)
    asking.then(node => {
      remember(this.#nodes, key, node, MAX_NODES)
      forget()
    }, forget)
    return asking
  }

  async #inspect(commit: CommitIdentity, path: string, madeAtMs: number): Promise<ListedNode | undefined> {
    const { directory = '/' } = splitPath(path) ?? {}
    try {
      const info = await this.#client.pfs.inspectFile({ file: fileReference(commitMessage(commit), path) }, { timeoutMs: TIMEOUT_MS })
      return nodeOf(info, directory === '/' ? '/' : `${directory}/`, madeAtMs)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
}

function remember<T>(memory: Map<string, T>, key: string, value: T, max: number): void {
  memory.delete(key)
  memory.set(key, value)
  for (const oldest of memory.keys()) {
    if (memory.size <= max) return
    memory.delete(oldest)
  }
}

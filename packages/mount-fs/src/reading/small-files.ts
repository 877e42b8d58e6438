/**
 * Small files, fetched whole. When several files of one directory are read one after the other, the following ones are
 * fetched together as one archive: pachd sends thousands of files in the time of a few single requests.
 */
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitKey, commitMessage } from '../commit-identity.js'
import type { ContentCheck } from './content-check.js'
import { ContentMemory } from './content-memory.js'
import { literalPattern, wholeFile } from './file-bytes.js'
import { childPath, splitPath } from '../path-names.js'
import { withIdleLimit } from './idle-limit.js'
import type { KeptContents } from './kept-contents.js'
import type { FileReadersOptions } from './reader.js'
import { contentOf, tarEntries } from './tar-files.js'
import type { CommitTree, TreeFile } from './tree.js'

const KIB = 1024
/** Files up to this size are small. */
export const SMALL_FILE_BYTES = 512 * KIB
/** So many files of a directory are fetched singly before the next ones are fetched together. */
const SINGLE_FILES = 4
/** Where a whole directory was just read, its neighbour is likely to be: its files are fetched together from the first on. */
const NEIGHBOUR_SWEEP_BYTES = 1024 * KIB
/** A pause of this length ends a row of reads. */
const ROW_PAUSE_MS = 3000
const FIRST_SWEEP_BYTES = 256 * KIB
const MAX_SWEEP_BYTES = 8 * KIB * KIB
const MAX_SWEEP_FILES = 4000

interface Row {
  files: number
  sweepBytes: number
  lastMs: number
}

/** What small files are read with. */
export interface SmallFilesParts {
  readonly client: Pick<PachdClient, 'pfs'>
  readonly check: ContentCheck
  /** Limit of what is remembered. */
  readonly maxBytes: number
  readonly kept: KeptContents | undefined
  /** Told when several files are fetched together. */
  readonly onFetch: FileReadersOptions['onFetch']
}

/** Reads small files whole and remembers them. */
export class SmallFiles {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #check: ContentCheck
  readonly #memory: ContentMemory
  /** What pachd was asked for; undefined when it did not bring it. */
  readonly #coming = new Map<string, Promise<Uint8Array | undefined>>()
  readonly #rows = new Map<string, Row>()
  /** When files of a commit were last fetched together, by commit. */
  readonly #sweptMs = new Map<string, number>()
  readonly #kept: KeptContents | undefined
  readonly #onFetch: FileReadersOptions['onFetch']
  readonly #lookedUp = new Map<string, Promise<Uint8Array>>()

  constructor({ client, check, maxBytes, kept, onFetch }: SmallFilesParts) {
    this.#client = client
    this.#check = check
    this.#kept = kept
    this.#onFetch = onFetch
    this.#memory = new ContentMemory(maxBytes)
  }

  /** The content of `file`. Rejects with PachdError; failures are not remembered. */
  read(file: TreeFile): Promise<Uint8Array> {
    if (file.sizeBytes === 0) return Promise.resolve(new Uint8Array(0))
    const key = keyOf(file)
    const known = this.#memory.get(key)
    if (known) return Promise.resolve(known)
    return this.#joined(file, key) ?? this.#lookedUp.get(key) ?? this.#lookUp(file, key)
  }

  /** The content of `file` if it is in memory. */
  remembered(file: TreeFile): Uint8Array | undefined {
    return this.#memory.get(keyOf(file))
  }

  /** From the disk if it is there, else from pachd. */
  #lookUp(file: TreeFile, key: string): Promise<Uint8Array> {
    const name = this.#kept?.nameOf(file)
    if (!this.#kept || name === undefined) return this.#fetch(file, key)
    const looking = this.#kept.cache.small(name).then(bytes => {
      if (bytes?.byteLength !== file.sizeBytes) return this.#memory.get(key) ?? this.#joined(file, key) ?? this.#fetch(file, key)
      this.#memory.set(key, bytes)
      return bytes
    })
    this.#lookedUp.set(key, looking)
    const forget = () => this.#lookedUp.delete(key)
    looking.then(forget, forget)
    return looking
  }

  async #fetch(file: TreeFile, key: string): Promise<Uint8Array> {
    const row = this.#rowOf(file)
    if (row.files <= SINGLE_FILES) return this.#single(file, key)
    await this.#sweep(file, row)
    return this.#memory.get(key) ?? this.#joined(file, key) ?? this.#single(file, key)
  }

  /** The content that is on its way. Where it does not come with the others, it is asked for by itself: only what somebody waits for. */
  #joined(file: TreeFile, key: string): Promise<Uint8Array> | undefined {
    return this.#coming.get(key)?.then(bytes => bytes ?? this.#memory.get(key) ?? this.#joined(file, key) ?? this.#single(file, key))
  }

  #rowOf({ tree, directory }: TreeFile): Row {
    const commit = commitKey(tree.commit)
    const key = `${commit}:${directory}`
    const now = performance.now()
    const known = this.#rows.get(key)
    const isNeighbour = now - (this.#sweptMs.get(commit) ?? -Infinity) < ROW_PAUSE_MS
    const fresh = { files: isNeighbour ? SINGLE_FILES : 0, sweepBytes: isNeighbour ? NEIGHBOUR_SWEEP_BYTES : FIRST_SWEEP_BYTES, lastMs: now }
    const row = known && now - known.lastMs < ROW_PAUSE_MS ? known : fresh
    row.files++
    row.lastMs = now
    this.#rows.set(key, row)
    if (this.#rows.size > 1000) for (const [other, { lastMs }] of this.#rows) if (now - lastMs > ROW_PAUSE_MS) this.#rows.delete(other)
    return row
  }

  #single(file: TreeFile, key: string): Promise<Uint8Array> {
    const content = this.#checked(file, this.#whole(file))
    this.#register(file, key, content)
    return content
  }

  #whole({ tree, path, sizeBytes }: TreeFile): Promise<Uint8Array> {
    return wholeFile(this.#client, { commit: tree.commit, path, sizeBytes })
  }

  async #checked<T extends Uint8Array | undefined>(file: TreeFile, received: Promise<T>): Promise<T | Uint8Array> {
    const bytes = await received
    return !bytes || this.#check.accepts(file, bytes) ? bytes : this.#check.settle(file, bytes, () => this.#whole(file))
  }

  /** Keeps it when it has come. */
  #register(file: TreeFile, key: string, content: Promise<Uint8Array | undefined>): void {
    this.#coming.set(key, content)
    const forget = () => {
      if (this.#coming.get(key) === content) this.#coming.delete(key)
    }
    void content.then(bytes => {
      forget()
      if (!bytes) return
      this.#memory.set(key, bytes)
      const name = this.#kept?.nameOf(file)
      if (name !== undefined) this.#kept?.cache.putSmall(name, bytes)
    }, forget)
  }

  /** Fetches `file` and those that follow it in its directory. */
  async #sweep(file: TreeFile, row: Row): Promise<void> {
    const following = await this.#following(file, row.sweepBytes)
    const [first] = following
    if (!first || following.length === 1 || this.#coming.has(keyOf(file))) return
    row.sweepBytes = Math.min(row.sweepBytes * 2, MAX_SWEEP_BYTES)
    this.#sweptMs.set(commitKey(file.tree.commit), performance.now())
    const waiting = new Map<string, WaitedFor>()
    for (const one of following) {
      const awaited = withResolvers(one.sizeBytes)
      waiting.set(one.path, awaited)
      this.#register(one, keyOf(one), this.#checked(one, awaited.promise))
    }
    void this.#receive(file.tree, following, waiting)
  }

  async #receive(tree: CommitTree, files: readonly TreeFile[], waiting: Map<string, WaitedFor>): Promise<void> {
    const [first, last] = [files[0], files.at(-1)]
    if (!first || !last) return
    const meter = this.#onFetch?.({ commit: tree.commit, path: first.directory, totalBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) })
    try {
      // The children by pattern: a directory asked for by its own path lies outside the range, and nothing would come.
      const pattern = childPath(literalPattern(first.directory), '*')
      const request = { file: { commit: commitMessage(tree.commit), path: pattern }, pathRange: { lower: first.path, upper: `${last.path}\0` } }
      let foreignBytes = 0
      const archive = withIdleLimit(signal => this.#client.pfs.getFileTAR(request, { signal }), pattern)
      for await (const entry of tarEntries(archive)) {
        const awaited = waiting.get(entry.path)
        waiting.delete(entry.path)
        if (awaited?.sizeBytes === entry.sizeBytes) {
          awaited.resolve(await contentOf(entry))
          meter?.add(entry.sizeBytes)
        } else {
          awaited?.resolve(undefined)
          foreignBytes += entry.sizeBytes
        }
        if (waiting.size === 0 || foreignBytes > MAX_SWEEP_BYTES) break
      }
    } catch {
      // Whoever waits for a file that did not come asks for it alone, and hears what is wrong with it.
    } finally {
      meter?.end()
      for (const { resolve } of waiting.values()) resolve(undefined)
    }
  }

  async #following(file: TreeFile, maxBytes: number): Promise<TreeFile[]> {
    const listing = await file.tree.list(file.directory)
    const chosen: TreeFile[] = []
    let bytes = 0
    for (const [name, { kind, sizeBytes }] of listing.from(splitPath(file.path)?.name ?? '')) {
      const path = childPath(file.directory, name)
      const one = { tree: file.tree, directory: file.directory, path, sizeBytes }
      if (kind !== 'file' || sizeBytes > SMALL_FILE_BYTES || this.#memory.has(keyOf(one)) || this.#coming.has(keyOf(one))) break
      chosen.push(one)
      bytes += sizeBytes
      if (bytes >= maxBytes || chosen.length >= MAX_SWEEP_FILES) break
    }
    return chosen
  }
}

function keyOf({ tree, path }: TreeFile): string {
  return `${commitKey(tree.commit)}:${path}`
}

interface WaitedFor {
  readonly sizeBytes: number
  readonly promise: Promise<Uint8Array | undefined>
  readonly resolve: (bytes: Uint8Array | undefined) => void
}

function withResolvers(sizeBytes: number): WaitedFor {
  let resolve: (bytes: Uint8Array | undefined) => void = () => undefined
  const promise = new Promise<Uint8Array | undefined>(settle => (resolve = settle))
  return { sizeBytes, promise, resolve }
}

/** The hashes of directories: computed when somebody asks, and remembered as long as there is room. */
import { blake2b256 } from '../chunks/hashes.js'
import { pathOfKey } from '../tree/tree-node.js'
import type { TreeReader } from '../tree/tree-reader.js'
import { behindDirectory, directoriesOf } from './file-paths.js'

const CAPACITY = 50_000
const FILES_AT_A_TIME = 5000

/** Remembers the hashes of directories; the same nodes give the same hash, in whichever commit. */
export class DirectoryHashes {
  private readonly known = new Map<string, Buffer>()

  private remember(key: string, hash: Buffer): void {
    this.known.set(key, hash)
    if (this.known.size <= CAPACITY) return
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest)
      break
    }
  }

  /** The hash over the hashes of what lies in the directory, in path order. */
  async of(tree: TreeReader, directory: string): Promise<Buffer> {
    const key = `${tree.root}${directory}`
    const known = this.known.get(key)
    if (known) return known
    const fingerprint = blake2b256(Buffer.from(tree.fingerprint(directory, behindDirectory(directory)))).toString('latin1')
    const same = this.known.get(fingerprint + directory) ?? (await this.compute(tree, directory))
    this.remember(fingerprint + directory, same)
    this.remember(key, same)
    return same
  }

  private async compute(tree: TreeReader, directory: string): Promise<Buffer> {
    const open: { path: string; hashes: Buffer[] }[] = [{ path: directory, hashes: [] }]
    const closeUpTo = (path: string): Buffer => {
      for (;;) {
        const done = open.pop()
        if (!done) throw new Error(`the directory ${path} was never opened`)
        const hash = blake2b256(...done.hashes)
        this.remember(`${tree.root}${done.path}`, hash)
        open.at(-1)?.hashes.push(hash)
        if (done.path === path) return hash
      }
    }
    let count = 0
    for (const { key, content } of tree.from(directory)) {
      const path = pathOfKey(key)
      if (!path.startsWith(directory)) break
      for (let last = open.at(-1); last && !path.startsWith(last.path); last = open.at(-1)) closeUpTo(last.path)
      const inner = directoriesOf(path)
      for (const missing of inner.slice(inner.indexOf(open.at(-1)?.path ?? directory) + 1)) open.push({ path: missing, hashes: [] })
      open.at(-1)?.hashes.push(content.hash)
      if (++count % FILES_AT_A_TIME === 0) await new Promise(setImmediate)
    }
    return closeUpTo(directory)
  }
}

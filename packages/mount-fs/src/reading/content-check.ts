/**
 * Whether the bytes of small files are those that pachd hashed when they were written. A hash that does not fit is a reason
 * to ask pachd for its rule, and to read again; what fits neither time is an error. A pachd with another rule, or one that
 * cannot be asked for it, is believed.
 */
import { type PachdClient, PachdError } from '@jupyterlab-pachyderm/pachd-client'

import { CHUNKED_FROM_BYTES, contentHash, hashesBytesAlone } from './content-hash.js'
import type { TreeFile } from './tree.js'

/** These say nothing about the rule; it is asked for again. */
const PASSING: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'UNAUTHENTICATED'])

/** The check of what one pachd sends. */
export class ContentCheck {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #onNotice: (sentence: string) => void
  #rule: Promise<boolean> | undefined
  #isBelieved = false

  /** `onNotice` is told in one sentence of bytes that were right when they were read again, and when nothing can be checked. */
  constructor(client: Pick<PachdClient, 'pfs'>, onNotice: (sentence: string) => void) {
    this.#client = client
    this.#onNotice = onNotice
  }

  /** Whether the hash of the file says something about its bytes. */
  covers(file: TreeFile): boolean {
    return this.#hashOf(file) !== undefined
  }

  /** Whether these are the bytes of the file, as far as can be told at once. */
  accepts(file: TreeFile, bytes: Uint8Array): boolean {
    const hash = this.#hashOf(file)
    return !hash || Buffer.compare(hash, contentHash(bytes)) === 0
  }

  /** The right bytes of a file of which `bytes` were not accepted. Rejects with PachdError, DATA_LOSS when pachd sends wrong ones again. */
  async settle(file: TreeFile, bytes: Uint8Array, again: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (!(await this.#hasRule())) return bytes
    const { tree: { commit: { repo, id } }, path } = file
    const second = await again()
    if (!this.accepts(file, second)) throw new PachdError('DATA_LOSS', `${path} of ${repo}@${id}: pachd sends other bytes than those that it has hashed`)
    this.#onNotice(`${path} of ${repo}@${id}: pachd sent wrong bytes, and right ones when it was asked again`)
    return second
  }

  #hashOf({ tree, path, sizeBytes }: TreeFile): Uint8Array | undefined {
    if (this.#isBelieved || sizeBytes === 0 || sizeBytes >= CHUNKED_FROM_BYTES || tree.commit.openView !== undefined) return undefined
    return tree.hashOf(path)
  }

  async #hasRule(): Promise<boolean> {
    this.#rule ??= hashesBytesAlone(this.#client)
    let doubt = 'it hashes files by another rule'
    try {
      if (await this.#rule) return true
    } catch (thrown) {
      const error = PachdError.from(thrown)
      if (PASSING.has(error.code)) {
        this.#rule = undefined
        throw error
      }
      doubt = error.message
    }
    if (!this.#isBelieved) this.#onNotice(`what this pachd sends cannot be compared with its hashes: ${doubt}`)
    this.#isBelieved = true
    return false
  }
}

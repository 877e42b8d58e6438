/** Contents of small files that were read, up to a number of bytes; what was used longest ago goes first. */
export class ContentMemory {
  readonly #contents = new Map<string, Uint8Array>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** How many bytes are kept. */
  get sizeBytes(): number {
    return this.#bytes
  }

  /** The content kept under `key`; undefined when it is not there. */
  get(key: string): Uint8Array | undefined {
    const content = this.#contents.get(key)
    if (!content) return undefined
    this.#contents.delete(key)
    this.#contents.set(key, content)
    return content
  }

  /** Whether `key` is kept. */
  has(key: string): boolean {
    return this.#contents.has(key)
  }

  /** Keeps a content that nobody changes any more. */
  set(key: string, content: Uint8Array): void {
    const before = this.#contents.get(key)
    if (before) this.#bytes -= before.byteLength
    this.#contents.delete(key)
    this.#contents.set(key, content)
    this.#bytes += content.byteLength
    for (const [oldest, { byteLength }] of this.#contents) {
      if (this.#bytes <= this.#maxBytes) break
      this.#contents.delete(oldest)
      this.#bytes -= byteLength
    }
  }
}

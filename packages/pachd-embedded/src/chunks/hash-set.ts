/** A set of hashes in a fixed space, however many there are. */

/** Remembers hashes in a fixed space; it may say yes for one that it was never given, which keeps some garbage. */
export class HashSet {
  private static readonly BITS = 2 ** 26
  private readonly bits = new Uint8Array(HashSet.BITS / 8)

  private *places(hash: Uint8Array): Generator<number> {
    const view = new DataView(hash.buffer, hash.byteOffset, hash.byteLength)
    for (let i = 0; i < 4; i++) yield view.getUint32(i * 4) % HashSet.BITS
  }

  add(hash: Uint8Array): void {
    for (const place of this.places(hash)) this.bits[place >>> 3] = (this.bits[place >>> 3] ?? 0) | (1 << (place & 7))
  }

  /** False only for a hash that was not added. */
  has(hash: Uint8Array): boolean {
    for (const place of this.places(hash)) if (!((this.bits[place >>> 3] ?? 0) & (1 << (place & 7)))) return false
    return true
  }
}

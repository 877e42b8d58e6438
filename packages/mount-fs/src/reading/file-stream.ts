/** One running transfer of a file: bytes that arrive in order, held until they are read, stopped when nobody needs more. */

import { PachdError } from '@jupyterlab-pachyderm/pachd-client'

/** Opens the bytes of a file from an offset; they are taken one by one, so the sender waits for the taker. */
export type OpenBytes = (offset: number, signal: AbortSignal) => AsyncIterable<Uint8Array>

interface Piece {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** A transfer from `start` on. It reads up to its goal and then waits for a new one. */
export class FileStream {
  /** When a read last used it, by `performance.now()`. */
  usedMs = performance.now()
  /** How many reads it has served. */
  reads = 0
  /** How far ahead of its reader it runs, in bytes. */
  windowBytes: number
  readonly #abort = new AbortController()
  readonly #pieces: Piece[] = []
  #first: number
  #end: number
  #goal: number
  #state: { readonly is: 'running' | 'ended' | 'stopped' } | { readonly is: 'failed'; readonly error: PachdError } = { is: 'running' }
  #goalMoved: (() => void) | undefined
  #arrivals: (() => void)[] = []

  constructor(openBytes: OpenBytes, start: number, goal: number, windowBytes: number) {
    this.#first = this.#end = start
    this.#goal = goal
    this.windowBytes = windowBytes
    void this.#run(openBytes(start, this.#abort.signal))
  }

  /** The offset of the first byte that is still held. */
  get first(): number {
    return this.#first
  }

  /** The offset after the last byte that arrived. */
  get end(): number {
    return this.#end
  }

  /** Whether bytes may still arrive; if not, whether the file ended, the transfer failed, or it was stopped. */
  get state(): 'running' | 'ended' | 'failed' | 'stopped' {
    return this.#state.is
  }

  /** What ended the transfer early; undefined when nothing did. */
  get failure(): PachdError | undefined {
    return this.#state.is === 'failed' ? this.#state.error : undefined
  }

  /** Reads on until the byte before `goal`. */
  readUpTo(goal: number): void {
    if (goal <= this.#goal) return
    this.#goal = goal
    this.#goalMoved?.()
  }

  /** Resolves when something has arrived or the transfer has ended. */
  arrival(): Promise<void> {
    return this.state === 'running' ? new Promise(resolve => this.#arrivals.push(resolve)) : Promise.resolve()
  }

  /** The held bytes from `offset` to `offset + length`, fewer where the transfer stands now. */
  held(offset: number, length: number): Uint8Array {
    const parts: Uint8Array[] = []
    const end = Math.min(offset + length, this.#end)
    for (const piece of this.#pieces) {
      const pieceEnd = piece.offset + piece.bytes.byteLength
      if (pieceEnd <= offset) continue
      if (piece.offset >= end) break
      parts.push(piece.bytes.subarray(Math.max(0, offset - piece.offset), Math.min(piece.bytes.byteLength, end - piece.offset)))
    }
    const [only] = parts
    return parts.length === 1 && only ? only : Buffer.concat(parts)
  }

  /** Lets go of the pieces that end at or before `offset`. */
  forgetBefore(offset: number): void {
    for (let piece = this.#pieces[0]; piece && piece.offset + piece.bytes.byteLength <= offset; piece = this.#pieces[0]) {
      this.#pieces.shift()
      this.#first = piece.offset + piece.bytes.byteLength
    }
  }

  /** Ends the transfer; stopping twice is fine. */
  stop(): void {
    this.#abort.abort()
    this.#goalMoved?.()
    this.#finish({ is: 'stopped' })
  }

  async #run(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of bytes) {
        if (this.#isStopped()) return
        this.#pieces.push({ offset: this.#end, bytes: piece })
        this.#end += piece.byteLength
        this.#wakeReaders()
        await this.#untilGoalIsAhead()
        if (this.#isStopped()) return
      }
      this.#finish({ is: 'ended' })
    } catch (error) {
      this.#finish({ is: 'failed', error: PachdError.from(error) })
    }
  }

  async #untilGoalIsAhead(): Promise<void> {
    while (this.#end >= this.#goal && !this.#isStopped()) {
      await new Promise<void>(resolve => (this.#goalMoved = resolve))
      this.#goalMoved = undefined
    }
  }

  #isStopped(): boolean {
    return this.#abort.signal.aborted
  }

  #finish(state: { readonly is: 'ended' | 'stopped' } | { readonly is: 'failed'; readonly error: PachdError }): void {
    if (this.state === 'running') this.#state = state
    this.#wakeReaders()
  }

  #wakeReaders(): void {
    const waiting = this.#arrivals
    this.#arrivals = []
    for (const wake of waiting) wake()
  }
}

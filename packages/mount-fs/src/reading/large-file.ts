/**
 * A committed file that is read in pieces. Sequential reading keeps one transfer running ahead of the reader, with a
 * window that grows as long as the reader has to wait; a read elsewhere starts a transfer at its offset; readers of
 * the same part share one transfer.
 */
import { FileStream, type OpenBytes } from './file-stream.js'

const MIB = 1024 * 1024
/** Linux reads 128 KiB ahead of a program: a first read of a file is followed by more in most cases. */
const FIRST_WINDOW_BYTES = 512 * 1024
/** After a jump, more may follow, but often does not. */
const JUMP_WINDOW_BYTES = 128 * 1024
const MAX_WINDOW_BYTES = 8 * MIB
/** Slower readers of the same transfer find what was sent up to this far behind. */
const MAX_HELD_BYTES = 16 * MIB
/** The kernel asks in any order within what it reads ahead, so a little more stays than the reader's position says. */
const ALWAYS_HELD_BYTES = MIB
/** A read this far ahead of a transfer waits for it, as that is faster than a new one. */
const WORTH_WAITING_BYTES = 4 * MIB
const MAX_TRANSFERS = 4
/** After so many single reads in a row, the next one is taken to be single, too. */
const SCATTERED_READS = 2
/** A reader that has not read for this long no longer holds back what others may forget. */
const ACTIVE_READER_MS = 2000
/** A paused transfer ends after this time. */
const IDLE_TRANSFER_MS = 10_000

interface Reader {
  position: number
  readMs: number
}

interface Start {
  readonly offset: number
  readonly end: number
  readonly started: (stream: FileStream) => void
}

/** One file, shared by all who have it open. */
export class LargeFile {
  readonly #openBytes: OpenBytes
  readonly #sizeBytes: number
  readonly #streams = new Set<FileStream>()
  readonly #readers = new Set<Reader>()
  #starts: Start[] = []
  /** Transfers in a row of which one piece was read and no more. */
  #scattered = 0
  #startedCount = 0
  #idleTimer: NodeJS.Timeout | undefined

  constructor(openBytes: OpenBytes, sizeBytes: number) {
    this.#openBytes = openBytes
    this.#sizeBytes = sizeBytes
  }

  /** How many have it open. */
  get readerCount(): number {
    return this.#readers.size
  }

  /** How many transfers are running or paused. */
  get transferCount(): number {
    return this.#streams.size
  }

  /** How many transfers were started so far. */
  get startedCount(): number {
    return this.#startedCount
  }

  /** Whether a transfer holds these bytes already. */
  isHeld(offset: number, end: number): boolean {
    for (const stream of this.#streams) if (!stream.failure && offset >= stream.first && end <= stream.end) return true
    return false
  }

  /** A new reader; whoever opens it closes it. The last one to close ends all transfers. */
  open(): { readonly read: (offset: number, length: number) => Promise<Uint8Array>; readonly close: () => void } {
    const reader: Reader = { position: 0, readMs: 0 }
    this.#readers.add(reader)
    return {
      read: (offset, length) => this.#read(reader, offset, length),
      close: () => {
        this.#readers.delete(reader)
        if (this.#readers.size === 0) this.#stopAll()
      },
    }
  }

  async #read(reader: Reader, offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.#sizeBytes)
    if (offset >= end) return new Uint8Array(0)
    reader.position = offset
    reader.readMs = performance.now()
    for (;;) {
      const stream = this.#serving(offset) ?? (await this.#started(offset, end))
      stream.usedMs = performance.now()
      while (stream.end < end && stream.state === 'running') {
        stream.readUpTo(end + stream.windowBytes)
        await stream.arrival()
        if (stream.end < end) stream.windowBytes = Math.min(stream.windowBytes * 2, MAX_WINDOW_BYTES)
      }
      if (stream.failure) {
        this.#drop(stream)
        throw stream.failure
      }
      // While this read waited, others may have stopped the transfer, or let go of its beginning.
      if (offset < stream.first || (stream.end < end && stream.state === 'stopped')) continue
      stream.readUpTo(end + stream.windowBytes)
      const bytes = stream.held(offset, end - offset)
      this.#noteRead(stream, offset)
      return bytes
    }
  }

  /** The transfer that holds `offset` or will soon. */
  #serving(offset: number): FileStream | undefined {
    let best: FileStream | undefined
    for (const stream of this.#streams) {
      if (stream.failure) {
        this.#streams.delete(stream)
        continue
      }
      const reach = stream.state === 'running' ? stream.end + WORTH_WAITING_BYTES : stream.end
      if (offset >= stream.first && offset < reach && (!best || stream.end > best.end)) best = stream
    }
    return best
  }

  /** Starts a transfer; reads that come together, in whatever order the kernel sends them, share one. */
  #started(offset: number, end: number): Promise<FileStream> {
    return new Promise(started => {
      this.#starts.push({ offset, end, started })
      if (this.#starts.length === 1) setImmediate(() => this.#startAll())
    })
  }

  #startAll(): void {
    const starts = this.#starts.sort((a, b) => a.offset - b.offset)
    this.#starts = []
    for (const { offset, end, started } of starts) started(this.#serving(offset) ?? this.#start(offset, end))
  }

  #start(offset: number, end: number): FileStream {
    const windowBytes = offset === 0 ? FIRST_WINDOW_BYTES : JUMP_WINDOW_BYTES
    const stream = new FileStream(this.#openBytes, offset, end + windowBytes, windowBytes)
    this.#startedCount++
    this.#streams.add(stream)
    if (this.#streams.size > MAX_TRANSFERS) {
      const [oldest] = [...this.#streams].sort((a, b) => a.usedMs - b.usedMs)
      if (oldest) this.#drop(oldest)
    }
    this.#idleTimer ??= setInterval(() => this.#stopIdle(), IDLE_TRANSFER_MS).unref()
    return stream
  }

  /** Reads that jump about do not leave a transfer behind each: what pachd sends ahead is in the way of the next. */
  #noteRead(stream: FileStream, offset: number): void {
    stream.reads++
    this.#scattered = stream.reads === 1 ? this.#scattered + 1 : 0
    if (this.#scattered > SCATTERED_READS) this.#drop(stream)
    else this.#forget(stream, offset)
  }

  #forget(stream: FileStream, offset: number): void {
    const now = performance.now()
    let slowest = offset
    for (const { position, readMs } of this.#readers) {
      if (now - readMs < ACTIVE_READER_MS && position >= stream.first && position <= stream.end) slowest = Math.min(slowest, position)
    }
    stream.forgetBefore(Math.max(slowest - ALWAYS_HELD_BYTES, stream.end - MAX_HELD_BYTES - stream.windowBytes))
  }

  #stopIdle(): void {
    const now = performance.now()
    for (const stream of this.#streams) if (now - stream.usedMs > IDLE_TRANSFER_MS) this.#drop(stream)
    if (this.#streams.size === 0) this.#stopTimer()
  }

  #drop(stream: FileStream): void {
    this.#streams.delete(stream)
    stream.stop()
  }

  #stopAll(): void {
    for (const stream of this.#streams) this.#drop(stream)
    this.#stopTimer()
  }

  #stopTimer(): void {
    clearInterval(this.#idleTimer)
    this.#idleTimer = undefined
  }
}

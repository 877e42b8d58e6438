/**
 * The memory of this process by address, through the file that the kernel has of it (`/proc/self/mem`). fuse-native hands over
 * pointers that its JavaScript does not follow. A wrong address is an error here, and does not end the process.
 */
import { openSync, readSync, writeSync } from 'node:fs'

/** Reads and writes at addresses. */
export class OwnMemory {
  readonly #descriptor: number

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Undefined where the kernel does not let the process: without /proc, or where its program has file capabilities. */
  static open(): OwnMemory | undefined {
    try {
      return new OwnMemory(openSync('/proc/self/mem', 'r+'))
    } catch {
      return undefined
    }
  }

  /** Up to `length` bytes at `address`, fewer where the memory ends; none where there is no memory. */
  read(address: bigint, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    try {
      return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, address))
    } catch {
      return Buffer.alloc(0)
    }
  }

  /** Throws what the file system of Node throws where there is no memory. */
  write(address: bigint, bytes: Uint8Array): void {
    writeSync(this.#descriptor, bytes, 0, bytes.byteLength, Number(address))
  }
}

/**
 * What fuse-native loses between libfuse and JavaScript, brought back from the memory of the call.
 *
 * For each thread of libfuse fuse-native keeps one record in C, and hands it to JavaScript as a Buffer, so that the answer finds the
 * thread. Until the answer that thread waits: what the record points to stays as it is. Four things are lost on the way, and
 * wrong or silently dropped without this room:
 *
 * - Names. fuse-native makes strings of them in which bytes that are not UTF-8 are U+FFFD, so that different names become one. A name with
 *   U+FFFD is compared with the bytes that the record points to; one that differs is refused.
 * - One half of the times. libfuse asks for both halves only of a file system that says so (`flag_utime_omit_ok`); for others it drops a
 *   request for one half, and reports success. fuse-native does not say so.
 * - Times. fuse-native makes milliseconds of them, in which "now" and "leave it" are one number, and hands over the access time twice. Its
 *   function for removexattr takes a path and a pointer, and keeps both in the record: it stands in for that of utimens in libfuse's
 *   table, and the pointer leads to both times. There are no extended attributes; without a function Linux answers EOPNOTSUPP.
 * - Times before 1970 and parts of milliseconds in what stat answers, which is unsigned in fuse-native. Such an answer is written where
 *   libfuse wants it, and the thread goes on by a signal that carries no answer.
 *
 * The offsets are those of the prebuilt binaries of fuse-native 2.2.6 for Linux, which this package carries, and of their libfuse 2.9.9.
 * Where the kernel does not let a process into its own memory, names with U+FFFD are refused, and times are as fuse-native has them.
 */
import type { Moment } from '../attributes.js'
import type { TimeChange } from '../volume.js'
import type { FuseBinding, FuseHandlers, NativeHandler, Reply } from './load-fuse.js'
import type { OwnMemory } from './own-memory.js'

/** Offsets in fuse-native's record of a call. */
const CALL = { path: 24, secondPath: 32, accessMs: 104, modifyMs: 112, name: 128, stat: 168 }
/** Offsets in fuse-native's record of a mount. */
const MOUNT = { fuse: 368, directory: 384 }
/** Offsets in libfuse's `struct fuse`. */
const FUSE = { fileSystem: 0x110, omitsTimes: 0x11c }
/** Offsets in libfuse's `struct fuse_operations`, with which its `struct fuse_fs` begins. */
const OPERATIONS = { removexattr: 24 * 8, utimens: 36 * 8 }
const POINTER_BYTES = 8
const TIMESPEC_BYTES = 16
const STAT_BYTES = 144

/** Nanoseconds of a timespec that mean something else. */
const NOW = 0x3fff_ffff
const OMITTED = 0x3fff_fffe

/** The times that JavaScript can say: from the year -271,821 to 275,760. Others become the nearest, as on other file systems. */
const LIMIT_MS = 8.64e15

const REPLACEMENT = '\ufffd'
/** Operations with a name as their second argument, too. */
const ofTwoNames: ReadonlySet<string> = new Set(['rename', 'link', 'symlink'])

/** What stat answers, as fuse-native takes it; times in milliseconds. */
export interface NativeStat {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly blocks: number
  readonly blksize: number
  readonly nlink: number
  readonly mtime: number
  readonly atime: number
  readonly ctime: number
  /** The same times with nanoseconds. */
  readonly modified: Moment
  readonly accessed: Moment
}

/** Handlers of operations, with what fuse-native loses. */
export type OperationHandlers = FuseHandlers & {
  readonly getattr: (path: string, reply: Reply) => void
  readonly utimens: (path: string, times: TimeChange, reply: Reply) => void
  readonly removexattr: (path: string, name: string, reply: Reply) => void
}

/** The calls of one mount. */
export class NativeCalls {
  readonly #binding: FuseBinding
  readonly #memory: OwnMemory | undefined
  /** The record of the call that is being handed over; only until the handler returns. */
  #call: Buffer = Buffer.alloc(0)
  #hasTimes = false

  constructor(binding: FuseBinding, memory: OwnMemory | undefined) {
    this.#binding = binding
    this.#memory = memory
  }

  /** Whether both times of a file can be set, one by one. */
  get hasTimes(): boolean {
    return this.#hasTimes
  }

  /** The handlers as fuse-native calls them. `refuse` answers a name that is not UTF-8. */
  handlers(handlers: OperationHandlers, refuse: (operation: string, path: string, reply: Reply) => void): FuseHandlers {
    const { getattr, utimens, removexattr } = handlers
    const stat = (path: string, reply: Reply) => getattr(path, this.#statReply(this.#call, reply))
    const adapted: FuseHandlers = {
      ...handlers,
      getattr: stat,
      fgetattr: stat,
      utimens: (path: string, _atime: number, _mtime: number, reply: Reply) => utimens(path, this.#wholeTimes(), reply),
      removexattr: (path: string, name: string, reply: Reply) => (this.#hasTimes ? utimens(path, this.#exactTimes(), reply) : removexattr(path, name, reply)),
    }
    return Object.fromEntries(Object.entries(adapted).map(([operation, handler]) => [operation, this.#checked(operation, handler as (...parameters: unknown[]) => void, refuse)]))
  }

  /** fuse-native's own handlers, which note whose turn it is. */
  natives(natives: readonly NativeHandler[]): NativeHandler[] {
    return natives.map(native => (call, ...parameters) => {
      this.#call = call
      native(call, ...parameters)
    })
  }

  /** Has libfuse hand over both times. To be called with fuse-native's record of a mount before anything is answered. */
  passTimes(mount: Buffer, mountDir: string): void {
    const memory = this.#memory
    const directory = Buffer.from(`${mountDir}\0`)
    if (!memory || !mount.subarray(MOUNT.directory).subarray(0, directory.length).equals(directory)) return
    const fuse = mount.readBigUInt64LE(MOUNT.fuse)
    const operations = memory.read(fuse + BigInt(FUSE.fileSystem), POINTER_BYTES).readBigUInt64LE()
    const removexattr = memory.read(operations + BigInt(OPERATIONS.removexattr), POINTER_BYTES)
    memory.write(operations + BigInt(OPERATIONS.utimens), removexattr)
    memory.write(operations + BigInt(OPERATIONS.removexattr), Buffer.alloc(POINTER_BYTES))
    memory.write(fuse + BigInt(FUSE.omitsTimes), Buffer.from(Int32Array.of(1).buffer))
    this.#hasTimes = true
  }

  #checked(operation: string, handler: (...parameters: unknown[]) => void, refuse: (operation: string, path: string, reply: Reply) => void): (...parameters: unknown[]) => void {
    const hasTwoNames = ofTwoNames.has(operation)
    return (...parameters) => {
      const [first, second] = parameters
      const isRefused = !this.#isExact(first, CALL.path) || (hasTwoNames && !this.#isExact(second, CALL.secondPath))
      if (isRefused) refuse(operation, String(first), parameters.at(-1) as Reply)
      else handler(...parameters)
    }
  }

  /** Whether a name that was handed over is what the caller said, byte for byte. */
  #isExact(name: unknown, offset: number): boolean {
    if (typeof name !== 'string' || !name.includes(REPLACEMENT)) return true
    const bytes = Buffer.from(`${name}\0`)
    return this.#memory?.read(this.#call.readBigUInt64LE(offset), bytes.length).equals(bytes) ?? false
  }

  /** Both times, which fuse-native has in milliseconds. */
  #wholeTimes(): TimeChange {
    const at = (offset: number) => moment(Number(this.#call.readBigInt64LE(offset)), 0)
    return { accessed: at(CALL.accessMs), modified: at(CALL.modifyMs) }
  }

  #exactTimes(): TimeChange {
    const bytes = this.#memory?.read(this.#call.readBigUInt64LE(CALL.name), 2 * TIMESPEC_BYTES)
    if (bytes?.length !== 2 * TIMESPEC_BYTES) throw new Error('libfuse does not hand over the times that it should')
    return { accessed: momentIn(bytes, 0), modified: momentIn(bytes, TIMESPEC_BYTES) }
  }

  #statReply(call: Buffer, reply: Reply): Reply {
    return (code, ...results) => {
      const [stat] = results as [NativeStat | undefined]
      if (stat === undefined || (isPlain(stat.modified) && isPlain(stat.accessed))) reply(code, stat)
      else if (this.#memory) {
        this.#memory.write(call.readBigUInt64LE(CALL.stat), structOf(stat))
        process.nextTick(() => this.#binding.fuse_native_signal_access(call, code))
      } else reply(code, { ...stat, mtime: Math.max(stat.mtime, 0), atime: Math.max(stat.atime, 0), ctime: Math.max(stat.ctime, 0) })
    }
  }
}

/** Whether fuse-native can say it. */
function isPlain({ ms, ns }: Moment): boolean {
  return ms >= 0 && ns === 0
}

function momentIn(bytes: Buffer, at: number): Moment | undefined {
  const ns = Number(bytes.readBigInt64LE(at + 8))
  if (ns === OMITTED) return undefined
  if (ns === NOW) return moment(Date.now(), 0)
  return moment(Number(bytes.readBigInt64LE(at)) * 1000 + Math.floor(ns / 1e6), ns % 1e6)
}

function moment(ms: number, ns: number): Moment {
  return Math.abs(ms) < LIMIT_MS ? { ms, ns } : { ms: Math.sign(ms) * LIMIT_MS, ns: 0 }
}

/** A `struct stat` of Linux on x86-64. */
function structOf({ mode, uid, gid, size, blocks, blksize, nlink, modified, accessed }: NativeStat): Buffer {
  const bytes = Buffer.alloc(STAT_BYTES)
  bytes.writeBigUInt64LE(BigInt(nlink), 16)
  bytes.writeUInt32LE(mode, 24)
  bytes.writeUInt32LE(uid, 28)
  bytes.writeUInt32LE(gid, 32)
  bytes.writeBigInt64LE(BigInt(size), 48)
  bytes.writeBigInt64LE(BigInt(blksize), 56)
  bytes.writeBigInt64LE(BigInt(blocks), 64)
  for (const [at, { ms, ns }] of [[72, accessed], [88, modified], [104, modified]] as const) {
    const seconds = Math.floor(ms / 1000)
    bytes.writeBigInt64LE(BigInt(seconds), at)
    bytes.writeBigInt64LE(BigInt((ms - seconds * 1000) * 1e6 + ns), at + 8)
  }
  return bytes
}

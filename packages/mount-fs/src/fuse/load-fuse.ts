/** Loads fuse-native, with or without a libfuse of the system. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

import { FsError } from '../errors.js'
import { OwnMemory } from './own-memory.js'

/** What a handler calls to answer; fuse-native passes on numbers, and what each operation brings back. */
export type Reply = (code: number, ...results: unknown[]) => void

/** The handlers of fuse-native, by operation. */
export type FuseHandlers = Record<string, (...parameters: never[]) => void>

/** A function by which the C side calls: its record of the call, the operation, and what the operation takes. */
export type NativeHandler = (call: Buffer, operation: number, ...parameters: unknown[]) => void

/** The class of fuse-native, as far as it is used here. */
export interface FuseNative {
  mnt: string
  _thread: Buffer | null
  _openCallback: ((error: Error | null) => void) | null
  _malloc: (size: number) => Buffer
  _handlers: NativeHandler[]
  _fuseOptions(): string
  _getImplementedArray(): Uint32Array
}

/** The constructor of fuse-native. `timeout: false` leaves deadlines to the handlers. */
export type FuseNativeClass = new (mountDir: string, handlers: FuseHandlers, options: { timeout: false }) => FuseNative

/** The C side of fuse-native. */
export interface FuseBinding {
  readonly sizeof_fuse_thread_t: number
  fuse_native_mount(mountDir: string, options: string, thread: Buffer, self: FuseNative, malloc: unknown, handlers: unknown, implemented: Uint32Array): void
  /** Answers a call with a code alone. */
  fuse_native_signal_access(call: Buffer, code: number): void
  fuse_native_unmount(mountDir: string, thread: Buffer): void
}

/** fuse-native, its C side, and the memory of this process, where that can be opened. */
export interface LoadedFuse {
  readonly Fuse: FuseNativeClass
  readonly binding: FuseBinding
  readonly memory: OwnMemory | undefined
}

/** RTLD_NODELETE: the library stays loaded although the loader finds no Node add-on in it. */
const NEVER_UNLOAD = 0x1000

/** The copy that this package brings; a source tree and a bundle have fuse-native under its name. */
const carried = join(import.meta.dirname, '../fuse-native/index.js')

let loaded: LoadedFuse | undefined

/** Loads it once. Throws FsError ENOTSUP where it cannot be loaded. */
export function loadFuse(): LoadedFuse {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  try {
    const path = existsSync(carried) ? carried : require.resolve('fuse-native')
    preloadBundledLibrary(dirname(path))
    const Fuse = require(path) as FuseNativeClass
    const binding = (createRequire(path)('node-gyp-build') as (folder: string) => FuseBinding)(dirname(path))
    loaded = { Fuse, binding, memory: OwnMemory.open() }
    return loaded
  } catch (cause) {
    throw new FsError('ENOTSUP', 'FUSE cannot be loaded on this machine; install libfuse2, or start with --no-fuse to serve without a mount', { cause })
  }
}

/** The add-on needs libfuse.so.2 and does not look for the copy that it is shipped with, so that is loaded before it. */
function preloadBundledLibrary(folder: string): void {
  const library = join(folder, 'prebuilds', `${process.platform}-${process.arch}`, 'libfuse.so')
  if (!existsSync(library)) return
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL | NEVER_UNLOAD)
  } catch (error) {
    // The library is loaded all the same: the complaint is that it does not register as an add-on.
    if (!(error instanceof Error) || !error.message.includes('self-register')) throw error
  }
}

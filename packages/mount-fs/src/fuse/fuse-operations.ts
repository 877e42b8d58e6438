/** The callbacks of FUSE: each calls the file system once and answers once, in bounded time, whatever happens. */
import { constants } from 'node:fs'

import type { Attributes, DirectoryEntry } from '../attributes.js'
import { FsError } from '../errors.js'
import type { FileSystem } from '../file-system.js'
import { components } from '../path-names.js'
import type { TimeChange } from '../volume.js'
import { toErrno } from './errno.js'
import type { Reply } from './load-fuse.js'
import type { NativeStat, OperationHandlers } from './native-calls.js'
import { isOwner, type Ownership, permissionsOf } from './ownership.js'

/** What the callbacks need. */
export interface FuseOperationsOptions {
  readonly fileSystem: FileSystem
  /** Names of the root directory that the kernel is being told to forget. */
  readonly forgetting: Pick<ReadonlySet<string>, 'has'>
  /** What the kernel is being told to move: from which name of the root directory, to which, and what happens then. */
  readonly moving: ReadonlyMap<string, { readonly to: string; readonly moved: () => void }>
  /** The longest time until an operation is answered, in milliseconds; a caller waits uninterruptibly until then. */
  readonly deadlineMs: number
  /** Whether a lookup only proves which process is asked; there is no such file. */
  readonly isProof: (path: string) => boolean
  readonly ownership: Ownership
  /** Called for each failure, expected ones too. */
  readonly onFailure: (failure: { operation: string; path: string; error: FsError }) => void
}

/** What chmod can set: permissions, set-id bits and the sticky bit. */
const MODE_BITS = 0o7777

/** The handlers for fuse-native. */
export function createFuseOperations({ fileSystem: fs, forgetting, moving, deadlineMs, isProof, ownership, onFailure }: FuseOperationsOptions): OperationHandlers {
  const toStat = (path: string, { kind, sizeBytes, mode, modifiedMs, modifiedNs = 0, accessed = { ms: modifiedMs, ns: modifiedNs } }: Attributes): NativeStat => ({
    ...permissionsOf(path, { kind, mode }, ownership),
    size: sizeBytes,
    blocks: Math.ceil(sizeBytes / 512),
    blksize: 131_072,
    nlink: kind === 'directory' ? 2 : 1,
    mtime: modifiedMs,
    atime: accessed.ms,
    ctime: modifiedMs,
    modified: { ms: modifiedMs, ns: modifiedNs },
    accessed,
  })

  function answer<T>(operation: string, path: string, reply: Reply, work: () => Promise<T>, results: (value: T) => unknown[] = () => [0]): void {
    let isAnswered = false
    const answerOnce = (...values: unknown[]) => {
      if (isAnswered) return
      isAnswered = true
      clearTimeout(timer)
      reply(...(values as [number, ...unknown[]]))
    }
    const fail = (thrown: unknown) => {
      const error = FsError.from(thrown)
      if (!isAnswered) onFailure({ operation, path, error })
      answerOnce(toErrno(error.code))
    }
    const timer = setTimeout(() => fail(new FsError('ETIMEDOUT', `${path}: ${operation} took longer than ${deadlineMs / 1000} s`)), deadlineMs)
    try {
      work().then(value => {
        if (isAnswered) return
        try {
          answerOnce(...results(value))
        } catch (thrown) {
          fail(thrown)
        }
      }, fail)
    } catch (thrown) {
      fail(thrown)
    }
  }

  /**
   * The kernel takes only the kind of a file from a listing. fuse-native turns each element into an array of its own with
   * `map`, which would be 300 bytes for each name; here it gets one for each kind.
   */
  const statsByKind = (entries: readonly DirectoryEntry[]) => ({
    map: (toArray: (stat: ReturnType<typeof toStat>) => unknown) => {
      const of = (kind: Attributes['kind']) => toArray(toStat('', { kind, sizeBytes: 0, mode: undefined, modifiedMs: 0 }))
      const arrays = { file: of('file'), directory: of('directory'), link: of('link') }
      return [arrays.directory, arrays.directory, ...entries.map(({ attributes }) => arrays[attributes.kind])]
    },
  })

  const getattr = (path: string, reply: Reply) => {
    if (isProof(path)) reply(toErrno('ENOENT'))
    else answer('getattr', path, reply, () => fs.stat(path), attributes => [0, toStat(path, attributes)])
  }
  const change = (operation: string) => (path: string, work: () => Promise<void>, reply: Reply) => answer(operation, path, reply, work)

  return {
    getattr,
    readdir: (path: string, reply: Reply) =>
      answer('readdir', path, reply, () => fs.readdir(path), entries => [0, ['.', '..', ...entries.map(({ name }) => name)], statsByKind(entries)]),
    open: (path: string, flags: number, reply: Reply) =>
      answer('open', path, reply, () => fs.open(path, { write: (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0 }), handle => [0, handle]),
    create: (path: string, mode: number, reply: Reply) => answer('create', path, reply, () => fs.create(path, mode & MODE_BITS), handle => [0, handle]),
    // The kernel's buffer is touched only in the moment of the answer: it is gone after a deadline has answered.
    read: (path: string, handle: number, buffer: Buffer, length: number, offset: number, reply: Reply) =>
      answer('read', path, reply, () => fs.borrow(handle, offset, length), bytes => {
        buffer.set(bytes)
        return [bytes.byteLength]
      }),
    write: (path: string, handle: number, buffer: Buffer, length: number, offset: number, reply: Reply) => {
      const bytes = Buffer.from(buffer.subarray(0, length))
      answer('write', path, reply, () => fs.write(handle, offset, bytes), () => [length])
    },
    // No flush: writes are done when they are answered, and without a handler the kernel saves a message for each close.
    fsync: (path: string, _isData: boolean, handle: number, reply: Reply) => answer('fsync', path, reply, () => fs.sync(handle)),
    fsyncdir: (path: string, _isData: boolean, _handle: number, reply: Reply) => answer('fsyncdir', path, reply, () => fs.syncDirectory(path)),
    release: (path: string, handle: number, reply: Reply) => answer('release', path, reply, () => fs.release(handle)),
    truncate: (path: string, size: number, reply: Reply) => change('truncate')(path, () => fs.truncate(path, size), reply),
    ftruncate: (path: string, handle: number, size: number, reply: Reply) => change('ftruncate')(path, () => fs.truncateHandle(handle, size), reply),
    chmod: (path: string, mode: number, reply: Reply) => change('chmod')(path, () => fs.change(path, { mode: mode & MODE_BITS }), reply),
    chown: (path: string, uid: number, gid: number, reply: Reply) =>
      change('chown')(path, async () => {
        await fs.change(path, {})
        if (!isOwner(ownership, uid, gid)) throw new FsError('EPERM', `${path}: all files belong to user ${ownership.uid} and group ${ownership.gid}; --uid and --gid say to whom`)
      }, reply),
    utimens: (path: string, times: TimeChange, reply: Reply) => change('utimens')(path, () => fs.change(path, times), reply),
    mkdir: (path: string, mode: number, reply: Reply) => change('mkdir')(path, () => fs.mkdir(path, mode & MODE_BITS), reply),
    rmdir: (path: string, reply: Reply) => {
      const [name, below] = components(path)
      if (name !== undefined && below === undefined && forgetting.has(name)) reply(0)
      else change('rmdir')(path, () => fs.rmdir(path), reply)
    },
    unlink: (path: string, reply: Reply) => change('unlink')(path, () => fs.unlink(path), reply),
    rename: (from: string, to: string, reply: Reply) => {
      const move = moving.get(from)
      if (move?.to === to) {
        move.moved()
        reply(0)
      } else change('rename')(from, () => fs.rename(from, to), reply)
    },
    link: (from: string, to: string, reply: Reply) => change('link')(from, () => fs.link(from, to), reply),
    symlink: (target: string, path: string, reply: Reply) => change('symlink')(path, () => fs.symlink(target, path), reply),
    readlink: (path: string, reply: Reply) => answer('readlink', path, reply, () => fs.readlink(path), target => [0, target]),
    mknod: (path: string, mode: number, _device: number, reply: Reply) =>
      change('mknod')(path, () => makeNode(fs, path, mode), reply),
    statfs: (_path: string, reply: Reply) => reply(0, { bsize: 131_072, frsize: 4096, blocks: 1 << 30, bfree: 1 << 29, bavail: 1 << 29, files: 1 << 30, ffree: 1 << 29, favail: 1 << 29, namemax: 255 }),
    // Extended attributes: there are none. fuse-native must not be given a list, which it writes past the buffer.
    getxattr: (_path: string, _name: string, _position: number, reply: Reply) => reply(toErrno('ENODATA')),
    listxattr: (_path: string, reply: Reply) => reply(0),
    setxattr: (path: string, _name: string, _value: Buffer, _position: number, _flags: number, reply: Reply) =>
      change('setxattr')(path, () => Promise.reject(new FsError(isWritable(fs, path) ? 'ENOTSUP' : 'EROFS', `${path}: pachd keeps no extended attributes`)), reply),
    removexattr: (_path: string, _name: string, reply: Reply) => reply(toErrno('ENOTSUP')),
  }
}

function isWritable(fs: FileSystem, path: string): boolean {
  try {
    return fs.isWritable(path)
  } catch {
    return false
  }
}

async function makeNode(fs: FileSystem, path: string, mode: number): Promise<void> {
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new FsError(isWritable(fs, path) ? 'EPERM' : 'EROFS', `${path}: pachd keeps regular files only`)
  await fs.release(await fs.create(path, mode & MODE_BITS))
}

/** The file system below the mount directory: paths and open files, without a kernel. Throws FsError. */
import { type Attributes, type DirectoryEntry, directoryAttributes } from './attributes.js'
import { FsError } from './errors.js'
import { MountTable } from './mount-table.js'
import type { MountedBranch } from './mounted-branch.js'
import { cleanPath, components, hasLongName, MAX_NAME_BYTES } from './path-names.js'
import type { NameCache } from './name-cache.js'
import { type EntryPage, pageOf, type PageQuery, sortedNames } from './reading/sorted-names.js'
import { RetiredVolumes } from './retired-volumes.js'
import type { AttributeChange, FileState, OpenFile, RenameOptions, Volume } from './volume.js'

interface Handle {
  readonly file: OpenFile
  readonly volume: Volume
}

/** A path in a volume: asked by it, a mount that moves to another commit meanwhile answers from the one that it showed before. */
export interface Place {
  readonly volume: Volume
  /** Clean and absolute below the volume. */
  readonly path: string
  /** How messages call it. */
  readonly shownAs: string
}

/** Paths are absolute below the mount directory; every method rejects with FsError, and handles are numbers. */
export class FileSystem {
  readonly mounts = new MountTable()
  readonly #handles = new Map<number, Handle>()
  readonly #caches = new Set<NameCache>()
  readonly #retired = new RetiredVolumes({ mounts: this.mounts, caches: this.#caches, isOpen: volume => this.#isOpen(volume) })
  #lastHandle = 0

  /** How many files are open. */
  get openCount(): number {
    return this.#handles.size
  }

  /** Tells `cache` about removed mounts from now on; the function that comes back ends that. */
  addNameCache(cache: NameCache): () => void {
    this.#caches.add(cache)
    return () => this.#caches.delete(cache)
  }

  /** Resolves when no cache shows what stood under `name`. Files of it that are open stay open. */
  async forgetName(name: string): Promise<void> {
    const volume = this.mounts.get(name)?.volume
    if (volume && this.#isOpen(volume)) await this.#retired.replace(name, volume, () => undefined)
    else await this.#retired.forget(name)
  }

  /**
   * Shows `mount` in the place of the mount of its name, in one step: files that are open stay what they are, and programs
   * that open one from then on get the new one. Of the previous ones those without open files are let go.
   */
  async replaceMount(mount: MountedBranch): Promise<void> {
    const before = this.mounts.get(mount.name)
    if (!before) throw new FsError('ENOENT', `nothing is mounted at '${mount.name}'`)
    await this.#retired.replace(mount.name, before.volume, () => this.mounts.replace(mount))
    await this.#retired.dropClosed(volume => volume !== before.volume)
  }

  /**
   * Takes a mount away: its name and all below it are gone, and nothing of it can be opened or written. Files of it that
   * are open can be read to their end, as a deleted file on a disk. A name that is not mounted is left alone.
   */
  async removeMount(name: string): Promise<void> {
    const volume = this.mounts.get(name)?.volume
    if (!volume) return
    await this.#retired.end(name, volume, () => this.mounts.remove(name))
    await this.#retired.dropClosed()
  }

  /** What shows the path now. ENOENT when nothing is mounted there, EISDIR for the mount directory itself. */
  locate(path: string): Place {
    const place = this.#find(path)
    if (place === 'root') throw new FsError('EISDIR', '/: is the mount directory')
    return place
  }

  /** The attributes of a path. ENOENT when there is nothing. */
  async stat(path: string | Place): Promise<Attributes> {
    const place = this.#find(path)
    if (place === 'root') return directoryAttributes(this.mounts.modifiedMs)
    return translated(async () => found(await place.volume.find(place.path), path))
  }

  /** The names in a directory, with attributes. */
  async readdir(path: string): Promise<DirectoryEntry[]> {
    const place = this.#find(path)
    if (place !== 'root' && this.#retired.isEnded(place.volume)) throw new FsError('ENOENT', `${path}: its mount has ended`)
    if (place === 'root') return this.mounts.listedNames().map(name => ({ name, attributes: directoryAttributes(this.mounts.modifiedMs) }))
    return translated(async () => {
      const { kind } = found(await place.volume.find(place.path), path)
      if (kind !== 'directory') throw new FsError('ENOTDIR', `${path}: not a directory`)
      return place.volume.list(place.path)
    })
  }

  /** Some of the names in a directory, in their order, with attributes. */
  async readPage(path: string | Place, query: PageQuery): Promise<EntryPage> {
    const place = this.#find(path)
    if (place === 'root') return pageOf(sortedNames(this.mounts.listedNames(), () => directoryAttributes(this.mounts.modifiedMs)), query)
    return translated(async () => {
      const { kind } = found(await place.volume.find(place.path), path)
      if (kind !== 'directory') throw new FsError('ENOTDIR', `${nameOf(path)}: not a directory`)
      return place.volume.page(place.path, query)
    })
  }

  /** Opens a file; the handle is the caller's to release. */
  async open(path: string | Place, { write = false } = {}): Promise<number> {
    return this.#opened(this.#fileAt(path), place => place.volume.open(place.path, { write }))
  }

  /** Makes an empty file and opens it for writing. Without `mode` it has that of files in a commit. */
  async create(path: string, mode?: number): Promise<number> {
    const place = this.#isRootOrMount(path) ? this.#fileAt(path) : this.#placeToChange(path)
    return this.#opened(place, ({ volume, path: below }) => volume.create(below, mode))
  }

  /** Up to `length` bytes at `offset`; fewer only at the end of the file. The bytes must not be changed. */
  read(handle: number, offset: number, length: number): Promise<Uint8Array> {
    return this.#withHandle(handle, file => file.read(offset, length))
  }

  /** The same without a copy: the bytes are good until whoever awaits this has let other work run. */
  borrow(handle: number, offset: number, length: number): Promise<Uint8Array> {
    return this.#withHandle(handle, file => file.borrow?.(offset, length) ?? file.read(offset, length))
  }

  /** What an open file is now: its attributes, and a text that is another one after each change of the content. EBADF when it is not open. */
  describe(handle: number): FileState {
    return this.#file(handle).describe()
  }

  /** Writes all bytes. */
  async write(handle: number, offset: number, bytes: Uint8Array): Promise<void> {
    this.#refuseEnded(handle)
    return this.#withHandle(handle, file => file.write(offset, bytes))
  }

  /** Cuts or extends an open file. */
  async truncateHandle(handle: number, sizeBytes: number): Promise<void> {
    this.#refuseEnded(handle)
    return this.#withHandle(handle, file => file.truncate(sizeBytes))
  }

  /** Makes what was written to the handle safe against a crash. */
  sync(handle: number): Promise<void> {
    return this.#withHandle(handle, file => file.sync())
  }

  /** Makes names in a directory safe against a crash. */
  async syncDirectory(path: string): Promise<void> {
    const place = this.#find(path)
    if (place !== 'root') await translated(async () => place.volume.sync?.())
  }

  /** Closes a handle; one that is not open is left alone. */
  async release(handle: number): Promise<void> {
    const open = this.#handles.get(handle)
    if (!open) return
    this.#handles.delete(handle)
    try {
      await translated(() => open.file.close())
    } finally {
      // Not awaited: the kernel asks for a name to be forgotten only after this is answered.
      if (!this.#isOpen(open.volume)) void this.#retired.dropClosed()
    }
  }

  async truncate(path: string, sizeBytes: number): Promise<void> {
    const { volume, path: below } = this.#fileAt(path)
    await translated(() => volume.truncate(below, sizeBytes))
  }

  /** Changes mode or time. */
  change(path: string, change: AttributeChange): Promise<void> {
    const [name = '', below] = components(path)
    const volume = below === undefined ? this.mounts.lookUp(name) : undefined
    // Programs that copy trees set mode and time of the directory that they copy into.
    if (volume?.isWritable) return translated(() => volume.change('/', change))
    return this.#changed(path, place => place.volume.change(place.path, change))
  }

  /** Makes an empty directory. Without `mode` it has that of directories in a commit. */
  async mkdir(path: string, mode?: number): Promise<void> {
    if (this.#isRootOrMount(path)) throw new FsError('EEXIST', `${cleanPath(path)}: already exists`)
    await this.#changed(path, place => place.volume.makeDirectory(place.path, mode))
  }

  rmdir(path: string): Promise<void> {
    return this.#changed(path, place => place.volume.removeDirectory(place.path))
  }

  unlink(path: string): Promise<void> {
    return this.#changed(path, place => place.volume.remove(place.path))
  }

  symlink(target: string, path: string): Promise<void> {
    return this.#changed(path, place => place.volume.makeSymbolicLink(target, place.path))
  }

  async readlink(path: string): Promise<string> {
    const place = this.#find(path)
    if (place === 'root') throw new FsError('EINVAL', '/: not a symbolic link')
    return translated(() => place.volume.readSymbolicLink(place.path))
  }

  /** EXDEV between two mounts: programs such as mv then copy. EEXIST where something is at `to` that is not to be replaced. */
  rename(from: string, to: string, options: RenameOptions = {}): Promise<void> {
    return this.#changedTogether(from, to, (volume, source, target) => volume.rename(source, target, options))
  }

  /** EXDEV between two mounts. */
  link(from: string, to: string): Promise<void> {
    return this.#changedTogether(from, to, (volume, source, target) => volume.link(source, target))
  }

  /** Whether the path lies where changes are possible. */
  isWritable(path: string): boolean {
    const place = this.#find(path)
    return place !== 'root' && place.volume.isWritable
  }

  #isOpen(volume: Volume): boolean {
    for (const handle of this.#handles.values()) if (handle.volume === volume) return true
    return false
  }

  #find(path: string | Place): Place | 'root' {
    if (typeof path !== 'string') return path
    const [name, ...rest] = components(path)
    if (name === undefined) return 'root'
    const volume = this.mounts.lookUp(name)
    if (!volume) throw missing(path, `nothing is mounted at "${name}"`)
    return { volume, path: `/${rest.join('/')}`, shownAs: cleanPath(path) }
  }

  async #opened(place: Place, open: (place: Place) => Promise<OpenFile>): Promise<number> {
    const file = await translated(() => open(place))
    if (this.#retired.isEnded(place.volume)) {
      await translated(() => file.close())
      throw new FsError('ENOENT', `${nameOf(place)}: its mount has ended`)
    }
    // Handles are 32 bits wide on their way through the kernel.
    do this.#lastHandle = (this.#lastHandle % 0x7fff_ffff) + 1
    while (this.#handles.has(this.#lastHandle))
    this.#handles.set(this.#lastHandle, { file, volume: place.volume })
    return this.#lastHandle
  }

  async #withHandle<T>(handle: number, use: (file: OpenFile) => Promise<T>): Promise<T> {
    const file = this.#file(handle)
    return translated(() => use(file))
  }

  /** What is written to a mount that has ended would be in no commit. */
  #refuseEnded(handle: number): void {
    const volume = this.#handles.get(handle)?.volume
    if (volume && this.#retired.isEnded(volume)) throw new FsError('ESTALE', 'the mount of this file has ended, so it can only be read')
  }

  #file(handle: number): OpenFile {
    const file = this.#handles.get(handle)?.file
    if (!file) throw new FsError('EBADF', `handle ${handle} is not open`)
    return file
  }

  async #changed(path: string, change: (place: Place) => Promise<void>): Promise<void> {
    const place = this.#placeToChange(path)
    await translated(() => change(place))
  }

  async #changedTogether(from: string, to: string, change: (volume: Volume, from: string, to: string) => Promise<void>): Promise<void> {
    const [source, target] = [this.#placeToChange(from), this.#placeToChange(to)]
    if (!source.volume.isWritable || !target.volume.isWritable) throw new FsError('EROFS', `${from} to ${to}: both have to be in mounts with mode "rw"`)
    if (source.volume !== target.volume) throw new FsError('EXDEV', `${from} and ${to} are in different mounts`)
    await translated(() => change(source.volume, source.path, target.path))
  }

  #isRootOrMount(path: string): boolean {
    const [name, below] = components(path)
    return below === undefined && (name === undefined || this.mounts.lookUp(name) !== undefined)
  }

  /** Where a file can be: EISDIR for the mount directory and for a mount, ENOENT below a name that nothing is mounted at. */
  #fileAt(path: string | Place): Place {
    const place = this.#find(path)
    if (place === 'root' || place.path === '/') throw new FsError('EISDIR', `${nameOf(path)}: is a directory`)
    return place
  }

  /** Only the mount table adds and removes names of the root directory: changing them is EROFS. */
  #placeToChange(path: string): Place {
    const [name, below] = components(path)
    if (name === undefined) throw new FsError('EROFS', 'the mount directory itself cannot be changed')
    if (below === undefined) throw new FsError('EROFS', `${cleanPath(path)}: only mounts stand here; write inside one with mode "rw"`)
    return this.#fileAt(path)
  }
}

function found(attributes: Attributes | undefined, path: string | Place): Attributes {
  if (!attributes) throw missing(nameOf(path), 'no such file or directory')
  return attributes
}

/** Nothing is at the path; where a name is too long, nothing can be made there either. */
function missing(path: string, what: string): FsError {
  return hasLongName(path) ? new FsError('ENAMETOOLONG', `${path}: a name has up to ${MAX_NAME_BYTES} bytes`) : new FsError('ENOENT', `${path}: ${what}`)
}

/** How messages call it. */
function nameOf(path: string | Place): string {
  return typeof path === 'string' ? cleanPath(path) : path.shownAs
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw FsError.from(thrown)
  }
}

/** The root directory of the mount: which name shows which branch, and the scratch directory "out" of a datum. */
import { FsError } from './errors.js'
import type { MountedBranch } from './mounted-branch.js'
import { MAX_NAME_BYTES } from './path-names.js'
import type { Volume } from './volume.js'

/** The name of the scratch directory. */
export const SCRATCH_NAME = 'out'

/** No UTF-8 says it: all such names would be one to the kernel. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Names and what they show. A row is added and removed in one step. */
export class MountTable {
  readonly #mounts = new Map<string, MountedBranch>()
  /** Volumes that stood under a name before, for those who have files of them open. */
  readonly #retired = new Map<string, Volume>()
  #scratch: { readonly volume: Volume; isListed: boolean } | undefined
  #modifiedMs = Date.now()

  /** When a row was last added or removed. */
  get modifiedMs(): number {
    return this.#modifiedMs
  }

  /** The mounts, by name. */
  list(): MountedBranch[] {
    return [...this.#mounts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The mount of that name; undefined when there is none. */
  get(name: string): MountedBranch | undefined {
    return this.#mounts.get(name)
  }

  /** Throws FsError EINVAL for a name that no directory can have, and EEXIST for one in use. */
  add(mount: MountedBranch): void {
    checkMountName(mount.name)
    if (this.#mounts.has(mount.name)) throw new FsError('EEXIST', `mount at '${mount.name}' already in use`)
    this.#mounts.set(mount.name, mount)
    this.#modifiedMs = Date.now()
  }

  /** Takes the row away; its volume is the caller's. Undefined when there was none. */
  remove(name: string): MountedBranch | undefined {
    const mount = this.#mounts.get(name)
    if (this.#mounts.delete(name)) this.#modifiedMs = Date.now()
    return mount
  }

  /** Puts `mount` in the place of the row of its name, whose volume is the caller's. */
  replace(mount: MountedBranch): void {
    if (!this.#mounts.has(mount.name)) throw new FsError('ENOENT', `nothing is mounted at '${mount.name}'`)
    this.#mounts.set(mount.name, mount)
    this.#modifiedMs = Date.now()
  }

  /** Whether a row shows this volume. */
  shows(volume: Volume): boolean {
    for (const mount of this.#mounts.values()) if (mount.volume === volume) return true
    return false
  }

  /** Makes a volume reachable under a name that listings do not show. */
  addRetired(retiredName: string, volume: Volume): void {
    this.#retired.set(retiredName, volume)
  }

  /** Lets go of a retired volume. */
  dropRetired(retiredName: string): void {
    this.#retired.delete(retiredName)
  }

  /** Puts a fresh scratch directory in place of the one before; undefined for none. */
  setScratch(volume: Volume | undefined): void {
    this.#scratch = volume && { volume, isListed: false }
    this.#modifiedMs = Date.now()
  }

  /**
   * The volume under a name. Looking anything up makes the scratch directory appear in listings: programs that count
   * the inputs of a datum do not see it, and programs that want to write find it.
   */
  lookUp(name: string): Volume | undefined {
    if (this.#scratch) this.#scratch.isListed = true
    return this.#mounts.get(name)?.volume ?? (name === SCRATCH_NAME ? this.#scratch?.volume : this.#retired.get(name))
  }

  /** What a listing of the root directory shows. */
  listedNames(): string[] {
    const names = [...this.#mounts.keys()]
    if (this.#scratch?.isListed && !this.#mounts.has(SCRATCH_NAME)) names.push(SCRATCH_NAME)
    return names.sort()
  }
}

/** Throws FsError EINVAL when no directory can have this name. */
export function checkMountName(name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0') || LONE_SURROGATE.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new FsError('EINVAL', `"${name}" cannot be the name of a mount; use up to ${MAX_NAME_BYTES} bytes without a slash`)
  }
}

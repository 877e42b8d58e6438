/** The mount in the kernel, where there is one: made when a cluster is connected, ended with the server. */
import { type FileSystem, FsError, type FuseSession, isOurMount, isSameMount, type MountPoint, mountFuse, mountPointAt, type Ownership } from '@jupyterlab-pachyderm/mount-fs'
import type { Logger } from 'pino'

/** How it is with the mount. */
export type KernelMountState = { readonly state: 'off' } | { readonly state: 'unmounted' } | { readonly state: 'mounting' } | { readonly state: 'mounted' } | { readonly state: 'failed'; readonly reason: string }

/** What it is made of. */
export interface KernelMountOptions {
  readonly fileSystem: FileSystem
  /** Absolute. */
  readonly mountDir: string
  readonly allowOther: boolean
  /** As whom files appear. */
  readonly ownership?: Partial<Ownership>
  /** False where there shall be no mount. */
  readonly enabled: boolean
  /** Told of each operation that failed in a way nobody expects. */
  readonly onFailure?: (operation: string, code: string) => void
  readonly logger: Logger
}

/** Programs look for files that are not there all the time. */
const expected: ReadonlySet<string> = new Set(['ENOENT', 'ENODATA', 'EROFS', 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR', 'EXDEV', 'ENOTSUP'])

/** The one mount of the server. */
export class KernelMount {
  readonly #options: KernelMountOptions
  #session: Promise<FuseSession> | undefined
  #mountPoint: MountPoint | undefined
  /** What the directory showed before the first mount. */
  #covered: MountPoint | undefined
  #isEnded = false
  #state: KernelMountState

  constructor(options: KernelMountOptions) {
    this.#options = options
    this.#state = { state: options.enabled ? 'unmounted' : 'off' }
  }

  /** How it is at this moment. */
  get state(): KernelMountState {
    return this.#state
  }

  /** The mount in the kernel's table; undefined while there is none. */
  get mountPoint(): MountPoint | undefined {
    return this.#state.state === 'mounted' ? this.#mountPoint : undefined
  }

  /** Where it is, absolute. */
  get mountDir(): string {
    return this.#options.mountDir
  }

  /** Mounts unless it is mounted already. Throws FsError when the directory or FUSE cannot be used. */
  async mount(): Promise<void> {
    if (!this.#options.enabled) return
    const { fileSystem, mountDir, allowOther, ownership = {}, logger } = this.#options
    if (!this.#session) {
      this.#state = { state: 'mounting' }
      this.#session = mountFuse(fileSystem, { mountDir, allowOther, ownership, onFailure: failure => this.#report(failure) })
    }
    let notices: readonly string[]
    try {
      const session = await this.#session
      this.#mountPoint = session.mountPoint
      this.#covered = session.covered
      notices = session.notices
    } catch (error) {
      this.#state = { state: 'failed', reason: error instanceof Error ? error.message : String(error) }
      throw error
    }
    if (this.#state.state === 'mounted') return
    this.#state = { state: 'mounted' }
    logger.info({ mountDir }, 'mounted')
    for (const notice of notices) logger.warn(notice)
  }

  /** Ends the mount for good; unmounting twice is fine. */
  async unmount(): Promise<void> {
    this.#isEnded = true
    await this.#endSession()
    if (this.#options.enabled) this.#state = { state: 'unmounted' }
  }

  /** The mount is gone, though nothing in this server has ended it. */
  noteLost(reason: string): void {
    if (this.#state.state !== 'unmounted') this.#state = { state: 'failed', reason }
  }

  /**
   * Mounts again after the mount was lost. Resolves to false when that is not wanted any more. Throws FsError when the
   * directory or FUSE cannot be used, and EBUSY when the directory shows another mount now.
   */
  async restore(): Promise<boolean> {
    await this.#endSession().catch((err: unknown) => this.#options.logger.warn({ err }, 'could not end the previous mount'))
    const { mountDir } = this.#options
    const present = await mountPointAt(mountDir)
    if (present && !isOurMount(present) && !(this.#covered && isSameMount(this.#covered, present))) {
      throw new FsError('EBUSY', `${mountDir} shows another mount now (${present.source}, ${present.type}); unmount that first`)
    }
    if (this.#isEnded) return false
    await this.mount()
    if (!this.#isOver()) return true
    await this.#endSession()
    return false
  }

  #isOver(): boolean {
    return this.#isEnded
  }

  async #endSession(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await (await session?.catch(() => undefined))?.unmount()
  }

  #report({ operation, path, error }: { operation: string; path: string; error: FsError }): void {
    const { logger, onFailure } = this.#options
    if (expected.has(error.code)) {
      logger.debug({ operation, path, code: error.code }, error.message)
      return
    }
    onFailure?.(operation, error.code)
    logger.warn({ operation, path, code: error.code, err: error.cause }, error.message)
  }
}

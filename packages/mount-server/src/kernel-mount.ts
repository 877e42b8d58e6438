/** The mount in the kernel, where there is one: made when a cluster is connected, ended with the server. */
import { type FileSystem, type FsError, type FuseSession, mountFuse } from '@jupyterlab-pachyderm/mount-fs'
import type { Logger } from 'pino'

/** How it is with the mount. */
export type KernelMountState = { readonly state: 'off' } | { readonly state: 'unmounted' } | { readonly state: 'mounting' } | { readonly state: 'mounted' } | { readonly state: 'failed'; readonly reason: string }

/** What it is made of. */
export interface KernelMountOptions {
  readonly fileSystem: FileSystem
  /** Absolute. */
  readonly mountDir: string
  readonly allowOther: boolean
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
  #state: KernelMountState

  constructor(options: KernelMountOptions) {
    this.#options = options
    this.#state = { state: options.enabled ? 'unmounted' : 'off' }
  }

  /** How it is at this moment. */
  get state(): KernelMountState {
    return this.#state
  }

  /** Where it is, absolute. */
  get mountDir(): string {
    return this.#options.mountDir
  }

  /** Mounts unless it is mounted already. Throws FsError when the directory or FUSE cannot be used. */
  async mount(): Promise<void> {
    if (!this.#options.enabled) return
    const { fileSystem, mountDir, allowOther, logger } = this.#options
    if (!this.#session) {
      this.#state = { state: 'mounting' }
      this.#session = mountFuse(fileSystem, { mountDir, allowOther, onFailure: failure => this.#report(failure) })
    }
    try {
      await this.#session
    } catch (error) {
      this.#state = { state: 'failed', reason: error instanceof Error ? error.message : String(error) }
      throw error
    }
    if (this.#state.state === 'mounted') return
    this.#state = { state: 'mounted' }
    logger.info({ mountDir }, 'mounted')
  }

  /** Ends the mount; unmounting twice is fine. */
  async unmount(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    if (this.#options.enabled) this.#state = { state: 'unmounted' }
    await (await session?.catch(() => undefined))?.unmount()
  }

  /** Somebody else has unmounted it. */
  noteGone(): void {
    if (this.#state.state === 'mounted') this.#state = { state: 'failed', reason: `${this.mountDir} was unmounted by somebody else; start the server again` }
  }

  /** Mounts again what somebody else has unmounted, or what does not answer any more. */
  async remount(): Promise<void> {
    await this.unmount().catch((err: unknown) => this.#options.logger.warn({ err }, 'the mount of before could not be ended'))
    await this.mount()
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

/** A process beside the server that notices when the mount does not answer, and frees those who wait for it. */
import type { OpenCommit } from '@jupyterlab-pachyderm/mount-fs'
import { type ChildProcess, fork } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'

import type { KernelMount } from '../kernel-mount.js'
import { MountRestorer, type RestorePace } from '../mount-restorer.js'
import type { FromWatchdog, ToWatchdog, WatchedPlace, WatchPace } from './messages.js'
import type { GuardedCommit } from './open-commits.js'

const DEFAULT_PACE: WatchPace = { intervalMs: 5000, stuckMs: 45_000, graceMs: 15_000 }

/** How it runs. */
export interface WatchdogOptions {
  readonly pace?: WatchPace
  readonly restorePace?: RestorePace
  /** Arguments of Node. Default: those of this process. */
  readonly execArgv?: readonly string[]
  /** LD_LIBRARY_PATH of this process, where Node itself needs it; nothing else of its environment is handed on. */
  readonly libraryPath?: string | undefined
  /** Starts the process when there is a commit to guard: for a server that makes no mount. */
  readonly isLazy?: boolean
}

/**
 * The watchdog of one mount. Its process is started before the mount is made, since it would inherit the connection to
 * the kernel, and a mount with a connection is never dead. It also guards commits that may be open. Its maker stops it.
 */
export class Watchdog {
  readonly #kernelMount: KernelMount
  readonly #logger: Logger
  readonly #restorer: MountRestorer
  /** Undefined when it may not be started any more. */
  #starting: (() => ChildProcess) | undefined
  #process: ChildProcess | undefined
  #isWatching = false

  constructor(kernelMount: KernelMount, logger: Logger, { pace = DEFAULT_PACE, restorePace, execArgv = process.execArgv, libraryPath, isLazy = false }: WatchdogOptions = {}) {
    this.#kernelMount = kernelMount
    this.#logger = logger
    this.#restorer = new MountRestorer(kernelMount, logger, { pace: restorePace, onRestored: () => this.watch() })
    this.#starting = () => this.#start({ mountDir: kernelMount.mountDir, pace }, execArgv, libraryPath)
    if (!isLazy) this.#process = this.#startOnce()
  }

  /** Whether the process has begun to look at the mount. */
  get isWatching(): boolean {
    return this.#isWatching
  }

  /** Watches the mount from now on, if there is one. */
  watch(): void {
    const { mountPoint } = this.#kernelMount
    if (mountPoint) this.#send({ type: 'watch', mountPoint })
  }

  /** Finishes this commit if the server dies before `release`. */
  guard(guarded: GuardedCommit): void {
    this.#process ??= this.#startOnce()
    this.#send({ type: 'commit-opens', guarded })
  }

  /** The commit is not open any more. */
  release({ mark = '' }: OpenCommit): void {
    this.#send({ type: 'commit-ends', mark })
  }

  /** Watches the mount no more, and leaves it as it is. */
  rest(): void {
    this.#restorer.stop()
    this.#send({ type: 'rest' })
  }

  /** Watches no more; commits that may be open are finished. Stopping twice is fine. */
  stop(): void {
    this.rest()
    this.#starting = undefined
    if (this.#process?.connected) this.#process.disconnect()
    this.#process = undefined
  }

  #startOnce(): ChildProcess | undefined {
    const start = this.#starting
    this.#starting = undefined
    return start?.()
  }

  #start(place: WatchedPlace, execArgv: readonly string[], libraryPath: string | undefined): ChildProcess {
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
    const program = fileURLToPath(new URL(`./watchdog-main${extension}`, import.meta.url))
    const child = fork(program, [JSON.stringify(place)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
      // Not that of the server, which may be in a mount that is to be taken away.
      cwd: dirname(program),
      env: libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath },
      execArgv: [...execArgv],
    })
    child.on('message', (message: FromWatchdog) => this.#heed(message))
    child.on('error', err => this.#logger.warn({ err }, 'the watchdog cannot run; the mount is not watched'))
    child.once('exit', code => {
      if (this.#process !== child) return
      this.#process = undefined
      this.#logger.warn({ code }, 'the watchdog has ended; the mount is not watched')
    })
    child.unref()
    child.channel?.unref()
    return child
  }

  #heed(message: FromWatchdog): void {
    const { mountDir } = this.#kernelMount
    this.#isWatching = message.type === 'watching'
    if (message.type === 'watching') return
    if (message.type === 'failed') {
      this.#logger.error({ mountDir, reason: message.reason }, 'the mount does not answer, and cannot be taken away')
      return
    }
    // The server itself has unmounted it.
    if (this.#kernelMount.state.state !== 'mounted') return
    if (message.type === 'gone') {
      this.#logger.warn({ mountDir }, 'the mount was unmounted from outside the server; it is mounted again')
      this.#restorer.lost(`${mountDir} was unmounted from outside the server`)
    } else {
      this.#logger.error({ mountDir, stuckMs: message.stuckMs }, 'the mount did not answer and was taken away; it is mounted again')
      this.#restorer.lost(`${mountDir} did not answer and was taken away`)
    }
  }

  #send(message: ToWatchdog): void {
    // A watchdog that dies in this moment says so itself.
    if (this.#process?.connected) this.#process.send(message, () => undefined)
  }
}

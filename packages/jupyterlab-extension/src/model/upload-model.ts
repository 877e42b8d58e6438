/** Files on their way into writable mounts, and those that wait for an answer because something stands in their place. */
import type { TranslationBundle } from '@jupyterlab/translation'

import { ApiError, reasonOf } from '../server/api-error.js'
import { Observable } from './observable.js'

/** A file to send. `path` begins with the name of the mount. */
export interface FileToSend {
  readonly path: string
  readonly content: Blob
}

/** How to send one. */
export interface SendOptions {
  /** Whether a file of that name is replaced; else the answer is ALREADY_EXISTS. */
  readonly replace: boolean
  /** Told how many bytes are sent. */
  readonly onProgress: (bytes: number) => void
  readonly signal: AbortSignal
}

/** Sends one file; rejects with ApiError, and with an AbortError when `signal` says stop. */
export type SendFile = (file: FileToSend, options: SendOptions) => Promise<void>

/** One file. `exists` waits for the user, `failed` says why in `reason`. */
export interface Upload extends FileToSend {
  readonly id: number
  readonly status: 'waiting' | 'sending' | 'sent' | 'exists' | 'failed'
  readonly sentBytes: number
  readonly reason: string
}

/** All files since nothing was left to do; `sentCount` counts those of all times that have arrived. */
export interface UploadState {
  readonly uploads: readonly Upload[]
  readonly sentCount: number
}

const AT_ONCE = 3

/** Sends some files at once, the others after them. */
export class UploadModel extends Observable<UploadState> {
  private nextId = 0
  private readonly stops = new Map<number, AbortController>()
  private readonly replacing = new Set<number>()

  constructor(
    private readonly sendFile: SendFile,
    private readonly trans: TranslationBundle,
  ) {
    super({ uploads: [], sentCount: 0 })
  }

  /** Sends files; what exists already is asked about. */
  add(files: readonly FileToSend[]): void {
    const added = files.map(file => ({ ...file, id: this.nextId++, status: 'waiting' as const, sentBytes: 0, reason: '' }))
    this.set({ uploads: [...this.state.uploads, ...added] })
    this.sendNext()
  }

  /** Sends those again that failed, and those in whose place something stands, which is replaced. */
  sendAgain(ids: readonly number[]): void {
    const again = new Set(ids)
    for (const { id, status } of this.state.uploads) if (again.has(id) && status === 'exists') this.replacing.add(id)
    this.change(({ id, status }) => again.has(id) && (status === 'exists' || status === 'failed'), { status: 'waiting', sentBytes: 0, reason: '' })
    this.sendNext()
  }

  /** Stops and forgets files; what has arrived stays. */
  drop(ids: readonly number[]): void {
    const dropped = new Set(ids)
    this.set({ uploads: this.state.uploads.filter(({ id }) => !dropped.has(id)) })
    for (const id of ids) this.stops.get(id)?.abort()
    this.forgetWhenDone()
    this.sendNext()
  }

  private sendNext(): void {
    const { uploads } = this.state
    const free = AT_ONCE - uploads.filter(({ status }) => status === 'sending').length
    for (const upload of uploads.filter(({ status }) => status === 'waiting').slice(0, Math.max(0, free))) void this.send(upload)
  }

  private async send({ id, path, content }: Upload): Promise<void> {
    const stop = new AbortController()
    this.stops.set(id, stop)
    this.change(upload => upload.id === id, { status: 'sending' })
    try {
      const onProgress = (sentBytes: number) => this.change(upload => upload.id === id, { sentBytes })
      await this.sendFile({ path, content }, { replace: this.replacing.has(id), onProgress, signal: stop.signal })
      this.change(upload => upload.id === id, { status: 'sent', sentBytes: content.size })
      this.set({ sentCount: this.state.sentCount + 1 })
    } catch (error) {
      const exists = error instanceof ApiError && error.code === 'ALREADY_EXISTS'
      this.change(upload => upload.id === id, { status: exists ? 'exists' : 'failed', reason: reasonOf(error) || this.trans.__('The connection broke off.') })
    }
    this.stops.delete(id)
    this.replacing.delete(id)
    this.forgetWhenDone()
    this.sendNext()
  }

  private forgetWhenDone(): void {
    if (this.state.uploads.every(({ status }) => status === 'sent')) this.set({ uploads: [] })
  }

  private change(isMeant: (upload: Upload) => boolean, part: Partial<Upload>): void {
    this.set({ uploads: this.state.uploads.map(upload => (isMeant(upload) ? { ...upload, ...part } : upload)) })
  }
}

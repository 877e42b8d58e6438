/** The directory that the Files section shows, and what of it has been listed. */
import { Signal, type ISignal } from '@lumino/signaling'

import { reasonOf } from '../server/api-error.js'

/** One file or directory of the mount. `path` is below the mount directory. */
export interface FileEntry {
  readonly name: string
  readonly path: string
  readonly kind: 'directory' | 'file' | 'notebook'
  readonly sizeBytes: number | undefined
  readonly modified: string
}

/** Some entries of a directory that has `total` of them. */
export interface FilePage {
  readonly entries: readonly FileEntry[]
  readonly total: number
}

/** What the section shows; `path` is empty when no mount is chosen. */
export type FilesState =
  | { readonly status: 'none' }
  | { readonly status: 'loading'; readonly path: string }
  | { readonly status: 'ready'; readonly path: string; readonly entries: readonly FileEntry[]; readonly total: number; readonly loadingMore: boolean }
  | { readonly status: 'failed'; readonly path: string; readonly reason: string }

const PAGE_ENTRIES = 500

/** Lists directories lazily. The last request wins; answers to earlier ones are dropped. */
export class FilesModel {
  private current: FilesState = { status: 'none' }
  private readonly signal = new Signal<this, undefined>(this)
  private request = 0

  constructor(private readonly listPage: (path: string, offset: number, number: number) => Promise<FilePage>) {}

  /** Emits when `state` is a new one. */
  get changed(): ISignal<this, undefined> {
    return this.signal
  }

  get state(): FilesState {
    return this.current
  }

  /** Shows a directory; `''` shows none. */
  async open(path: string): Promise<void> {
    const request = ++this.request
    if (path === '') {
      this.set({ status: 'none' })
      return
    }
    const shown = this.current.status === 'ready' && this.current.path === path
    if (!shown) this.set({ status: 'loading', path })
    await this.listInto(request, path, [])
  }

  /** Lists the shown directory again. */
  async refresh(): Promise<void> {
    if (this.current.status !== 'none') await this.open(this.current.path)
  }

  /** Lists the next page, if there is one that is not on its way. */
  async loadMore(): Promise<void> {
    const { current } = this
    if (current.status !== 'ready' || current.loadingMore || current.entries.length >= current.total) return
    this.set({ ...current, loadingMore: true })
    await this.listInto(++this.request, current.path, current.entries)
  }

  private async listInto(request: number, path: string, before: readonly FileEntry[]): Promise<void> {
    let next: FilesState
    try {
      const page = await this.listPage(path, before.length, PAGE_ENTRIES)
      next = { status: 'ready', path, entries: [...before, ...page.entries], total: page.total, loadingMore: false }
    } catch (error) {
      next = { status: 'failed', path, reason: reasonOf(error) }
    }
    if (request === this.request) this.set(next)
  }

  private set(state: FilesState): void {
    this.current = state
    this.signal.emit(undefined)
  }
}

/** The directory that the Files section shows, and what of it has been listed. */
import { reasonOf } from '../server/api-error.js'
import { Observable } from './observable.js'

/** One file or directory of the mount. `path` is below the mount directory. */
export interface FileEntry {
  readonly name: string
  readonly path: string
  readonly kind: 'directory' | 'file'
  readonly sizeBytes: number | undefined
  readonly modified: string
}

/** Which part of a directory to list. */
export interface FilePageQuery {
  /** Only names that contain this, in any case; empty for all. */
  readonly search: string
  /** The name behind which the page begins; undefined for the first. */
  readonly after: string | undefined
  /** At most this many entries. */
  readonly limit: number
  /** Whether the first names will do while the others are on their way. Default: no. */
  readonly partial?: boolean
}

/** Some entries of a directory of which `total` were found; undefined while the others are on their way. `next` is null on the last page. */
export interface FilePage {
  readonly entries: readonly FileEntry[]
  readonly total: number | undefined
  readonly next: string | null
  readonly isWritable: boolean
}

/** A directory as far as it is listed. */
export interface ListedFiles extends FilePage {
  readonly status: 'ready'
  readonly path: string
  readonly search: string
  readonly isLoadingMore: boolean
}

/** What the section shows. */
export type FilesState =
  | { readonly status: 'none' }
  | { readonly status: 'loading'; readonly path: string; readonly search: string }
  | ListedFiles
  | { readonly status: 'failed'; readonly path: string; readonly search: string; readonly reason: string }

const FIRST_PAGE_ENTRIES = 500
const MORE_ENTRIES = 5000
/** What one request may ask for. */
const MAX_ENTRIES = 10_000

/** Lists directories lazily. The last request wins; answers to earlier ones are dropped. */
export class FilesModel extends Observable<FilesState> {
  private request = 0

  constructor(private readonly listPage: (path: string, query: FilePageQuery) => Promise<FilePage>) {
    super({ status: 'none' })
  }

  /** Shows a directory, all of it; `''` shows none. */
  async open(path: string): Promise<void> {
    const request = ++this.request
    if (path === '') {
      this.replace({ status: 'none' })
      return
    }
    const isShown = this.state.status === 'ready' && this.state.path === path
    if (!isShown) this.replace({ status: 'loading', path, search: '' })
    await this.listInto(request, path, '')
  }

  /** Shows only the names of the directory that contain `search`. */
  async filter(search: string): Promise<void> {
    if (this.state.status === 'none') return
    const { path } = this.state
    if (this.state.status === 'ready') this.replace({ ...this.state, search })
    await this.listInto(++this.request, path, search)
  }

  /** Lists the shown directory again, as far as it was listed. */
  async refresh(): Promise<void> {
    if (this.state.status !== 'none') await this.listInto(++this.request, this.state.path, this.state.search)
  }

  /** Lists the next page, if there is one that is not on its way. */
  async loadMore(): Promise<void> {
    const { state } = this
    if (state.status !== 'ready' || state.isLoadingMore || state.next === null) return
    this.replace({ ...state, isLoadingMore: true })
    await this.listInto(++this.request, state.path, state.search, state)
  }

  private async listInto(request: number, path: string, search: string, before?: ListedFiles): Promise<void> {
    const listed = this.state.status === 'ready' && this.state.path === path ? this.state.entries.length : 0
    const limit = before ? MORE_ENTRIES : Math.min(MAX_ENTRIES, Math.max(FIRST_PAGE_ENTRIES, listed))
    const isNew = this.state.status === 'loading' && before === undefined
    try {
      const query = { search, after: before?.next ?? undefined, limit }
      const page = await this.listPage(path, { ...query, partial: isNew })
      if (request !== this.request) return
      this.replace({ ...page, status: 'ready', path, search, entries: [...(before?.entries ?? []), ...page.entries], isLoadingMore: page.total === undefined })
      if (page.total === undefined) await this.listInto(request, path, search)
    } catch (error) {
      if (request === this.request) this.replace({ status: 'failed', path, search, reason: reasonOf(error) })
    }
  }
}

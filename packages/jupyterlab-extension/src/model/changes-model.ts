/** What a writable mount has to commit, or what is new on a branch: a list of changed files, page by page. */
import { reasonOf } from '../server/api-error.js'
import { Observable } from './observable.js'

/** One changed file. `path` is below the mount; with a slash at the end a directory with all that is in it. */
export interface ChangedFile {
  readonly path: string
  readonly change: 'added' | 'changed' | 'deleted'
  readonly sizeBytes: number | null
  /** Why pachd will not take it; undefined when it will. */
  readonly refusal?: string | undefined
}

/** A page of them. `next` is null on the last one. */
export interface ChangesPage {
  readonly changes: readonly ChangedFile[]
  readonly next: string | null
  /** Paths that somebody else has changed, too. */
  readonly conflicts: readonly string[]
}

/** All that is listed. */
export interface ChangesState extends ChangesPage {
  readonly isLoading: boolean
  /** Why the last request failed. */
  readonly problem: string | undefined
}

/** Where the list comes from. Both reject with what is said to the user. */
export interface ChangesSource {
  readonly list: (after: string | undefined) => Promise<ChangesPage>
  /** Throws changes away: those of one path, or all. Undefined where nothing can be thrown away. */
  readonly discard?: (path: string | undefined) => Promise<void>
}

/** The list while it is shown. */
export class ChangesModel extends Observable<ChangesState> {
  constructor(private readonly source: ChangesSource) {
    super({ changes: [], next: null, conflicts: [], isLoading: false, problem: undefined })
  }

  /** Lists from the beginning. */
  async open(): Promise<void> {
    await this.listFrom([], undefined)
  }

  /** Lists the next page. */
  async loadMore(): Promise<void> {
    const { changes, next, isLoading } = this.state
    if (next !== null && !isLoading) await this.listFrom(changes, next)
  }

  /** Throws changes away: those of one path, or all; then lists what is left. */
  async discard(path?: string): Promise<void> {
    try {
      await this.source.discard?.(path)
    } catch (error) {
      this.set({ problem: reasonOf(error) })
      return
    }
    await this.open()
  }

  private async listFrom(before: readonly ChangedFile[], after: string | undefined): Promise<void> {
    this.set({ isLoading: true, problem: undefined })
    try {
      const page = await this.source.list(after)
      this.set({ ...page, changes: [...before, ...page.changes], isLoading: false })
    } catch (error) {
      this.set({ isLoading: false, problem: reasonOf(error) })
    }
  }
}

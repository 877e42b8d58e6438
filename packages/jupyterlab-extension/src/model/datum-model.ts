/** Datum mode: which input is tried, and which of its datums is shown. */
import type { DatumState as ServerDatums, FollowedEvent, MountEntry, MountServerClient, MountSpec, ShownDatum } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { stringify } from 'yaml'

import { ApiError, reasonOf } from '../server/api-error.js'
import type { MountModel } from './mount-model.js'
import { Observable } from './observable.js'
import { isUnordered, proposedInput } from './proposed-input.js'
import type { SpecProblem } from './spec-text.js'
import { readTriedInput } from './tried-input.js'

/** `index` counts from 0; `isComplete` when `count` counts all datums. */
export interface DatumPlace {
  readonly index: number
  readonly count: number
  readonly isComplete: boolean
}

/** What is under way. */
export type DatumWork = 'loading' | 'moving' | 'downloading' | 'clearing' | 'leaving'

/** What the tab shows. */
export interface DatumState {
  /** The user's text once it was edited. */
  readonly spec: string
  readonly specProblems: readonly SpecProblem[]
  readonly work: DatumWork | undefined
  readonly place: DatumPlace | undefined
  readonly problem: string | undefined
  /** Whether the datums come in the order of their ids, which says nothing to people. */
  readonly isUnordered: boolean
  /** What was written to /pfs/out for this datum: names at its top. */
  readonly output: readonly string[]
  /** Where the last download is, below Jupyter's root. */
  readonly downloadedTo: string | undefined
  /** The datum that was shown when mount-server ended; it can be gone on with. */
  readonly unfinished: number | undefined
}

/** What outlives the page. */
export interface DatumMemory {
  /** Empty while the user has written nothing. */
  readonly spec: string
  /** What comes back when the datums are left. */
  readonly mountedBefore: readonly MountSpec[]
  readonly index: number | undefined
}

/** What is done with the files of a datum; each rejects with ApiError. */
export interface DatumFiles {
  /** The names at the top of /pfs/out. */
  listOutput(): Promise<readonly string[]>
  /** Deletes what is in /pfs/out. */
  clearOutput(): Promise<void>
  /** Copies the datum and its output to Jupyter's disk; answers where it is, below Jupyter's root. */
  download(): Promise<string>
}

const NOTHING: DatumState = {
  spec: '', specProblems: [], work: undefined, place: undefined, problem: undefined, isUnordered: false, output: [], downloadedTo: undefined, unfinished: undefined,
}

/** Datums replace all mounts while they are shown; what was mounted comes back when they are left. */
export class DatumModel extends Observable<DatumState> {
  private edited = false
  private mountedBefore: readonly MountSpec[] = []

  constructor(
    private readonly client: MountServerClient,
    private readonly mounts: MountModel,
    private readonly files: DatumFiles,
    private readonly trans: TranslationBundle,
  ) {
    super(NOTHING)
    mounts.changed.connect(this.propose)
  }

  override dispose(): void {
    this.mounts.changed.disconnect(this.propose)
    super.dispose()
  }

  /** What to keep until the page is opened again. */
  get memory(): DatumMemory {
    const { spec, place, unfinished } = this.state
    return { spec: this.edited ? spec : '', mountedBefore: this.mountedBefore, index: place?.index ?? unfinished }
  }

  /** Goes on from what a page before this one kept. What was edited meanwhile stays. */
  recall({ spec, mountedBefore, index }: DatumMemory): void {
    if (this.mountedBefore.length === 0) this.mountedBefore = mountedBefore
    if (!this.edited && spec !== '') this.edit(spec)
    if (this.state.place === undefined) this.set({ unfinished: index })
  }

  /** Takes the user's text. */
  edit(spec: string): void {
    if (spec === this.state.spec) return
    this.edited = true
    this.takeSpec(spec)
  }

  /** Forgets what the user wrote, and proposes an input of what is mounted. */
  reset(): void {
    this.edited = false
    this.takeSpec(proposedInput(this.mounts.state.mounts, this.trans))
  }

  /** Called when the tab comes into sight: goes on with the datums that mount-server shows, else proposes an input. */
  async open(): Promise<void> {
    const shown = await this.client.getDatums().catch(() => undefined)
    if (shown) this.take(shown)
    if (this.state.place) await this.listOutput()
  }

  /** Takes what mount-server tells of datums, whoever shows or leaves them. */
  hear(event: FollowedEvent): void {
    if (event.type === 'datums') this.take(event.data)
    if (event.type === 'snapshot') this.take(event.data.datums)
  }

  /** Shows the first datum of the input. */
  async load(): Promise<void> {
    await this.loadAt(0)
  }

  /** Loads the input again and shows the datum that was shown before mount-server ended. */
  async resume(): Promise<void> {
    await this.loadAt(this.state.unfinished ?? 0)
  }

  /** Gives up a load that takes too long; what is mounted stays. */
  async cancel(): Promise<void> {
    if (this.state.work === 'loading') await this.client.cancelDatums().catch((error: unknown) => this.set({ problem: reasonOf(error) }))
  }

  /** Shows the datum after this one; after the last, when all are known, the first. */
  async next(): Promise<void> {
    const { place } = this.state
    if (!place) return
    const isLast = place.index >= place.count - 1
    if (isLast && !place.isComplete) await this.move(() => this.nextIfAny(place))
    else await this.move(() => this.shownBy(isLast ? this.client.moveDatum({ by: 1, wrap: true }) : this.client.nextDatum()))
  }

  /** Shows the datum before this one; before the first, when all are known, the last. */
  async previous(): Promise<void> {
    const { place } = this.state
    if (!place) return
    await this.move(() => this.shownBy(place.index === 0 && place.isComplete ? this.client.moveDatum({ by: -1, wrap: true }) : this.client.previousDatum()))
  }

  /** Shows the datum at `index`, which counts from 0. */
  async jump(index: number): Promise<void> {
    if (index === this.state.place?.index) return
    await this.move(() => this.shownBy(this.client.showDatum({ idx: String(index) })))
  }

  /** Looks again what was written to /pfs/out. */
  async listOutput(): Promise<void> {
    const output = await this.files.listOutput().catch(() => [])
    this.set({ output })
  }

  /** Deletes what was written to /pfs/out. */
  async clearOutput(): Promise<void> {
    await this.work('clearing', async () => {
      await this.files.clearOutput()
      return { output: [] }
    })
    await this.listOutput()
  }

  /** Copies the datum and its output to Jupyter's disk. */
  async download(): Promise<void> {
    await this.work('downloading', async () => ({ downloadedTo: await this.files.download() }))
  }

  /** Leaves datum mode and mounts again what was mounted before. */
  async leave(): Promise<void> {
    await this.work('leaving', async () => {
      await this.mounts.unmountAll()
      for (const spec of this.mountedBefore) await this.mounts.mount(spec)
      this.mountedBefore = []
      return { place: undefined, output: [], unfinished: undefined }
    })
  }

  private take(shown: ServerDatums): void {
    const { work, place, spec } = this.state
    // What is under way here knows better how it ends.
    if (work !== undefined) return
    if (shown.num_datums > 0) {
      if (spec === '' || !this.edited) this.takeSpec(stringify(shown.input))
      this.set({ place: placeOf(shown), isUnordered: isUnordered(shown.input), unfinished: undefined })
      return
    }
    if (place !== undefined) this.set({ place: undefined, output: [], unfinished: place.index })
    this.propose()
  }

  private async loadAt(index: number): Promise<void> {
    const { input, isReadable, problems } = readTriedInput(this.state.spec, this.trans)
    if (!input) {
      const offset = problems.find(({ severity }) => severity === 'error')?.from ?? 0
      const line = this.state.spec.slice(0, offset).split('\n').length
      this.set({ problem: isReadable ? this.trans.__('Bad data in input spec: see line %1', line) : this.trans.__('Poorly formatted input spec- must be either YAML or JSON') })
      return
    }
    const { place, unfinished } = this.state
    // While datums are unfinished, what is listed as mounted may still be one of them.
    const isFirst = place === undefined && (unfinished === undefined || this.mountedBefore.length === 0)
    await this.work('loading', async () => {
      // A page that was just opened may not know yet what is mounted.
      if (isFirst) await this.mounts.refresh()
      const before = this.mounts.state.mounts
      const first = await this.client.mountDatums({ input })
      if (isFirst && before.length > 0) this.mountedBefore = before.map(specOf)
      const shown = index > 0 ? await this.client.showDatum({ idx: String(Math.min(index, first.num_datums - 1)) }) : first
      return { place: placeOf(shown), isUnordered: isUnordered(input), unfinished: undefined }
    })
    await this.afterMove()
  }

  private async move(step: () => Promise<Partial<DatumState>>): Promise<void> {
    await this.work('moving', step)
    await this.afterMove()
  }

  private async shownBy(step: Promise<ShownDatum>): Promise<Partial<DatumState>> {
    return { place: placeOf(await step) }
  }

  /** An older mount-server learns only there that there are no more. */
  private async nextIfAny(place: DatumPlace): Promise<Partial<DatumState>> {
    try {
      return await this.shownBy(this.client.nextDatum())
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error
      return { place: { ...place, isComplete: true }, problem: this.trans.__('Reached final datum') }
    }
  }

  private async afterMove(): Promise<void> {
    await Promise.all([this.mounts.refresh(), this.state.place && this.listOutput()])
  }

  private async work(work: DatumWork, doing: () => Promise<Partial<DatumState>>): Promise<void> {
    if (this.state.work !== undefined) return
    this.set({ work, problem: undefined, downloadedTo: undefined })
    try {
      this.set({ ...(await doing()), work: undefined })
    } catch (error) {
      this.set({ work: undefined, problem: this.sentenceFor(work, error) })
    }
  }

  private sentenceFor(work: DatumWork, error: unknown): string {
    const reason = reasonOf(error)
    if (work === 'downloading') return this.trans.__('Error downloading datum: %1', reason)
    if (work !== 'loading') return reason
    const isRefusal = error instanceof ApiError && error.status >= 400 && error.status < 500
    return isRefusal ? this.trans.__('Bad data in input spec: %1', reason) : this.trans.__('Error mounting datums: %1', reason)
  }

  private readonly propose = (): void => {
    const { work, place, spec, unfinished } = this.state
    if (this.edited || work !== undefined || place !== undefined || unfinished !== undefined) return
    const proposed = proposedInput(this.mounts.state.mounts, this.trans)
    if (proposed !== spec) this.takeSpec(proposed)
  }

  private takeSpec(spec: string): void {
    this.set({ spec, specProblems: readTriedInput(spec, this.trans).problems, problem: undefined })
  }
}

function placeOf({ idx, num_datums, all_datums_received }: Pick<ShownDatum, 'idx' | 'num_datums' | 'all_datums_received'>): DatumPlace {
  return { index: idx, count: num_datums, isComplete: all_datums_received }
}

/** What brings a mount back as it is. */
function specOf({ name, project, repo, branch, commit, mode, paths, following = false, how_many_commits_behind: behind }: MountEntry): MountSpec {
  return { name, project, repo, branch, mode, paths, ...(following ? { follow: true } : {}), ...(mode === 'ro' && behind > 0 ? { commit } : {}) }
}

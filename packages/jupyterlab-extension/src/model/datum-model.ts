/** Datum mode: which input is tried, and which of its datums is shown. */
import type { MountEntry, MountServerClient } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { Signal, type ISignal } from '@lumino/signaling'
import { stringify } from 'yaml'

import { ApiError, reasonOf } from '../server/api-error.js'
import { inputSpecOf, parseInputSpec } from './input-spec.js'
import type { MountModel } from './mount-model.js'

/** `index` counts from 0; `isComplete` when `count` counts all datums. */
export interface DatumPlace {
  readonly index: number
  readonly count: number
  readonly isComplete: boolean
}

/** What the tab shows. `spec` is the user's text once it was edited. */
export interface DatumState {
  readonly spec: string
  readonly busy: boolean
  readonly place: DatumPlace | undefined
  readonly problem: string | undefined
}

/** Datums replace all mounts while they are shown; what was mounted comes back when they are left. */
export class DatumModel {
  private current: DatumState = { spec: '', busy: false, place: undefined, problem: undefined }
  private readonly signal = new Signal<this, undefined>(this)
  private edited = false
  private mountedBefore: readonly MountEntry[] = []

  constructor(
    private readonly client: MountServerClient,
    private readonly mounts: MountModel,
    private readonly trans: TranslationBundle,
  ) {}

  /** Emits when `state` is a new one. */
  get changed(): ISignal<this, undefined> {
    return this.signal
  }

  get state(): DatumState {
    return this.current
  }

  /** Takes the user's text. */
  edit(spec: string): void {
    this.edited = true
    this.set({ spec, problem: undefined })
  }

  /** Proposes an input of what is mounted, unless the user wrote one; goes on where a page before this one was. */
  async open(): Promise<void> {
    if (this.current.place !== undefined || this.current.busy) return
    const loaded = await this.client.getDatums().catch(() => undefined)
    if (loaded !== undefined && loaded.num_datums > 0) {
      this.set({ spec: stringify(loaded.input), place: placeOf(loaded) })
      return
    }
    if (!this.edited) this.set({ spec: inputSpecOf(this.mounts.state.mounts) })
  }

  /** Shows the first datum of the input. */
  async load(): Promise<void> {
    const input = parseInputSpec(this.current.spec)
    if (!input) {
      this.set({ problem: this.trans.__('Poorly formatted input spec- must be either YAML or JSON') })
      return
    }
    if (this.current.place === undefined) this.mountedBefore = this.mounts.state.mounts
    await this.ask(async () => placeOf(await this.client.mountDatums({ input })))
  }

  /** Shows the datum after this one. */
  async next(): Promise<void> {
    await this.ask(async () => placeOf(await this.client.nextDatum()))
  }

  /** Shows the datum before this one. */
  async previous(): Promise<void> {
    await this.ask(async () => placeOf(await this.client.previousDatum()))
  }

  /** Leaves datum mode and mounts again what was mounted before. */
  async leave(): Promise<void> {
    await this.ask(async () => {
      await this.mounts.unmountAll()
      for (const { name, project, repo, branch, mode, paths } of this.mountedBefore) await this.mounts.mount({ name, project, repo, branch, mode, paths })
      return undefined
    })
  }

  private async ask(work: () => Promise<DatumPlace | undefined>): Promise<void> {
    if (this.current.busy) return
    this.set({ busy: true, problem: undefined })
    try {
      this.set({ place: await work(), busy: false })
    } catch (error) {
      this.set({ busy: false, problem: problemOf(error, this.trans) })
    }
    await this.mounts.refresh()
  }

  private set(part: Partial<DatumState>): void {
    this.current = { ...this.current, ...part }
    this.signal.emit(undefined)
  }
}

function placeOf({ idx, num_datums, all_datums_received }: { idx: number; num_datums: number; all_datums_received: boolean }): DatumPlace {
  return { index: idx, count: num_datums, isComplete: all_datums_received }
}

function problemOf(error: unknown, trans: TranslationBundle): string {
  const isRefusal = error instanceof ApiError && error.status >= 400 && error.status < 500
  return isRefusal ? trans.__('Bad data in input spec: %1', reasonOf(error)) : trans.__('Error mounting datums: %1', reasonOf(error))
}

/** The commits that the notebook with the focus remembers, and which of them are mounted. */
import type { MountServerClient } from '@jupyterlab-pachyderm/mount-api'

import { ApiError } from '../server/api-error.js'
import type { DatumModel } from './datum-model.js'
import type { MountModel } from './mount-model.js'
import { mountSpecOfPin, pinsMetadata, pinsOf, pinsOfMounts, placeOf, type NotebookPin, type PinPlace } from './notebook-pins.js'
import { Observable } from './observable.js'

/** A notebook that may remember commits. */
export interface PinningNotebook {
  /** The same object for as long as the notebook is open. */
  readonly document: object
  readonly path: string
  /** The value under PINS_KEY. */
  readPins(): unknown
  /** Takes it away for `undefined`. */
  writePins(value: Record<string, unknown> | undefined): void
}

/** A remembered commit. It is `gone` when pachd does not have it any more. */
export interface PinRow {
  readonly pin: NotebookPin
  readonly place: PinPlace
  readonly isGone: boolean
  /** Id of the commit that is shown under its name; empty for none. */
  readonly shownCommit: string
}

/** What is known of the notebook with the focus. */
export interface PinsState {
  readonly notebookPath: string | undefined
  readonly rows: readonly PinRow[]
  /** Whether the user is to be told: something is not mounted as it was, and nobody said that this is fine. */
  readonly isOffered: boolean
  readonly isMounting: boolean
}

/** A notebook is written to by `remember` and `forget`, and at no other time. */
export class PinsModel extends Observable<PinsState> {
  private notebook: PinningNotebook | undefined
  private pins: readonly NotebookPin[] = []
  private readonly gone = new Set<string>()
  private readonly dismissed = new WeakSet<object>()
  private isMounting = false
  private wasConnected = false

  /** It listens to `mounts` and `datums` until it is disposed. While datums are shown, nothing can be mounted. */
  constructor(
    private readonly client: Pick<MountServerClient, 'listCommits'>,
    private readonly mounts: Pick<MountModel, 'state' | 'changed' | 'mount' | 'unmount'>,
    private readonly datums: Pick<DatumModel, 'state' | 'changed'>,
  ) {
    super({ notebookPath: undefined, rows: [], isOffered: false, isMounting: false })
    mounts.changed.connect(this.onMountsChanged)
    datums.changed.connect(this.onDatumsChanged)
  }

  override dispose(): void {
    this.mounts.changed.disconnect(this.onMountsChanged)
    this.datums.changed.disconnect(this.onDatumsChanged)
    super.dispose()
  }

  /** Whether there is a notebook, and something to remember. */
  get canRemember(): boolean {
    return this.notebook !== undefined && !this.areDatumsShown && pinsOfMounts(this.mounts.state.mounts).length > 0
  }

  /** Whether one of the remembered commits could be mounted. */
  get canMount(): boolean {
    return !this.isMounting && this.isConnected && !this.areDatumsShown && this.state.rows.some(isMountable)
  }

  /** Shows what another notebook remembers, or that there is none. */
  async show(notebook: PinningNotebook | undefined): Promise<void> {
    this.notebook = notebook
    this.pins = pinsOf(notebook?.readPins())
    this.showNow()
    await this.lookForGone()
  }

  /** Writes into the notebook which commits are mounted to be read; answers how many. */
  remember(): number {
    const pins = pinsOfMounts(this.mounts.state.mounts)
    this.write(pins)
    return pins.length
  }

  /** Takes what is remembered out of the notebook. */
  forget(): void {
    this.write(undefined)
  }

  /** Stops offering to mount what the notebook remembers, for as long as it is open. */
  dismiss(): void {
    if (this.notebook) this.dismissed.add(this.notebook.document)
    this.showNow()
  }

  /**
   * Mounts what is not mounted, in the place of other read-only mounts of the same names; what is mounted to write stays.
   * A refusal stands in the `problems` of the mounts.
   */
  async mountAll(): Promise<void> {
    if (this.isMounting) return
    this.isMounting = true
    this.showNow()
    try {
      await this.lookForGone()
      for (const { pin, place } of this.state.rows.filter(isMountable)) {
        if (place === 'other') {
          await this.mounts.unmount(pin.name)
          if (this.mounts.state.problems.has(pin.name)) continue
        }
        await this.mounts.mount(mountSpecOfPin(pin))
      }
    } finally {
      this.isMounting = false
      this.showNow()
    }
  }

  private get isConnected(): boolean {
    return this.mounts.state.connection.status === 'connected'
  }

  private get areDatumsShown(): boolean {
    return this.datums.state.place !== undefined
  }

  private readonly onDatumsChanged = (): void => {
    this.showNow()
  }

  private readonly onMountsChanged = (): void => {
    const { isConnected } = this
    const isNew = isConnected && !this.wasConnected
    this.wasConnected = isConnected
    this.showNow()
    if (isNew) void this.lookForGone()
  }

  /** Asks pachd for the commits that are not mounted. One that it cannot tell of is not called gone. */
  private async lookForGone(): Promise<void> {
    if (!this.isConnected) return
    const asked = this.pins.filter(pin => placeOf(pin, this.mounts.state.mounts) !== 'mounted')
    await Promise.all(
      asked.map(async pin => {
        if (await this.isThere(pin)) this.gone.delete(keyOf(pin))
        else this.gone.add(keyOf(pin))
      }),
    )
    if (asked.length > 0) this.showNow()
  }

  private async isThere({ project, repo, commit }: NotebookPin): Promise<boolean> {
    try {
      // pachd also finds a commit by the id of one that was made from it.
      const { commits } = await this.client.listCommits({ project, repo, branch: commit, limit: 1 })
      return commits[0]?.id === commit
    } catch (error) {
      return !(error instanceof ApiError && error.code === 'NOT_FOUND')
    }
  }

  private write(pins: readonly NotebookPin[] | undefined): void {
    this.notebook?.writePins(pins && pinsMetadata(pins))
    this.pins = pins ?? []
    this.showNow()
  }

  private showNow(): void {
    const { mounts } = this.mounts.state
    const rows = this.pins.map((pin): PinRow => ({ pin, place: placeOf(pin, mounts), isGone: this.gone.has(keyOf(pin)), shownCommit: mounts.find(({ name }) => name === pin.name)?.commit ?? '' }))
    const isDismissed = this.notebook !== undefined && this.dismissed.has(this.notebook.document)
    this.replace({ notebookPath: this.notebook?.path, rows, isOffered: this.isConnected && !this.areDatumsShown && !isDismissed && rows.some(({ place }) => place !== 'mounted'), isMounting: this.isMounting })
  }
}

function isMountable({ place, isGone }: PinRow): boolean {
  return !isGone && (place === 'free' || place === 'other')
}

function keyOf({ project, repo, commit }: NotebookPin): string {
  return `${project}/${repo}@${commit}`
}

/** Which datum is shown; next, previous, and none. */
import type { DatumState, ShownDatum } from '@jupyterlab-pachyderm/mount-api'
import { SCRATCH_NAME } from '@jupyterlab-pachyderm/mount-fs'

import type { Connection } from './connection.js'
import { type DatumInput, type InputNaming, readDatumInput } from './datum-input.js'
import { computeDatums, type DatumFile, type DatumSet } from './datum-set.js'
import { MountError } from './errors.js'
import type { DatumMount, MountLifecycle } from './mount-lifecycle.js'
import { TurnTaking } from './turn-taking.js'

interface Shown {
  readonly input: DatumInput
  readonly datums: DatumSet
  index: number
}

/** The datums of one input, one of which is mounted. While there are any, nothing else can be mounted. */
export class DatumCursor {
  readonly #connection: Connection
  readonly #mounts: MountLifecycle
  readonly #turns = new TurnTaking()
  readonly #loads = new Set<AbortController>()
  #shown: Shown | undefined

  constructor(connection: Connection, mounts: MountLifecycle) {
    this.#connection = connection
    this.#mounts = mounts
  }

  /** Whether a datum is shown. */
  get isActive(): boolean {
    return this.#shown !== undefined
  }

  /** Shows the first datum of a specification instead of all mounts; a bad one changes nothing. Throws MountError. */
  load(specification: string, options?: { withIds?: boolean; naming?: InputNaming | undefined }): Promise<ShownDatum> {
    const load = new AbortController()
    this.#loads.add(load)
    return this.#turns
      .run(async () => {
        const input = readDatumInput(specification, options?.naming)
        const datums = await this.#computed(input, options, load.signal)
        if (datums.count === 0) throw new MountError('BAD_REQUEST', 'spec produces zero datums; nothing to mount')
        return this.#show({ input, datums, index: 0 }, 0)
      })
      .finally(() => this.#loads.delete(load))
  }

  /** Gives up all specifications whose datums are not known yet: `load` throws BAD_REQUEST for them. */
  cancelLoad(): void {
    for (const load of this.#loads) load.abort()
  }

  /** Shows the datum `steps` further on, or back; with `wrap` the first follows the last. Throws MountError NO_DATUM at the ends. */
  move(steps: number, { wrap = false } = {}): Promise<ShownDatum> {
    return this.#turns.run(() => {
      const shown = this.#required()
      const { count } = shown.datums
      const index = wrap ? (((shown.index + steps) % count) + count) % count : shown.index + steps
      if (index < 0) throw new MountError('NO_DATUM', 'already at first datum')
      if (index >= shown.datums.count) throw new MountError('NO_DATUM', 'already at last datum')
      return this.#show(shown, index)
    })
  }

  /** Shows a datum by its id, else by its position. Throws MountError NO_DATUM. */
  jump({ id, index }: { id: string | undefined; index: string | undefined }): Promise<ShownDatum> {
    return this.#turns.run(() => {
      const shown = this.#required()
      const wanted = id ? shown.datums.find(id) : Number(index === '' ? undefined : index)
      if (!Number.isSafeInteger(wanted) || wanted < 0 || wanted >= shown.datums.count) {
        throw new MountError('NO_DATUM', `there is no such datum; give "idx" from 0 to ${shown.datums.count - 1}, or the "id" of a datum`)
      }
      return this.#show(shown, wanted)
    })
  }

  /** What is shown. */
  state(): DatumState {
    if (!this.#shown) return { num_datums: 0, input: null, idx: 0, curr_idx: 0, all_datums_received: false }
    const { input, datums, index } = this.#shown
    return { num_datums: datums.count, input: { ...input }, idx: index, curr_idx: index, all_datums_received: true }
  }

  /** Forgets the datums; their mounts are ended by the mount lifecycle. */
  clear(): void {
    this.#shown = undefined
  }

  async #computed(input: DatumInput, options: { withIds?: boolean } | undefined, signal: AbortSignal): Promise<DatumSet> {
    try {
      const datums = await computeDatums(this.#connection.cluster.client, input, { withIds: options?.withIds ?? false, signal })
      signal.throwIfAborted()
      return datums
    } catch (cause) {
      throw signal.aborted ? new MountError('BAD_REQUEST', 'loading the datums was cancelled', { cause }) : cause
    }
  }

  #required(): Shown {
    if (!this.#shown) throw new MountError('NO_DATUM', 'no datums mounted')
    return this.#shown
  }

  async #show(shown: Shown, index: number): Promise<ShownDatum> {
    const { id, files } = shown.datums.at(index)
    await this.#mounts.showDatum(mountsOf(files), SCRATCH_NAME)
    shown.index = index
    this.#shown = shown
    return { id, idx: index, num_datums: shown.datums.count, all_datums_received: true }
  }
}

/** One mount for each input name; several files of one input stand in one mount. */
function mountsOf(files: readonly DatumFile[]): DatumMount[] {
  const mounts = new Map<string, { name: string; commit: DatumFile['commit']; paths: string[] }>()
  for (const { name, commit, path } of files) {
    const mount = mounts.get(name) ?? { name, commit, paths: [] }
    if (mount.commit.id !== commit.id) throw new MountError('BAD_REQUEST', `the name "${name}" stands for files of two commits in this datum; give each input its own "name"`)
    mount.paths.push(path)
    mounts.set(name, mount)
  }
  return [...mounts.values()]
}

/** The directory beside a datum's files that its code writes to; nothing of it is committed. */
import { type FileSystem, type StageDirectory, WorkingCopy } from '@jupyterlab-pachyderm/mount-fs'

import type { Cluster } from './cluster.js'

/** There is at most one. */
export class ScratchDirectory {
  readonly #fileSystem: FileSystem
  readonly #stage: StageDirectory
  readonly #onNotice: (sentence: string) => void
  #shown: { readonly name: string; readonly copy: WorkingCopy } | undefined

  constructor(fileSystem: FileSystem, stage: StageDirectory, onNotice: (sentence: string) => void) {
    this.#fileSystem = fileSystem
    this.#stage = stage
    this.#onNotice = onNotice
  }

  /** Shows an empty one below the mount directory; without a stage directory there is none. */
  show(name: string, cluster: Cluster): void {
    if (this.#stage.refusal) {
      this.#onNotice(`datums are shown without '${name}': ${this.#stage.refusal.message}`)
      return
    }
    const copy = WorkingCopy.open({ name, base: undefined, cluster, stage: this.#stage })
    this.#fileSystem.mounts.setScratch(copy.volume)
    this.#shown = { name, copy }
  }

  /** Takes it away, with what is in it. */
  async remove(): Promise<void> {
    const shown = this.#shown
    if (!shown) return
    this.#shown = undefined
    this.#fileSystem.mounts.setScratch(undefined)
    await this.#fileSystem.forgetName(shown.name)
    await shown.copy.discard()
  }
}

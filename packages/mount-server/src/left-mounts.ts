/** Mounts with changes that an earlier server left: mounted again when their cluster is connected. */
import { findLeftChanges, FsError, type LeftChanges, type StageDirectory, WorkingCopy } from '@jupyterlab-pachyderm/mount-fs'

import type { Cluster } from './connection.js'
import { type MountLife, writableLife } from './mount-life.js'

/** Where what is mounted again is put. */
export interface LeftMountsPlace {
  readonly isTaken: (name: string) => boolean
  readonly insert: (life: MountLife) => void
}

/** What the stage directory held when it was first looked at. What becomes of it is told in a sentence each. */
export class LeftMounts {
  readonly #stage: StageDirectory
  readonly #onNotice: (sentence: string) => void
  #waiting: LeftChanges[] | undefined

  constructor(stage: StageDirectory, onNotice: (sentence: string) => void) {
    this.#stage = stage
    this.#onNotice = onNotice
  }

  /** Mounts what is of this cluster; the rest, and what cannot be mounted now, waits. */
  async resume(cluster: Cluster, place: LeftMountsPlace): Promise<void> {
    this.#waiting ??= findLeftChanges(this.#stage, error => this.#onNotice(error.message))
    const waiting: LeftChanges[] = []
    for (const left of this.#waiting) if (left.header.cluster !== cluster.id || !(await this.#mount(left, cluster, place))) waiting.push(left)
    this.#waiting = waiting
  }

  /** Leaves what waits to the next server. */
  close(): void {
    for (const { area } of this.#waiting ?? []) area.close()
  }

  async #mount(left: LeftChanges, cluster: Cluster, { isTaken, insert }: LeftMountsPlace): Promise<boolean> {
    const { name, target, paths } = left.header
    if (isTaken(name)) {
      this.#onNotice(`changes to '${name}' from before wait in ${left.area.path}: the name is in use; unmount it and start the server again`)
      return false
    }
    try {
      const workingCopy = await WorkingCopy.resume(left, cluster)
      insert(writableLife(workingCopy, { name, source: target, paths }, cluster))
      if (workingCopy.damage !== undefined) this.#onNotice(workingCopy.damage)
      const { added, changed, deleted } = await workingCopy.countChanges()
      this.#onNotice(`'${name}' is mounted as it was, with what is not committed: ${added} added, ${changed} changed, ${deleted} deleted`)
      return true
    } catch (thrown) {
      if (isTaken(name)) return true
      this.#onNotice(`changes to '${name}' from before wait in ${left.area.path}: ${FsError.from(thrown).message}`)
      return false
    }
  }
}

/**
 * Volumes that no longer stand under their name, for programs that have files of them open.
 *
 * The kernel and libfuse find an open file by its path: once they forget a name, reads of open files below it fail. So what
 * they know of it moves to a hidden name instead, where its volume stays until its last file is closed.
 */
import { setTimeout as delay } from 'node:timers/promises'

import type { MountTable } from './mount-table.js'
import type { NameCache } from './name-cache.js'
import type { Volume } from './volume.js'

/** How long a mount that ends waits for operations below it, which may wait for pachd. The kernel moves the name when they have ended. */
const PATIENCE_MS = 500

interface Retired {
  readonly mountName: string
  readonly hiddenName: string
  readonly volume: Volume
  /** Whether its mount has ended: then files that are open can be read, and no others opened. */
  isEnded: boolean
}

/** What volumes are retired with. */
export interface RetiredVolumesParts {
  readonly mounts: MountTable
  readonly caches: ReadonlySet<NameCache>
  readonly isOpen: (volume: Volume) => boolean
}

/** All retired volumes of a file system. */
export class RetiredVolumes {
  readonly #mounts: MountTable
  readonly #caches: ReadonlySet<NameCache>
  readonly #isOpen: (volume: Volume) => boolean
  #retired: Retired[] = []
  #count = 0

  constructor({ mounts, caches, isOpen }: RetiredVolumesParts) {
    this.#mounts = mounts
    this.#caches = caches
    this.#isOpen = isOpen
  }

  /** Whether the mount of this volume has ended. */
  isEnded(volume: Volume): boolean {
    return this.#retired.some(retired => retired.volume === volume && retired.isEnded) && !this.#mounts.shows(volume)
  }

  /** Moves what caches know of `mountName` to a hidden name that shows `volume`; `change` is called in the moment in which they do. */
  async replace(mountName: string, volume: Volume, change: () => void): Promise<void> {
    const { retire, hiddenName } = this.#retirement({ mountName, volume, isEnded: false }, change)
    const [kernel] = this.#caches
    if (await kernel?.move(mountName, hiddenName, retire)) return
    retire()
    await this.forget(mountName)
  }

  /** The same for a mount that ends; operations below it that wait for pachd do not hold it up. */
  async end(mountName: string, volume: Volume, change: () => void): Promise<void> {
    for (const retired of this.#retired) if (retired.mountName === mountName) retired.isEnded = true
    if (!this.#isOpen(volume)) {
      change()
      await this.forget(mountName)
      return
    }
    const { retire, hiddenName } = this.#retirement({ mountName, volume, isEnded: true }, change)
    const [kernel] = this.#caches
    const over = new AbortController()
    const late = delay(PATIENCE_MS, true, { signal: over.signal, ref: false }).catch(() => true)
    const isMoved = await Promise.race([kernel?.move(mountName, hiddenName, retire) ?? false, late])
    over.abort()
    retire()
    if (!isMoved) await this.forget(mountName)
  }

  /** Lets go of those that no program has open: all of a mount that has ended, and those that `isDone` names. */
  async dropClosed(isDone: (volume: Volume) => boolean = () => false): Promise<void> {
    const dropped = this.#retired.filter(({ volume, isEnded }) => !this.#isOpen(volume) && (isEnded || this.#mounts.shows(volume) || isDone(volume)))
    this.#retired = this.#retired.filter(retired => !dropped.includes(retired))
    await Promise.all(
      dropped.map(({ hiddenName }) => {
        this.#mounts.dropRetired(hiddenName)
        return this.forget(hiddenName)
      }),
    )
  }

  /** Resolves when no cache shows what stood under `name`. */
  async forget(name: string): Promise<void> {
    await Promise.all([...this.#caches].map(cache => cache.forget(name)))
  }

  #retirement(what: Omit<Retired, 'hiddenName'>, change: () => void): { readonly hiddenName: string; readonly retire: () => void } {
    const hiddenName = `.${what.mountName}.${String(++this.#count)}`
    let isRetired = false
    return {
      hiddenName,
      retire: () => {
        if (isRetired) return
        isRetired = true
        this.#retired.push({ ...what, hiddenName })
        this.#mounts.addRetired(hiddenName, what.volume)
        change()
      },
    }
  }
}

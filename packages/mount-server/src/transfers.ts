/** What is on its way at this moment, and how far it is. */
import type { Transfer, TransferList } from '@jupyterlab-pachyderm/mount-api'

/** A transfer that runs; whoever starts it ends it. */
export interface RunningTransfer {
  /** More bytes have come through. */
  readonly add: (bytes: number) => void
  /** Ending twice is fine. */
  readonly end: () => void
}

type Beginning = Pick<Transfer, 'kind' | 'mount' | 'path'> & { readonly totalBytes?: number | undefined }

interface Entry extends Pick<Transfer, 'kind' | 'mount' | 'path' | 'started'> {
  readonly totalBytes: number | null
  doneBytes: number
}

/** The running transfers of the server. */
export class Transfers {
  readonly #running = new Map<number, Entry>()
  readonly #listeners = new Set<() => void>()
  #lastId = 0

  /** Begins a transfer. */
  start({ kind, mount, path, totalBytes }: Beginning): RunningTransfer {
    const id = ++this.#lastId
    const entry: Entry = { kind, mount, path, started: new Date().toISOString(), totalBytes: totalBytes ?? null, doneBytes: 0 }
    this.#running.set(id, entry)
    this.#tell()
    return {
      add: bytes => {
        entry.doneBytes += bytes
        this.#tell()
      },
      end: () => {
        if (this.#running.delete(id)) this.#tell()
      },
    }
  }

  /** The transfer of `work`, which ends with it, well or not. */
  async during<T>(beginning: Beginning, work: (transfer: RunningTransfer) => Promise<T>): Promise<T> {
    const transfer = this.start(beginning)
    try {
      return await work(transfer)
    } finally {
      transfer.end()
    }
  }

  /** The oldest first. */
  list(): TransferList {
    const transfers = Array.from(this.#running, ([id, { doneBytes, totalBytes, ...entry }]) => ({ id, ...entry, done_bytes: doneBytes, total_bytes: totalBytes }))
    return { transfers }
  }

  /** Calls `listener` whenever something moves, until the function that comes back is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

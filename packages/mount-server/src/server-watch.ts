/**
 * What changes, told to all who listen. Only while somebody does is pachd asked, once for all of them; what this server
 * does itself is told at once.
 */
import type { ConnectionState, eventData, ServerEvent, Snapshot } from '@jupyterlab-pachyderm/mount-api'

import type { Connection } from './connection.js'
import { probeConnection } from './connection-state.js'
import type { DatumCursor } from './datum-cursor.js'
import type { MountLifecycle } from './mount-lifecycle.js'
import { PacedLoop } from './paced-loop.js'
import type { Transfers } from './transfers.js'

/** What is watched. */
export interface WatchedParts {
  readonly connection: Connection
  readonly mounts: MountLifecycle
  readonly datums: DatumCursor
  readonly transfers: Transfers
  /** Resolves when the first attempt to connect has ended. */
  readonly started: Promise<void>
  /** Shortest time between two questions to pachd in milliseconds. Default 3000. */
  readonly intervalMs?: number
}

/** Told of each event. */
export type EventListener = (event: ServerEvent) => void

const ASK_PACHD_MS = 3000
/** What a notebook writes is seen so soon, also where pachd is slow. */
const COUNT_CHANGES_MS = 1000
/** Progress that comes more often than this is told together. */
const PROGRESS_INTERVAL_MS = 250

type Parts = Omit<typeof eventData, 'snapshot'>
type PartName = keyof Parts

/** Watches one server. Whoever listens stops listening. */
export class ServerWatch {
  readonly #parts: WatchedParts
  readonly #asking: PacedLoop
  readonly #counting: PacedLoop
  readonly #listeners = new Set<EventListener>()
  /** What was told last of each part, as JSON. */
  readonly #told = new Map<PartName, string>()
  #state: ConnectionState = { state: 'starting', pachd_address: null, user: null }
  /** Those who listen, and those who wait for their snapshot. */
  #wanted = 0
  #isStarted = false
  #begun: Promise<void> | undefined
  #progress: NodeJS.Timeout | undefined
  #stopProgress: (() => void) | undefined

  constructor(parts: WatchedParts) {
    this.#parts = parts
    this.#asking = new PacedLoop(() => this.#askPachd(), parts.intervalMs ?? ASK_PACHD_MS)
    this.#counting = new PacedLoop(() => this.#countChanges(), Math.min(parts.intervalMs ?? COUNT_CHANGES_MS, COUNT_CHANGES_MS))
    void parts.started.then(() => {
      this.#isStarted = true
      this.check()
    })
  }

  /** How many listen. */
  get listenerCount(): number {
    return this.#listeners.size
  }

  /** Tells `listener` a snapshot, and then what changes, until the function that comes back is called. */
  async listen(listener: EventListener): Promise<() => void> {
    this.#wanted++
    this.#begun ??= this.#begin()
    await this.#begun
    this.#listeners.add(listener)
    listener({ type: 'snapshot', data: this.#current() })
    return () => {
      if (!this.#listeners.delete(listener)) return
      this.#wanted--
      if (this.#wanted === 0) this.#end()
    }
  }

  /** Something was changed: tells what is different now. Nobody listening costs nothing. */
  check(): void {
    if (this.#wanted === 0) return
    this.#tell()
    void this.#asking.now()
  }

  /** Ends the watch; nobody is told anything any more. */
  close(): void {
    this.#listeners.clear()
    this.#wanted = 0
    this.#end()
  }

  async #begin(): Promise<void> {
    this.#stopProgress = this.#parts.transfers.onChange(() => (this.#progress ??= setTimeout(() => this.#tellProgress(), PROGRESS_INTERVAL_MS)))
    for (const [name, data] of Object.entries(this.#current())) this.#told.set(name as PartName, JSON.stringify(data))
    await this.#asking.start()
    void this.#counting.start()
  }

  #end(): void {
    this.#begun = undefined
    this.#asking.stop()
    this.#counting.stop()
    clearTimeout(this.#progress)
    this.#progress = undefined
    this.#stopProgress?.()
    this.#stopProgress = undefined
  }

  #tellProgress(): void {
    this.#progress = undefined
    this.#tell()
  }

  async #askPachd(): Promise<void> {
    if (this.#isStarted) this.#state = await probeConnection(this.#parts.connection)
    if (this.#state.state === 'connected') {
      // A pachd that goes away in this moment is found by the next probe.
      await this.#parts.mounts.refresh().catch(() => undefined)
    }
    this.#tell()
  }

  async #countChanges(): Promise<void> {
    // Where pachd has to be asked for what was written over, the next question to it tells what is wrong.
    await this.#parts.mounts.recount().catch(() => undefined)
    this.#tell()
  }

  #tell(): void {
    for (const [name, data] of Object.entries(this.#current())) {
      const text = JSON.stringify(data)
      if (this.#told.get(name as PartName) === text) continue
      this.#told.set(name as PartName, text)
      for (const listener of this.#listeners) listener({ type: name, data } as ServerEvent)
    }
  }

  #current(): { [Name in PartName]: Snapshot[Name] } {
    const { mounts, datums, transfers } = this.#parts
    return { connection: this.#state, mounts: { mounted: mounts.entries() }, datums: datums.state(), transfers: transfers.list() }
  }
}

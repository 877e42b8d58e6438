/** What is mounted, what could be, and the changes that are on their way. */
import type { FollowedEvent, MountEntry, MountList, MountServerClient, MountSpec, RepoEntry, Snapshot, Transfer } from '@jupyterlab-pachyderm/mount-api'

import { reasonOf } from '../server/api-error.js'
import { addressOf, connectionAfter, connectionOf, connectionTold, type Connection } from './connection.js'
import { Observable } from './observable.js'

/** A change that is on its way for one mount. */
export type Progress = 'mounting' | 'unmounting' | 'updating' | 'committing'

/** All that the panel shows of mount-server; a new object at each change. */
export interface MountState {
  readonly connection: Connection
  readonly mounts: readonly MountEntry[]
  readonly repos: readonly RepoEntry[]
  /** Whether the cluster has told its repos; until then there are none. */
  readonly isListed: boolean
  /** What moves now; known while mount-server tells events. */
  readonly transfers: readonly Transfer[]
  /** By name of the mount. */
  readonly progress: ReadonlyMap<string, Progress>
  /** The last refusal, by name of the mount; gone with the next try. */
  readonly problems: ReadonlyMap<string, string>
}

const EMPTY: MountState = { connection: { status: 'loading' }, mounts: [], repos: [], isListed: false, transfers: [], progress: new Map(), problems: new Map() }

/** The state of mount-server as this page knows it. Requests never overlap for one mount. */
export class MountModel extends Observable<MountState> {
  private refreshing: Promise<void> | undefined
  /** Counts what was learned of the mounts, and of the connection: an answer to an older question is dropped. */
  private changes = 0
  private tidings = 0

  constructor(private readonly client: MountServerClient) {
    super(EMPTY)
  }

  /** Whether something that was there, or should be, does not answer. */
  get isAway(): boolean {
    return ['no-server', 'unreachable', 'failed'].includes(this.state.connection.status)
  }

  /** Asks mount-server again; callers at the same time share one question. Never rejects. */
  refresh(): Promise<void> {
    this.refreshing ??= this.ask().finally(() => (this.refreshing = undefined))
    return this.refreshing
  }

  /** Forgets what belongs to the cluster so far, and asks for what there is now. */
  async reset(): Promise<void> {
    this.set({ connection: { status: 'loading' }, mounts: [], repos: [], isListed: false, transfers: [] })
    await this.refresh()
  }

  /** Takes what mount-server tells; asks it for what no event tells, and why a stream broke. */
  async hear(event: FollowedEvent): Promise<void> {
    switch (event.type) {
      case 'lost':
        return this.refresh()
      case 'snapshot':
        this.takeMounts(event.data.mounts)
        this.set({ transfers: event.data.transfers.transfers })
        return this.takeConnection(connectionTold(event.data.connection))
      case 'connection':
        return this.takeConnection(connectionTold(event.data))
      case 'mounts':
        this.takeMounts(event.data)
        return
      case 'transfers':
        this.set({ transfers: event.data.transfers })
        return
      case 'datums':
    }
  }

  /** Mounts; a refusal stands in `problems` under the name of the mount. */
  async mount(spec: MountSpec): Promise<void> {
    await this.change([spec.name], 'mounting', () => this.client.mount({ mounts: [spec] }))
  }

  /** Unmounts; a refusal stands in `problems`. */
  async unmount(name: string): Promise<void> {
    await this.change([name], 'unmounting', () => this.client.unmount({ mounts: [name] }))
  }

  /** Unmounts all that is mounted. */
  async unmountAll(): Promise<void> {
    await this.change(
      this.state.mounts.map(mount => mount.name),
      'unmounting',
      () => this.client.unmountAll(),
    )
  }

  /** Shows the newest commit of the branch under the same name. */
  async update(name: string): Promise<void> {
    await this.change([name], 'updating', () => this.client.updateMount({ name }))
  }

  /** Whether a read-only mount shows each new head of its branch by itself. */
  async follow(name: string, follow: boolean): Promise<void> {
    await this.change([name], 'updating', () => this.client.followMount({ name }, { follow }))
  }

  /** Makes one commit of what was written to the mount; a refusal stands in `problems`, and nothing written is lost. */
  async commit(name: string, message = ''): Promise<void> {
    await this.change([name], 'committing', () => this.client.commit({ mount: name, ...(message === '' ? {} : { message }) }))
  }

  /** Forgets the last refusal of a mount. */
  dismissProblem(name: string): void {
    const problems = new Map(this.state.problems)
    problems.delete(name)
    this.set({ problems })
  }

  private async ask(): Promise<void> {
    const { changes, tidings } = this
    let connection = this.state.connection
    try {
      if (connection.status !== 'connected') {
        connection = connectionOf(await this.client.getConfig())
        if (connection.status !== 'connected') {
          if (tidings === this.tidings) this.set({ connection, mounts: [], repos: [], isListed: false })
          return
        }
      }
      const list = await this.client.listMounts()
      if (tidings === this.tidings) this.set({ connection })
      if (changes === this.changes) this.take(list)
      else this.set({ repos: list.unmounted, isListed: true })
    } catch (error) {
      await this.takeFailure(error, connection)
    }
  }

  private async takeConnection(told: Connection): Promise<void> {
    this.tidings++
    const isBack = told.status === 'connected' && (this.state.connection.status !== 'connected' || addressOf(this.state.connection) !== told.address)
    this.set({ connection: told })
    if (isBack) await this.refresh()
  }

  private takeMounts({ mounted }: Snapshot['mounts']): void {
    this.changes++
    this.set({ mounts: mounted })
  }

  /** pachd may be away, or only this question was refused: the configuration tells. */
  private async takeFailure(error: unknown, connection: Connection): Promise<void> {
    let told = connectionAfter(error, addressOf(connection))
    if (told.status === 'failed' && connection.status === 'connected') {
      const now = await this.client.getConfig().then(connectionOf, () => told)
      if (now.status !== 'connected') told = now
    }
    this.set(told.status === 'logged-out' ? { connection: told, mounts: [], repos: [], isListed: false } : { connection: told })
  }

  private async change(names: readonly string[], progress: Progress, work: () => Promise<MountList>): Promise<void> {
    if (names.some(name => this.state.progress.has(name))) return
    this.mark(names, progress)
    try {
      const list = await work()
      this.changes++
      this.take(list, names)
      this.unmark(names)
    } catch (error) {
      this.unmark(names, reasonOf(error))
      await this.refresh()
    }
  }

  private mark(names: readonly string[], progress: Progress): void {
    const problems = new Map(this.state.problems)
    for (const name of names) problems.delete(name)
    this.set({ progress: new Map([...this.state.progress, ...names.map(name => [name, progress] as const)]), problems })
  }

  private unmark(names: readonly string[], problem?: string): void {
    const progress = new Map(this.state.progress)
    for (const name of names) progress.delete(name)
    const problems = problem === undefined ? this.state.problems : new Map([...this.state.problems, ...names.map(name => [name, problem] as const)])
    this.set({ progress, problems })
  }

  /** Lists do not say what is uncommitted, how far commits are, and which mounts follow; events did. Nothing runs any more for those that are `done`. */
  private take({ mounted, unmounted }: MountList, done: readonly string[] = []): void {
    const known = new Map(
      this.state.mounts.map(({ name, uncommitted, following, committing }) => [
        name,
        { ...(uncommitted && { uncommitted }), ...(following && { following }), ...(committing && !done.includes(name) && { committing }) },
      ]),
    )
    const mounts = mounted.map(mount => ({ ...mount, ...known.get(mount.name) }))
    this.set({ mounts, repos: unmounted, isListed: true })
  }
}

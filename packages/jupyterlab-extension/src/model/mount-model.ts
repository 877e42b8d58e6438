/** What is mounted, what could be, and the changes that are on their way. */
import type { MountEntry, MountList, MountServerClient, MountSpec, RepoEntry } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { reasonOf } from '../server/api-error.js'
import type { ServerHalf } from '../server/server-half.js'
import { addressProblem, connectionAfter, connectionOf, serverCasFrom, type Connection } from './connection.js'
import { Observable } from './observable.js'

/** A change that is on its way for one mount. */
export type Progress = 'mounting' | 'unmounting' | 'updating' | 'committing'

/** All that the panel shows of mount-server; a new object at each change. */
export interface MountState {
  readonly connection: Connection
  readonly mounts: readonly MountEntry[]
  readonly repos: readonly RepoEntry[]
  /** By name of the mount. */
  readonly progress: ReadonlyMap<string, Progress>
  /** The last refusal, by name of the mount; gone with the next try. */
  readonly problems: ReadonlyMap<string, string>
}

const EMPTY: MountState = { connection: { status: 'loading' }, mounts: [], repos: [], progress: new Map(), problems: new Map() }

/** The state of mount-server as this page knows it. Requests never overlap for one mount. */
export class MountModel extends Observable<MountState> {
  private refreshing: Promise<void> | undefined
  private changes = 0

  constructor(
    private readonly client: MountServerClient,
    private readonly serverHalf: ServerHalf,
    private readonly trans: TranslationBundle,
  ) {
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

  /** Connects to a cluster; the answer is why that is not possible, or undefined. `serverCas` is PEM text or its base64. */
  async connect(address: string, serverCas = ''): Promise<string | undefined> {
    const trimmed = address.trim()
    const problem = addressProblem(trimmed, this.trans)
    if (problem !== undefined) return problem
    try {
      const config = await this.client.setConfig({ pachd_address: trimmed, ...(serverCas.trim() === '' ? {} : { server_cas: serverCasFrom(serverCas) }) })
      if (config.cluster_status === 'INVALID') return this.trans.__('Invalid address. No pachd answers at %1.', trimmed)
    } catch (error) {
      return reasonOf(error)
    }
    this.set({ connection: { status: 'loading' }, mounts: [], repos: [] })
    await this.refresh()
    return undefined
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
  async commit(name: string): Promise<void> {
    await this.change([name], 'committing', () => this.client.commit({ mount: name }))
  }

  /** Where the user logs in. Rejects with ApiError. */
  async login(): Promise<string> {
    return (await this.client.login()).auth_url
  }

  /** Ends the session; all is unmounted. Rejects with ApiError. */
  async logout(): Promise<void> {
    await this.client.logout()
    await this.refresh()
  }

  /** Starts mount-server now instead of after its pause. */
  async restart(): Promise<void> {
    await this.serverHalf.restart().catch(() => undefined)
    await this.refresh()
  }

  /** Forgets the last refusal of a mount. */
  dismissProblem(name: string): void {
    const problems = new Map(this.state.problems)
    problems.delete(name)
    this.set({ problems })
  }

  private async ask(): Promise<void> {
    const changesBefore = this.changes
    let connection = this.state.connection
    try {
      if (connection.status !== 'connected') {
        connection = connectionOf(await this.client.getConfig())
        if (connection.status !== 'connected') {
          this.set({ connection, mounts: [], repos: [] })
          return
        }
      }
      const list = await this.client.listMounts()
      // The answer to a change that was made meanwhile is newer than this one.
      if (changesBefore === this.changes) this.take(list, connection)
    } catch (error) {
      await this.takeFailure(error, connection)
    }
  }

  /** pachd may be away, or only this question was refused: the configuration tells. */
  private async takeFailure(error: unknown, connection: Connection): Promise<void> {
    const address = connection.status === 'connected' ? connection.address : ''
    let told = connectionAfter(error, address)
    if (told.status === 'failed' && connection.status === 'connected') {
      const now = await this.client.getConfig().then(connectionOf, () => told)
      if (now.status !== 'connected') told = now
    }
    this.set(told.status === 'logged-out' ? { connection: told, mounts: [], repos: [] } : { connection: told })
  }

  private async change(names: readonly string[], progress: Progress, work: () => Promise<MountList>): Promise<void> {
    if (names.some(name => this.state.progress.has(name))) return
    this.mark(names, progress)
    try {
      const list = await work()
      this.changes++
      this.take(list, this.state.connection)
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

  private take(list: MountList, connection: Connection): void {
    this.set({ connection, mounts: list.mounted, repos: list.unmounted })
  }
}

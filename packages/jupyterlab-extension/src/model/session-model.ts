/** Which cluster, as whom, and through what: choosing a cluster, logging in to it and out, and what is known of the way to it. */
import { pause, type AuthState, type ContextList, type MountServerClient, type VersionInfo } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { reasonOf } from '../server/api-error.js'
import type { ServerHalf, ServerStatus } from '../server/server-half.js'
import { addressOf, addressProblem, serverCasFrom, type Connection } from './connection.js'
import type { MountModel } from './mount-model.js'
import { Observable } from './observable.js'

/** A login in a window of the browser. `isBlocked` when the browser did not open it. */
export interface PendingLogin {
  readonly address: string
  readonly isBlocked: boolean
}

/** What the top of the panel tells; members are undefined while they are not known. */
export interface SessionState {
  readonly contexts: ContextList | undefined
  readonly versions: VersionInfo | undefined
  readonly auth: AuthState | undefined
  readonly server: ServerStatus | undefined
  readonly login: PendingLogin | undefined
  /** Whether the user is on the way to another cluster, or out. */
  readonly leaving: boolean
  /** Why the last login was not possible. */
  readonly problem: string | undefined
}

const NOTHING: SessionState = { contexts: undefined, versions: undefined, auth: undefined, server: undefined, login: undefined, leaving: false, problem: undefined }

/** How the model waits for a login, in milliseconds. */
export interface LoginPatience {
  readonly askAgainMs: number
  readonly patienceMs: number
}

const PATIENCE: LoginPatience = { askAgainMs: 2000, patienceMs: 5 * 60_000 }

/** One session a page. Methods that answer a text answer why it was not possible, or undefined. */
export class SessionModel extends Observable<SessionState> {
  private known = ''
  private waiting: AbortController | undefined

  constructor(
    private readonly client: MountServerClient,
    private readonly serverHalf: ServerHalf,
    private readonly mounts: MountModel,
    private readonly trans: TranslationBundle,
    private readonly patience = PATIENCE,
  ) {
    super(NOTHING)
    mounts.changed.connect(this.onMountsChanged)
  }

  override dispose(): void {
    this.cancelLogin()
    this.mounts.changed.disconnect(this.onMountsChanged)
    super.dispose()
  }

  /** Connects to a cluster. `serverCas` is PEM text or its base64. */
  async connect(address: string, serverCas = ''): Promise<string | undefined> {
    const trimmed = address.trim()
    const problem = addressProblem(trimmed, this.trans)
    if (problem !== undefined) return problem
    return this.leave(async () => {
      const config = await this.client.setConfig({ pachd_address: trimmed, ...(serverCas.trim() === '' ? {} : { server_cas: serverCasFrom(serverCas) }) })
      return config.cluster_status === 'INVALID' ? this.trans.__('Invalid address. No pachd answers at %1.', trimmed) : undefined
    })
  }

  /** Changes to a context of the config file. */
  activate(context: string): Promise<string | undefined> {
    return this.leave(async () => {
      await this.client.activateContext({ context })
      return undefined
    })
  }

  /** Begins a login in a window that `openWindow` opens if the browser lets it, and waits for its end. */
  async login(openWindow: (address: string) => boolean): Promise<void> {
    this.cancelLogin()
    try {
      const { auth_url: address } = await this.client.login()
      this.set({ login: { address, isBlocked: !openWindow(address) }, problem: undefined })
    } catch (error) {
      this.set({ problem: reasonOf(error) })
      return
    }
    const waiting = new AbortController()
    this.waiting = waiting
    await this.awaitLogin(waiting)
  }

  /** Waits for the login no more. */
  cancelLogin(): void {
    this.waiting?.abort()
    this.waiting = undefined
    if (this.state.login) this.set({ login: undefined })
  }

  /** Logs in with a session token of pachd, as `pachctl auth get-robot-token` prints one. */
  loginWithToken(token: string): Promise<string | undefined> {
    return this.leave(async () => {
      await this.client.loginWithToken({ session_token: token.trim() })
      this.cancelLogin()
      return undefined
    })
  }

  /** Ends the session; all is unmounted. */
  logout(): Promise<string | undefined> {
    return this.leave(async () => {
      await this.client.logout()
      return undefined
    })
  }

  /** Starts mount-server now instead of after its pause. */
  async restart(): Promise<void> {
    const server = await this.serverHalf.restart().catch(() => undefined)
    if (server) this.set({ server })
    await this.mounts.refresh()
  }

  /** Asks again for what is known of the way to the cluster. Never rejects; what is not answered is not known. */
  async refresh(): Promise<void> {
    const { status } = this.mounts.state.connection
    const hasServer = status !== 'no-server'
    const ask = <T>(isThere: boolean, question: () => Promise<T>) => (isThere ? question().catch(() => undefined) : Promise.resolve(undefined))
    const [server, contexts, versions, auth] = await Promise.all([
      ask(true, () => this.serverHalf.status()),
      ask(hasServer, () => this.client.listContexts()),
      ask(hasServer, () => this.client.version()),
      ask(status === 'logged-out', () => this.client.getAuth()),
    ])
    this.set({ server, contexts, versions, auth })
  }

  /** Asks for all anew after `step`, which answers or throws why it was not possible. */
  private async leave(step: () => Promise<string | undefined>): Promise<string | undefined> {
    this.set({ leaving: true })
    try {
      const problem = await step()
      if (problem !== undefined) return problem
      this.known = ''
      await this.mounts.reset()
      return undefined
    } catch (error) {
      return reasonOf(error)
    } finally {
      this.set({ leaving: false })
    }
  }

  private async awaitLogin(waiting: AbortController): Promise<void> {
    const end = Date.now() + this.patience.patienceMs
    while (this.mounts.state.connection.status === 'logged-out') {
      if (Date.now() >= end) {
        this.cancelLogin()
        this.set({ problem: this.trans.__('Nobody has logged in for five minutes. Try again.') })
        return
      }
      await pause(this.patience.askAgainMs, waiting.signal)
      if (this.waiting !== waiting) return
      await this.mounts.refresh()
    }
    if (this.waiting === waiting) this.cancelLogin()
  }

  private readonly onMountsChanged = (): void => {
    const { connection } = this.mounts.state
    if (connection.status === 'loading' || keyOf(connection) === this.known) return
    this.known = keyOf(connection)
    if (connection.status === 'connected') this.set({ problem: undefined })
    void this.refresh()
  }
}

/** The same as long as nothing new is to be learned of the way to the cluster. */
function keyOf(connection: Connection): string {
  return `${connection.status} ${addressOf(connection)}`
}

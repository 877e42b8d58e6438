/** Which pachd the server talks to; the config file that is shared with pachctl follows, and is followed. */
import type { ClusterConfig, ContextList } from '@jupyterlab-pachyderm/mount-api'
import type { DiskCache, FileReadersOptions } from '@jupyterlab-pachyderm/mount-fs'
import { loginFromEnvironment, parseAddress, type PachConfig, type PachContext, PachdError } from '@jupyterlab-pachyderm/pachd-client'

import { type Cluster, DIAL_TIMEOUT_MS, dial, isAuthActive, type Reading } from './cluster.js'
import { ContextFile, type Environment, type Wanted } from './context-file.js'
import { MountError } from './errors.js'
import { ifAnswered } from './local-answer.js'
import { TurnTaking } from './turn-taking.js'

export type { Cluster } from './cluster.js'

const OWN_CONTEXT = 'mount-server'

/** What a connection is made from. */
export interface ConnectionOptions {
  readonly env: Environment
  /** Default: as pachctl finds it. */
  readonly configFile?: string | undefined
  /** Keeps what is read. Default: nothing is kept on disk. */
  readonly cache?: Promise<DiskCache | undefined> | undefined
  /** Hears when pachd begins to send of a large file. */
  readonly onFetch?: FileReadersOptions['onFetch']
  /** Hears of what does not work and keeps nobody from working. */
  readonly onProblem?: ((problem: string) => void) | undefined
}

/** The one connection of the server. */
export class Connection {
  readonly #env: Environment
  readonly #reading: Promise<Reading>
  readonly #file: ContextFile
  readonly #onProblem: (problem: string) => void
  readonly #turns = new TurnTaking()
  #cluster: Cluster | undefined
  #wanted: Wanted | undefined
  /** What the calls carry. */
  #token: string | undefined
  /** What the config file had when it was read. */
  #storedToken: string | undefined
  #problem: string | undefined

  constructor({ env, configFile, cache: opening = Promise.resolve(undefined), onFetch, onProblem = () => undefined }: ConnectionOptions) {
    this.#env = env
    this.#reading = opening.then(cache => ({ cache, onFetch, onNotice: onProblem }))
    this.#file = new ContextFile(env, configFile)
    this.#onProblem = onProblem
  }

  /** The cluster in use. Throws MountError NOT_CONNECTED. */
  get cluster(): Cluster {
    if (!this.#cluster) throw new MountError('NOT_CONNECTED', 'not connected to a cluster')
    return this.#cluster
  }

  /** How another process reaches the cluster in use, with the same login. Throws MountError NOT_CONNECTED. */
  get access(): Pick<Wanted, 'address' | 'serverCas' | 'token'> {
    const { client, serverCas } = this.cluster
    return { address: client.address, serverCas, token: this.#token }
  }

  /** Whether there is a cluster. */
  get isConnected(): boolean {
    return this.#cluster !== undefined
  }

  /** Whether the config file, as it was last read, names a pachd. */
  get isWanted(): boolean {
    return this.#wanted !== undefined
  }

  /** Why the config file is not what is used, in one sentence; undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether the server has, or had, a login. */
  get hasToken(): boolean {
    return this.#token !== undefined
  }

  /** The name that the cluster in use has, or would get, in the config file. */
  get contextName(): string {
    return this.#cluster?.context ?? OWN_CONTEXT
  }

  /** Path of the config file. */
  get configFile(): Promise<string> {
    return this.#file.path
  }

  /**
   * Connects to what the environment and the config file say. False when they name no pachd. Rejects with PachdError
   * for settings that cannot be used and for a pachd that does not answer; the server can go on without.
   */
  connectFromConfig(): Promise<boolean> {
    return this.#turns.run(async () => {
      try {
        const wanted = await this.#readWanted()
        if (wanted) await this.#enter(wanted)
        return wanted !== undefined
      } catch (error) {
        this.#problem = PachdError.from(error).message
        throw error
      }
    })
  }

  /** Which cluster is in use and how it is; INVALID when pachd does not answer within `patienceMs`. Throws MountError NOT_CONNECTED. */
  async status(patienceMs = DIAL_TIMEOUT_MS): Promise<ClusterConfig> {
    const { client } = this.cluster
    const health = client.health.check({}, { timeoutMs: patienceMs }).catch(() => undefined)
    const [answer, isActive] = await Promise.all([health, ifAnswered(isAuthActive(client), patienceMs)])
    if (answer?.status !== 'SERVING' || isActive === undefined) return { cluster_status: 'INVALID', pachd_address: client.address }
    return { cluster_status: isActive ? 'AUTH_ENABLED' : 'AUTH_DISABLED', pachd_address: client.address }
  }

  /**
   * Changes to the pachd at `address`, and writes it to the config file. `leave` ends what belongs to the cluster so
   * far; when it fails, nothing changes. An address that is in use already is left as it is. Resolves to whether the
   * cluster changed. Throws MountError BAD_REQUEST and UNREACHABLE.
   */
  change(address: string, serverCas: string | undefined, leave: () => Promise<void>): Promise<boolean> {
    const { qualified } = readAddress(address)
    return this.#turns.run(async () => {
      if (this.#cluster?.client.address === qualified) return false
      await this.#switch({ address: qualified, serverCas, context: OWN_CONTEXT }, leave, () =>
        this.#file.addActive(OWN_CONTEXT, { pachd_address: qualified, ...(serverCas ? { server_cas: serverCas } : {}) }),
      )
      return true
    })
  }

  /**
   * Changes to a context of the config file, and makes it the active one there. As `change`; the token is the context's.
   * Throws MountError NOT_FOUND when there is no such context.
   */
  activate(name: string, leave: () => Promise<void>): Promise<boolean> {
    return this.#turns.run(async () => {
      const wanted = await this.#file.contextNamed(name)
      const write = () =>
        this.#file.edit(written => {
          written.v2 = { ...written.v2, active_context: name }
        })
      if (this.#cluster?.context === name && this.#cluster.client.address === parseAddress(wanted.address).qualified) {
        await write()
        await this.#readWanted()
        return false
      }
      await this.#switch(wanted, leave, write)
      return true
    })
  }

  /** The contexts of the config file, without their secrets. A file that cannot be read has none, and `problem` says why. */
  contexts(): Promise<ContextList> {
    return this.#file.list(this.#cluster?.context, this.#problem)
  }

  /**
   * Looks into the config file again. A login or logout of pachctl counts at once. A pachd that it names now is used
   * when there was none, or when `isIdle` says that nothing would be lost; else the present one stays, and `problem`
   * says so. Resolves to whether the cluster changed; a failure is a `problem`.
   */
  reload({ isIdle }: { isIdle: () => boolean }): Promise<boolean> {
    return this.#turns.run(async () => {
      const [before, tokenBefore] = [this.#wanted, this.#storedToken]
      try {
        const wanted = await this.#readWanted()
        if (this.#storedToken !== tokenBefore) this.#setToken(this.#storedToken)
        const isNew = wanted !== undefined && !(this.#cluster && (isSameTarget(before, wanted) || isSameTarget({ address: this.#cluster.client.address, context: this.#cluster.context }, wanted)))
        if (isNew) await this.#enter(wanted, isIdle)
        else this.#problem = undefined
        return isNew
      } catch (error) {
        this.#noticeProblem(error instanceof MountError ? error.message : PachdError.from(error).message)
        return false
      }
    })
  }

  /**
   * Makes `token` what calls carry from now on, and stores it in the config file; a file that cannot be written is a
   * `problem`. Resolves to the content of the file.
   */
  async storeToken(token: string): Promise<PachConfig> {
    this.#setToken(token)
    const edit = this.#contextEdit(context => (context.session_token = token))
    try {
      return await this.#file.edit(edit)
    } catch (error) {
      this.#noticeProblem(`the login ends with this server, since it could not be stored: ${PachdError.from(error).message}`)
      const config: PachConfig = {}
      edit(config)
      return config
    }
  }

  /** Forgets the token, here and in the config file. Rejects with PachdError when the file cannot be written. */
  async dropToken(): Promise<void> {
    this.#setToken(undefined)
    if (this.cluster.context === undefined) return
    const edit = this.#contextEdit(context => delete context.session_token)
    await this.#file.edit(edit)
  }

  /** Ends the connection; closing twice is fine. */
  close(): void {
    this.#cluster?.client.close()
  }

  async #readWanted(): Promise<Wanted | undefined> {
    const { config, wanted } = await this.#file.read()
    this.#wanted = wanted
    this.#storedToken = this.#tokenIn(config)
    return wanted
  }

  #tokenIn(config: PachConfig | undefined): string | undefined {
    const cluster = this.#cluster
    if (!cluster) return this.#wanted?.token
    if (!this.#file.isTokenFor(config, cluster.context, cluster.client.address)) return this.#storedToken
    return cluster.context === undefined ? undefined : config?.v2?.contexts?.[cluster.context]?.session_token
  }

  async #enter(wanted: Wanted, isIdle: () => boolean = () => true): Promise<void> {
    const cluster = await dial(wanted, wanted.context, await this.#reading)
    if (this.#cluster && !isIdle()) {
      cluster.client.close()
      throw new MountError('CONFLICT', `the config file names ${wanted.address} now; ${this.#cluster.client.address} stays in use since something is mounted; PUT /contexts/_activate changes to it`)
    }
    this.#problem = undefined
    this.#use(cluster, wanted.token)
    if (wanted.token) return
    try {
      const token = (await isAuthActive(cluster.client)) ? await loginFromEnvironment(cluster.client, this.#env, { timeoutMs: DIAL_TIMEOUT_MS }) : undefined
      if (token !== undefined) await this.storeToken(token)
    } catch (error) {
      this.#noticeProblem(`DEX_TOKEN did not log in: ${PachdError.from(error).message}`)
    }
  }

  async #switch(options: Wanted, leave: () => Promise<void>, write: () => Promise<unknown>): Promise<void> {
    const next = await reach(options, await this.#reading)
    try {
      await leave()
      await write()
    } catch (error) {
      next.client.close()
      throw error
    }
    this.#use(next, options.token)
    this.#problem = undefined
    await this.#readWanted().catch((error: unknown) => this.#noticeProblem(PachdError.from(error).message))
  }

  #use(next: Cluster, token: string | undefined): void {
    this.#cluster?.client.close()
    this.#cluster = next
    this.#token = token
    this.#storedToken = token
  }

  #setToken(token: string | undefined): void {
    this.#cluster?.client.setToken(token)
    this.#cluster?.repos.forgetUser()
    this.#token = token
    this.#storedToken = token
  }

  /** pachctl writes the project into every context that it touches, and clients compare the file. */
  #contextEdit(change: (context: PachContext) => unknown): (config: PachConfig) => void {
    const { client } = this.cluster
    const name = this.contextName
    return config => {
      config.v2 ??= {}
      const context: PachContext = { pachd_address: client.address, project: 'default', ...config.v2.contexts?.[name] }
      change(context)
      config.v2.contexts = { ...config.v2.contexts, [name]: context }
      config.v2.active_context ??= name
    }
  }

  #noticeProblem(problem: string): void {
    if (this.#problem !== problem) this.#onProblem(problem)
    this.#problem = problem
  }
}

function isSameTarget(one: Pick<Wanted, 'address' | 'context'> | undefined, other: Pick<Wanted, 'address' | 'context'>): boolean {
  return one !== undefined && one.context === other.context && parseAddress(one.address).qualified === parseAddress(other.address).qualified
}

function readAddress(address: string) {
  try {
    return parseAddress(address)
  } catch (cause) {
    throw new MountError('BAD_REQUEST', `either empty or poorly formatted cluster endpoint: ${PachdError.from(cause).message}`, { cause })
  }
}

async function reach(options: Wanted, reading: Reading): Promise<Cluster> {
  try {
    return await dial(options, options.context, reading)
  } catch (cause) {
    throw new MountError('UNREACHABLE', `could not connect to ${options.address}: ${PachdError.from(cause).message}`, { cause })
  }
}

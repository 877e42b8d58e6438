/** Which pachd the server talks to, and as whom; the config file follows. */
import {
  configPath, connectionFromConfig, createPachdClient, parseAddress, PachdError, readConfigFile, saveContext, updateConfigFile,
  type PachConfig, type PachdClient, type PachdClientOptions,
} from '@jupyterlab-pachyderm/pachd-client'
import { CommitTrees, FileReaders } from '@jupyterlab-pachyderm/mount-fs'
import type { ClusterConfig, LoginPage } from '@jupyterlab-pachyderm/mount-api'

import { MountError } from './errors.js'

type Environment = Readonly<Record<string, string | undefined>>

/** A pachd that answers. */
export interface Cluster {
  readonly client: PachdClient
  readonly trees: CommitTrees
  readonly readers: FileReaders
  /** Name of its context in the config file; undefined when it is not in there. */
  readonly context: string | undefined
}

const DIAL_TIMEOUT_MS = 5000
/** A login waits for a person. */
const LOGIN_TIMEOUT_MS = 15 * 60 * 1000
const OWN_CONTEXT = 'mount-server'

/** The one connection of the server. */
export class Connection {
  readonly #env: Environment
  readonly #configFile: Promise<string>
  #cluster: Cluster | undefined

  constructor({ env, configFile }: { env: Environment; configFile?: string | undefined }) {
    this.#env = env
    this.#configFile = configFile === undefined ? configPath(env) : Promise.resolve(configFile)
  }

  /** The cluster in use. Throws MountError NOT_CONNECTED. */
  get cluster(): Cluster {
    if (!this.#cluster) throw new MountError('NOT_CONNECTED', 'not connected to a cluster')
    return this.#cluster
  }

  /** Whether there is a cluster. */
  get isConnected(): boolean {
    return this.#cluster !== undefined
  }

  /**
   * Connects to what the environment and the config file say. False when they name no pachd. Rejects with PachdError
   * for settings that cannot be used and for a pachd that does not answer; the server can go on without.
   */
  async connectFromConfig(): Promise<boolean> {
    const options = await connectionFromConfig(await readConfigFile(await this.#configFile), this.#env)
    if (!options) return false
    this.#cluster = await dial(options, options.context)
    return true
  }

  /** Which cluster is in use and how it is. Throws MountError NOT_CONNECTED. */
  async status(): Promise<ClusterConfig> {
    const { client } = this.cluster
    const health = await client.health.check({}, { timeoutMs: DIAL_TIMEOUT_MS }).catch(() => undefined)
    if (health?.status !== 'SERVING') return { cluster_status: 'INVALID', pachd_address: client.address }
    return { cluster_status: (await isAuthActive(client)) ? 'AUTH_ENABLED' : 'AUTH_DISABLED', pachd_address: client.address }
  }

  /**
   * Changes to the pachd at `address`, and writes it to the config file. `leave` ends what belongs to the cluster so
   * far; when it fails, nothing changes. An address that is in use already is left as it is. Resolves to whether the
   * cluster changed. Throws MountError BAD_REQUEST and UNREACHABLE.
   */
  async change(address: string, serverCas: string | undefined, leave: () => Promise<void>): Promise<boolean> {
    const { qualified } = readAddress(address)
    if (this.#cluster?.client.address === qualified) return false
    const next = await reach({ address: qualified, serverCas }, OWN_CONTEXT)
    try {
      await leave()
      await saveContext(await this.#configFile, OWN_CONTEXT, { pachd_address: qualified, ...(serverCas ? { server_cas: serverCas } : {}) }, { activate: true })
    } catch (error) {
      next.client.close()
      throw error
    }
    this.#cluster?.client.close()
    this.#cluster = next
    return true
  }

  /** Throws MountError UNAUTHENTICATED when the cluster wants a login and there is none. */
  async checkLogin(): Promise<void> {
    const { client } = this.cluster
    const [isActive, isKnown] = await Promise.all([
      isAuthActive(client),
      client.auth.whoAmI({}).then(
        () => true,
        () => false,
      ),
    ])
    if (isActive && !isKnown) throw new MountError('UNAUTHENTICATED', 'user unauthenticated')
  }

  /** Where the user logs in. Throws MountError LOGIN_FAILED when the cluster has no login. */
  async loginPage(): Promise<LoginPage> {
    const { client } = this.cluster
    if (!(await isAuthActive(client))) throw new MountError('LOGIN_FAILED', "auth isn't activated on the cluster")
    try {
      const { loginUrl, state } = await client.auth.getOIDCLogin({})
      return { auth_url: loginUrl, oidc_state: state }
    } catch (cause) {
      throw new MountError('LOGIN_FAILED', PachdError.from(cause).message, { cause })
    }
  }

  /**
   * Waits until the user has logged in with `oidcState`, and uses and stores the token. Resolves to the config file
   * without the contexts of other clusters, whose tokens are nobody's business here.
   */
  async finishLogin(oidcState: string): Promise<{ config: PachConfig; context: string }> {
    const { client, context = OWN_CONTEXT } = this.cluster
    let token: string
    try {
      token = (await client.auth.authenticate({ oidcState }, { timeoutMs: LOGIN_TIMEOUT_MS })).pachToken
    } catch (cause) {
      throw new MountError('LOGIN_FAILED', PachdError.from(cause).message, { cause })
    }
    client.setToken(token)
    const config = await this.#changeContext(context, written => (written.session_token = token))
    const own = config.v2?.contexts?.[context]
    return { context, config: { ...config, v2: { ...config.v2, active_context: context, contexts: own ? { [context]: own } : {} } } }
  }

  /** Forgets the token, here and in the config file. */
  async logout(): Promise<void> {
    const { client, context } = this.cluster
    if (context !== undefined) await this.#changeContext(context, written => delete written.session_token)
    client.setToken(undefined)
  }

  /** Ends the connection; closing twice is fine. */
  close(): void {
    this.#cluster?.client.close()
  }

  async #changeContext(name: string, change: (context: Record<string, unknown>) => unknown): Promise<PachConfig> {
    const { client } = this.cluster
    return updateConfigFile(await this.#configFile, config => {
      config.v2 ??= {}
      // pachctl writes the project into every context that it touches, and clients compare the file.
      const context = { pachd_address: client.address, project: 'default', ...config.v2.contexts?.[name] }
      change(context)
      config.v2.contexts = { ...config.v2.contexts, [name]: context }
      config.v2.active_context ??= name
    })
  }
}

function readAddress(address: string) {
  try {
    return parseAddress(address)
  } catch (cause) {
    throw new MountError('BAD_REQUEST', `either empty or poorly formatted cluster endpoint: ${PachdError.from(cause).message}`, { cause })
  }
}

async function reach(options: PachdClientOptions, context: string | undefined): Promise<Cluster> {
  try {
    return await dial(options, context)
  } catch (cause) {
    throw new MountError('UNREACHABLE', `could not connect to ${options.address}: ${PachdError.from(cause).message}`, { cause })
  }
}

async function dial(options: PachdClientOptions, context: string | undefined): Promise<Cluster> {
  const client = createPachdClient(options)
  try {
    await client.admin.inspectCluster({}, { timeoutMs: DIAL_TIMEOUT_MS })
  } catch (error) {
    client.close()
    throw error
  }
  return { client, trees: new CommitTrees(client), readers: new FileReaders(client), context }
}

/** The role bindings of the cluster exist only where authorization is on; a refusal to show them says so too. */
async function isAuthActive(client: PachdClient): Promise<boolean> {
  try {
    await client.auth.getRoleBinding({ resource: { type: 'CLUSTER', name: '' } }, { timeoutMs: DIAL_TIMEOUT_MS })
    return true
  } catch (thrown) {
    const { code } = PachdError.from(thrown)
    return code === 'PERMISSION_DENIED' || code === 'UNAUTHENTICATED'
  }
}

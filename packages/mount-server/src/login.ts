/** Who the server is to pachd: logging in by browser or by token, and out. */
import type { AuthState, LoginPage, TokenLogin } from '@jupyterlab-pachyderm/mount-api'
import { createPachdClient, type PachConfig, type PachdClient, PachdError } from '@jupyterlab-pachyderm/pachd-client'

import { DIAL_TIMEOUT_MS, isAuthActive } from './cluster.js'
import type { Connection } from './connection.js'
import { MountError } from './errors.js'
import { ifAnswered, LOCAL_PATIENCE_MS } from './local-answer.js'
import { refusalOf } from './login-refusal.js'

/** A login waits for a person. */
const LOGIN_TIMEOUT_MS = 15 * 60 * 1000

/** The logins of the one connection. Methods throw MountError NOT_CONNECTED without a cluster. */
export class Login {
  readonly #connection: Connection
  #asked: { readonly state: Promise<AuthState>; readonly sinceMs: number } | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * Throws MountError UNAUTHENTICATED when the cluster wants a login and there is none, or none any more. When pachd does
   * not answer soon the request goes on: what is local needs no pachd, and the rest is refused by pachd itself.
   */
  async check(): Promise<void> {
    // Many requests at once ask once.
    this.#asked ??= { state: this.state().finally(() => (this.#asked = undefined)), sinceMs: performance.now() }
    const waitedMs = performance.now() - this.#asked.sinceMs
    const state = (await ifAnswered(this.#asked.state, Math.max(0, LOCAL_PATIENCE_MS - waitedMs)))?.state
    if (state === 'logged-out' || state === 'expired') throw new MountError('UNAUTHENTICATED', 'user unauthenticated')
  }

  /** Who the server is to pachd now. A pachd that is away makes it "unknown". */
  async state(): Promise<AuthState> {
    const { client } = this.#connection.cluster
    try {
      const { username, expiration } = await client.auth.whoAmI({}, { timeoutMs: DIAL_TIMEOUT_MS })
      return { state: 'logged-in', user: username, ...(expiration && { expires_at: new Date(expiration.seconds * 1000).toISOString() }) }
    } catch (thrown) {
      const refusal = refusalOf[PachdError.from(thrown).code]
      if (refusal === 'refused') return { state: this.#connection.hasToken ? 'expired' : 'logged-out', user: null }
      return { state: refusal === 'off' ? 'off' : 'unknown', user: null }
    }
  }

  /** Where the user logs in. Throws MountError LOGIN_FAILED when the cluster has no login. */
  async page(): Promise<LoginPage> {
    const { client } = this.#connection.cluster
    try {
      if (!(await isAuthActive(client))) throw new MountError('LOGIN_FAILED', "auth isn't activated on the cluster")
      const { loginUrl, state } = await client.auth.getOIDCLogin({}, { timeoutMs: DIAL_TIMEOUT_MS })
      if (!/^https?:\/\//.test(loginUrl)) throw new PachdError('FAILED_PRECONDITION', `pachd sends to ${loginUrl} for the login, which is no page`)
      return { auth_url: loginUrl, oidc_state: state }
    } catch (cause) {
      throw failed(cause)
    }
  }

  /**
   * Waits until the user has logged in with `oidcState`, and uses and stores the token. Resolves to the config file
   * without the contexts of other clusters, whose tokens are nobody's business here. Throws MountError LOGIN_FAILED.
   */
  async finish(oidcState: string): Promise<PachConfig> {
    const { client } = this.#connection.cluster
    const token = await client.auth.authenticate({ oidcState }, { timeoutMs: LOGIN_TIMEOUT_MS }).then(
      ({ pachToken }) => pachToken,
      (cause: unknown) => {
        throw failed(cause)
      },
    )
    this.#requireSame(client)
    const name = this.#connection.contextName
    const config = await this.#connection.storeToken(token)
    const own = config.v2?.contexts?.[name]
    return { ...config, v2: { ...config.v2, active_context: name, contexts: own ? { [name]: own } : {} } }
  }

  /**
   * Logs in with a session token of pachd, or with an ID token of its identity provider. A token that pachd does not
   * accept changes nothing. Throws MountError BAD_REQUEST and LOGIN_FAILED.
   */
  async withToken({ session_token: sessionToken, id_token: idToken }: TokenLogin): Promise<AuthState> {
    const { client } = this.#connection.cluster
    if (Boolean(sessionToken) === Boolean(idToken)) throw new MountError('BAD_REQUEST', 'give one of "session_token" and "id_token"')
    const token = sessionToken || (await client.auth.authenticate({ idToken: idToken ?? '' }, { timeoutMs: DIAL_TIMEOUT_MS }).catch((cause: unknown) => Promise.reject(failed(cause)))).pachToken
    await this.#probe(token)
    this.#requireSame(client)
    await this.#connection.storeToken(token)
    return this.state()
  }

  /** Forgets the token, here and in the config file. */
  async out(): Promise<void> {
    await this.#connection.dropToken()
  }

  /** A token is for the cluster that gave it, and a login may take long. */
  #requireSame(client: PachdClient): void {
    if (this.#connection.cluster.client !== client) throw new MountError('LOGIN_FAILED', `the login was for ${client.address}, which is not in use any more; log in again`)
  }

  async #probe(token: string): Promise<void> {
    const { client, serverCas } = this.#connection.cluster
    const probe = createPachdClient({ address: client.address, serverCas, token })
    try {
      await probe.auth.whoAmI({}, { timeoutMs: DIAL_TIMEOUT_MS })
    } catch (cause) {
      throw failed(cause)
    } finally {
      probe.close()
    }
  }
}

function failed(cause: unknown): MountError {
  if (cause instanceof MountError) return cause
  return new MountError('LOGIN_FAILED', PachdError.from(cause).message, { cause })
}

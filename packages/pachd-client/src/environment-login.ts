/** Logging in with the ID token that an environment provides. */
import type { CallOptions } from './call-options.js'
import type { PachdClient } from './pachd-client.js'

/**
 * Exchanges `DEX_TOKEN`, an OIDC ID token, for a session token of pachd, which the client carries from now on. Resolves
 * to the session token, for the config file; undefined when the variable is not set. Rejects with PachdError
 * UNAUTHENTICATED or UNKNOWN when pachd does not accept the token, UNIMPLEMENTED when it has no authorization.
 */
export async function loginFromEnvironment(client: Pick<PachdClient, 'auth' | 'setToken'>, env: Readonly<Record<string, string | undefined>>, options?: CallOptions): Promise<string | undefined> {
  const idToken = env['DEX_TOKEN']
  if (!idToken) return undefined
  const { pachToken } = await client.auth.authenticate({ idToken }, options)
  client.setToken(pachToken)
  return pachToken
}

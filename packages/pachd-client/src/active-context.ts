/** Which pachd a config file and the environment name. */
import { readFile } from 'node:fs/promises'

import { parseAddress } from './address.js'
import type { PachConfig, PachContext } from './config-file.js'
import { PachdError } from './errors.js'
import type { PachdClientOptions } from './pachd-client.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The context in use: `PACH_CONTEXT`, else `active_context`; undefined when the file names none. Throws PachdError
 * FAILED_PRECONDITION when the name belongs to no context.
 */
export function activeContext(config: PachConfig | undefined, env: Environment): { name: string; context: PachContext } | undefined {
  const contexts = config?.v2?.contexts ?? {}
  const chosen = env['PACH_CONTEXT']
  if (chosen !== undefined && chosen !== '') {
    const context = contexts[chosen]
    if (!context) throw new PachdError('FAILED_PRECONDITION', `pachctl config error: \`PACH_CONTEXT\` refers to a context ("${chosen}") that does not exist`)
    return { name: chosen, context }
  }
  const name = config?.v2?.active_context
  if (!name) return undefined
  const context = contexts[name]
  if (!context) throw new PachdError('FAILED_PRECONDITION', `the config file's active context ("${name}") does not exist; choose another one with "pachctl config set active-context"`)
  return { name, context }
}

/**
 * The connection that the environment and the config file ask for: `PACHD_ADDRESS` before the active context's
 * address, with that context's token; undefined when neither names an address. A port that pachctl forwards
 * (`port_forwarders.pachd`) counts as an address. `PACH_CA_CERTS` (a path, only together with a grpcs
 * `PACHD_ADDRESS`) is read. Throws PachdError for contexts and addresses that cannot be used.
 */
export async function connectionFromConfig(config: PachConfig | undefined, env: Environment): Promise<(PachdClientOptions & { context: string | undefined }) | undefined> {
  const active = activeContext(config, env)
  const token = active?.context.session_token
  const context = active?.name
  const override = env['PACHD_ADDRESS']
  if (override) {
    return { address: override, token, context, serverCas: await caCertificates(override, env['PACH_CA_CERTS']) }
  }
  if (!active) return undefined
  const address = active.context.pachd_address ?? forwardedAddress(active.context)
  if (!address) return undefined
  const serverCas = active.context.server_cas
  if (serverCas && !parseAddress(address).tls) {
    throw new PachdError('FAILED_PRECONDITION', `context "${active.name}" has server_cas but its address ${address} is not encrypted; write grpcs:// or remove server_cas`)
  }
  return { address, token, context, serverCas }
}

function forwardedAddress(context: PachContext): string | undefined {
  const forwarders = context['port_forwarders']
  if (typeof forwarders !== 'object' || forwarders === null || !('pachd' in forwarders)) return undefined
  return typeof forwarders.pachd === 'number' ? `grpc://localhost:${String(forwarders.pachd)}` : undefined
}

async function caCertificates(address: string, path: string | undefined): Promise<string | undefined> {
  if (!path) return undefined
  if (!parseAddress(address).tls) throw new PachdError('FAILED_PRECONDITION', 'PACH_CA_CERTS can only be used with a PACHD_ADDRESS that begins with grpcs://')
  try {
    return (await readFile(path)).toString('base64')
  } catch (cause) {
    throw new PachdError('FAILED_PRECONDITION', `PACH_CA_CERTS names ${path}, which cannot be read`, { cause })
  }
}

/** identity_v2: the configuration of an identity provider is kept, so that activating auth runs through; there is no provider. */
import { identity } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound } from '../model-error.js'
import { newToken } from '../model/names.js'
import type { Pachd } from '../model/pachd.js'
import { tables } from '../model/records.js'
import type { Rows } from '../store/store.js'
import { implementService } from './call.js'
import type { ServiceBase } from './call.js'
import { required } from './wire.js'

const toWire = <T>(codec: { encode(message: T): { finish(): Uint8Array } }, message: T): string => Buffer.from(codec.encode(message).finish()).toString('base64')

function clientsOf(rows: Rows): identity.OIDCClient[] {
  return [...tables.identity.list(rows, 'client')].map(wire => identity.OIDCClient.decode(Buffer.from(wire, 'base64')))
}

function requireClient(rows: Rows, id: string): identity.OIDCClient {
  const client = clientsOf(rows).find(one => one.id === id)
  if (!client) throw notFound(`OIDC client "${id.slice(0, 200)}" not found`)
  return client
}

function checkId(id: string): void {
  if (id === '' || id.length > 500 || id.includes('\0')) throw new ModelError('INVALID_ARGUMENT', 'the id of an OIDC client has 1 to 500 characters and no NUL')
}

/** The service of identities. */
export function identityService(base: ServiceBase, pachd: Pachd) {
  return implementService(identity.APIDefinition, base, {
    async setIdentityServerConfig(request) {
      const config = required(request.config, 'SetIdentityServerConfigRequest', 'Config')
      await pachd.change(({ rows }) => tables.identity.put(rows, ['config'], toWire(identity.IdentityServerConfig, config)))
      return {}
    },
    getIdentityServerConfig: () => ({ config: identity.IdentityServerConfig.decode(Buffer.from(tables.identity.get(pachd.rows, 'config') ?? '', 'base64')) }),
    async createOIDCClient(request) {
      const given = required(request.client, 'CreateOIDCClientRequest', 'Client')
      checkId(given.id)
      const client = { ...given, secret: given.secret || newToken() }
      await pachd.change(({ rows }) => {
        if (tables.identity.get(rows, 'client', client.id) !== undefined) throw new ModelError('ALREADY_EXISTS', `OIDC client "${client.id}" already exists`)
        tables.identity.put(rows, ['client', client.id], toWire(identity.OIDCClient, client))
      })
      return { client }
    },
    async updateOIDCClient(request) {
      const given = required(request.client, 'UpdateOIDCClientRequest', 'Client')
      await pachd.change(({ rows }) => {
        const { secret } = requireClient(rows, given.id)
        tables.identity.put(rows, ['client', given.id], toWire(identity.OIDCClient, { ...given, secret: given.secret || secret }))
      })
      return {}
    },
    getOIDCClient: ({ id }) => ({ client: requireClient(pachd.rows, id) }),
    // As in the listing of any secrets: their values are not shown.
    listOIDCClients: () => ({ clients: clientsOf(pachd.rows).map(client => ({ ...client, secret: '' })) }),
    async deleteOIDCClient({ id }) {
      await pachd.change(({ rows }) => {
        requireClient(rows, id)
        tables.identity.remove(rows, 'client', id)
      })
      return {}
    },
    async deleteAll() {
      await pachd.change(({ rows }) => {
        tables.identity.remove(rows, 'config')
        tables.identity.clear(rows, 'client')
      })
      return {}
    },
  })
}

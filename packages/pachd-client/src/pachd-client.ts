/** The client of one pachd: its services over one connection. */
import { admin, auth, enterprise, health, identity, license, metadata, pfs, pps, transaction, version } from '@jupyterlab-pachyderm/pachd-proto'

import { Connection } from './connection.js'
import { createServiceClient, type ServiceClient } from './service-client.js'

/** How to reach a pachd. */
export interface PachdClientOptions {
  /** `[scheme://]host[:port]` or `unix:/path`; see parseAddress. */
  readonly address: string
  /** Session token of a logged-in user. */
  readonly token?: string | undefined
  /** CA certificates that sign for pachd: base64 of PEM, as in config files. */
  readonly serverCas?: string | undefined
  /** Deadline of unary calls in milliseconds that name none. Default 30,000; those that only read have 10,000 at most. */
  readonly timeoutMs?: number | undefined
}

/** A pachd; every method rejects with PachdError. Whoever makes it closes it. */
export interface PachdClient {
  /** The address with scheme and port. */
  readonly address: string
  readonly pfs: ServiceClient<typeof pfs.APIDefinition>
  readonly pps: ServiceClient<typeof pps.APIDefinition>
  readonly auth: ServiceClient<typeof auth.APIDefinition>
  readonly admin: ServiceClient<typeof admin.APIDefinition>
  readonly version: ServiceClient<typeof version.APIDefinition>
  readonly transaction: ServiceClient<typeof transaction.APIDefinition>
  readonly enterprise: ServiceClient<typeof enterprise.APIDefinition>
  readonly license: ServiceClient<typeof license.APIDefinition>
  readonly identity: ServiceClient<typeof identity.APIDefinition>
  readonly metadata: ServiceClient<typeof metadata.APIDefinition>
  readonly health: ServiceClient<typeof health.HealthDefinition>
  /** The session token that calls carry from now on; undefined for none. */
  setToken(token: string | undefined): void
  /** Ends the connection; calls under way fail with UNAVAILABLE or CANCELLED. Closing twice is fine. */
  close(): void
}

/** A client of the pachd at `address`. Nothing is sent yet. Throws PachdError INVALID_ARGUMENT for unusable options. */
export function createPachdClient(options: PachdClientOptions): PachdClient {
  const connection = new Connection(options)
  return {
    address: connection.address.qualified,
    pfs: createServiceClient(connection, pfs.APIDefinition),
    pps: createServiceClient(connection, pps.APIDefinition),
    auth: createServiceClient(connection, auth.APIDefinition),
    admin: createServiceClient(connection, admin.APIDefinition),
    version: createServiceClient(connection, version.APIDefinition),
    transaction: createServiceClient(connection, transaction.APIDefinition),
    enterprise: createServiceClient(connection, enterprise.APIDefinition),
    license: createServiceClient(connection, license.APIDefinition),
    identity: createServiceClient(connection, identity.APIDefinition),
    metadata: createServiceClient(connection, metadata.APIDefinition),
    health: createServiceClient(connection, health.HealthDefinition),
    setToken: token => connection.setToken(token),
    close: () => connection.close(),
  }
}

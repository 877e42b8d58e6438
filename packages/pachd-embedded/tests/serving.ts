/** An embedded pachd for the tests of one file, in a directory that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { MethodDescription, ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'
import { afterAll, beforeAll } from 'vitest'

import { startEmbeddedPachd } from '../src/index.js'
import type { EmbeddedPachd } from '../src/index.js'
import { WireClient } from './wire-client.js'

/** What a test gets: the server, a client of it, and what the server called its own failures. */
export interface Serving {
  readonly pachd: EmbeddedPachd
  readonly client: WireClient
  readonly dataDir: string
  readonly reported: unknown[]
  /** Another client, with a token. */
  connect(token?: string): WireClient
}

/** Starts a pachd before all tests of the file and stops it after them; with a root token it starts with auth. */
export function serving(rootToken?: string): () => Serving {
  let now: Serving | undefined
  const clients: WireClient[] = []
  beforeAll(async () => {
    const reported: unknown[] = []
    const dataDir = await mkdtemp(join(tmpdir(), 'pachd-embedded-'))
    const pachd = await startEmbeddedPachd({ dataDir, ...(rootToken !== undefined && { rootToken }), report: error => reported.push(error) })
    const connect = (token?: string) => {
      const client = new WireClient(pachd.address, token)
      clients.push(client)
      return client
    }
    now = { pachd, client: connect(rootToken), dataDir, reported, connect }
  })
  afterAll(async () => {
    for (const client of clients) client.close()
    await now?.pachd.stop()
    if (now) await rm(now.dataDir, { recursive: true, force: true })
  })
  return () => {
    if (!now) throw new Error('the pachd of this file has not started')
    return now
  }
}

/** All methods of services, with their paths on the wire. */
export function methodsOf(services: readonly ServiceDescription[]): { readonly path: string; readonly method: MethodDescription }[] {
  return services.flatMap(service => Object.values(service.methods).map(method => ({ path: `/${service.fullName}/${method.name}`, method })))
}

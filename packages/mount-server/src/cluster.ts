/** A pachd that answers, and what is remembered of it. */
import { createPachdClient, PachdError, type PachdClient, type PachdClientOptions } from '@jupyterlab-pachyderm/pachd-client'
import { BranchHeads, CommitTrees, type DiskCache, FileReaders, type FileReadersOptions } from '@jupyterlab-pachyderm/mount-fs'

import { refusalOf } from './login-refusal.js'
import { RepoListing } from './repo-listing.js'

/** A pachd that answered once. */
export interface Cluster {
  /** By this the cluster is known again, whatever its address is then. */
  readonly id: string
  readonly client: PachdClient
  readonly trees: CommitTrees
  readonly readers: FileReaders
  readonly repos: RepoListing
  readonly heads: BranchHeads
  /** Name of its context in the config file; undefined when it is not in there. */
  readonly context: string | undefined
  /** CA certificates that sign for it. */
  readonly serverCas: string | undefined
}

/** Whoever waits for an answer about an address gets it within 5 s. */
export const DIAL_TIMEOUT_MS = 4500

/** Where what is read is kept, and who hears of what pachd sends. */
export interface Reading {
  readonly cache: DiskCache | undefined
  readonly onFetch: FileReadersOptions['onFetch']
  readonly onNotice: FileReadersOptions['onNotice']
}

/** Connects to a pachd; what is read from it is kept in `cache`. Rejects with PachdError that names the address when it does not answer in time. */
export async function dial(options: PachdClientOptions, context: string | undefined, { cache, onFetch, onNotice }: Reading): Promise<Cluster> {
  const client = createPachdClient(options)
  let cluster: string
  try {
    cluster = (await client.admin.inspectCluster({}, { timeoutMs: DIAL_TIMEOUT_MS })).id || client.address
  } catch (thrown) {
    client.close()
    const error = PachdError.from(thrown)
    if (error.code !== 'DEADLINE_EXCEEDED') throw error
    const cause = `nothing that speaks gRPC${client.address.startsWith('grpcs:') ? ' with TLS' : ''} answered at ${client.address} within ${String(DIAL_TIMEOUT_MS / 1000)} s`
    throw new PachdError('DEADLINE_EXCEEDED', `${cause}; check host, port and scheme (grpcs:// for TLS)`, { cause: thrown })
  }
  return { id: cluster, client, trees: new CommitTrees(client), readers: new FileReaders(client, { disk: cache && { cache, cluster }, onFetch, onNotice }), heads: new BranchHeads(client), repos: new RepoListing(client), context, serverCas: options.serverCas }
}

/**
 * Whether the cluster has authorization: then only has it role bindings, and a refusal to show them says so too. Rejects
 * with PachdError when pachd does not answer.
 */
export async function isAuthActive(client: PachdClient): Promise<boolean> {
  try {
    await client.auth.getRoleBinding({ resource: { type: 'CLUSTER', name: '' } }, { timeoutMs: DIAL_TIMEOUT_MS })
    return true
  } catch (thrown) {
    const error = PachdError.from(thrown)
    const refusal = refusalOf[error.code]
    if (refusal === 'away') throw error
    return refusal === 'refused'
  }
}

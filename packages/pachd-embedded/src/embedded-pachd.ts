/** A pachd in this process: data directory, model and gRPC server, started and stopped together. */
import { createServer as createProbe } from 'node:net'

import { Server, ServerCredentials } from '@grpc/grpc-js'
import { MAX_MESSAGE_BYTES } from '@jupyterlab-pachyderm/pachd-proto'

import { openDataDirectory } from './data-directory.js'
import type { DataDirectory } from './data-directory.js'
import { activateAuth, addMissingBindings, isAuthActive, rotateRootToken } from './model/auth.js'
import type { Collected } from './model/collection.js'
import { DirectoryHashes } from './model/directory-hash.js'
import { DEFAULT_PROJECT } from './model/names.js'
import { Pachd } from './model/pachd.js'
import { createProject, listProjects } from './model/repos.js'
import { tables } from './model/records.js'
import { printableError } from './printable.js'
import { absentServices } from './services/absent-methods.js'
import { admission } from './services/admission.js'
import { authService } from './services/auth-service.js'
import type { ServiceBase } from './services/call.js'
import { clusterServices } from './services/cluster-services.js'
import { pfsService } from './services/pfs-service.js'
import { ppsService } from './services/pps-service.js'
import { transactionService } from './services/transactions.js'

/** How to start an embedded pachd. */
export interface EmbeddedPachdOptions {
  /** Where the data is kept; made when it is missing. One process at a time can use it. */
  readonly dataDir: string
  /** The address to listen on; other than loopback only with auth. */
  readonly host?: string
  /** The port to listen on; 0 takes a free one. */
  readonly port?: number
  /** Turns auth on, with this token for `pach:root`; replaces an earlier root token. */
  readonly rootToken?: string
  /** Hears of failures that are nobody's refusal; by default they go to standard error. */
  readonly report?: (error: unknown) => void
}

/** A running pachd. */
export interface EmbeddedPachd {
  /** `grpc://HOST:PORT`, as clients take it. */
  readonly address: string
  /** Gives back the space of what was deleted; it also happens by itself from time to time. */
  collectGarbage(): Promise<Collected>
  /** Finishes the calls under way, at most for some seconds, and closes the data. Stopping twice is fine. */
  stop(): Promise<void>
}

/** A pachd that cannot start, with what to do about it. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

const GRACE_MS = 6000
/** How long work for clients that have left may go on. */
const LAST_WORDS_MS = 2000
const COLLECT_EVERY_MS = 15 * 60_000

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

function reportToStandardError(error: unknown): void {
  process.stderr.write(`pachd-embedded: ${printableError(error, { withStack: true })}\n`)
}

/** What a data directory holds before the first call: the default project, and auth if a root token is given. */
async function prepare(pachd: Pachd, rootToken: string | undefined): Promise<void> {
  await pachd.change(change => {
    if (tables.meta.get(change.rows, 'prepared') === undefined) {
      if (listProjects(change.rows).length === 0) createProject(change, { name: DEFAULT_PROJECT, description: '', update: false })
      tables.meta.put(change.rows, ['prepared'], 'yes')
    }
    if (rootToken === undefined) return
    if (isAuthActive(change.rows)) rotateRootToken(change.rows, rootToken)
    else {
      activateAuth(change.rows, rootToken)
      // Whoever starts with a token of their own decides who sees what; pachctl's activation shares the default project.
      addMissingBindings(change, { shareDefaultProject: false })
    }
  })
  await pachd.resume()
}

function createServer(data: DataDirectory, pachd: Pachd, base: ServiceBase): Server {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc-node.flow_control_window': 4 * 1024 * 1024,
  })
  const context = { pachd, hashes: new DirectoryHashes() }
  const services = [pfsService(base, context), ppsService(base, context), authService(base, pachd), transactionService(base, pachd), ...clusterServices(base, pachd, data.ids)]
  for (const [definition, implementation] of [...services, ...absentServices()]) server.addService(definition, implementation)
  return server
}

/** Throws StartError when something listens there; grpc-js would only say that it could not bind. */
async function checkFree(host: string, port: number): Promise<void> {
  if (port === 0) return
  await new Promise<void>((resolve, reject) => {
    const probe = createProbe()
    probe.on('error', cause => {
      const taken = 'code' in cause && cause.code === 'EADDRINUSE'
      const reason = taken ? `port ${port} on ${host} is taken; stop what listens there, or choose another port with --port` : `cannot listen on ${host}:${port}: ${cause.message}; choose another address with --host and --port`
      reject(new StartError(reason, { cause }))
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

async function bind(server: Server, host: string, port: number): Promise<number> {
  await checkFree(host, port)
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (cause, bound) => {
      if (!cause) resolve(bound)
      else reject(new StartError(`cannot listen on ${address}: ${cause.message}`, { cause }))
    })
  })
}

async function shutDown(server: Server): Promise<void> {
  await new Promise<void>(resolve => {
    const late = setTimeout(() => {
      server.forceShutdown()
      resolve()
    }, GRACE_MS)
    server.tryShutdown(() => {
      clearTimeout(late)
      resolve()
    })
  })
}

/** Starts a pachd. Throws StartError or DataDirectoryError when it cannot. The caller stops it. */
export async function startEmbeddedPachd({ dataDir, host = '127.0.0.1', port = 0, rootToken, report = reportToStandardError }: EmbeddedPachdOptions): Promise<EmbeddedPachd> {
  const data = await openDataDirectory(dataDir)
  try {
    const pachd = new Pachd(data.store, data.chunks, report)
    await prepare(pachd, rootToken)
    if (!isLoopback(host) && !isAuthActive(data.store.rows)) {
      throw new StartError(`${host} can be reached from other machines, and auth is off; listen on 127.0.0.1, or turn auth on with --root-token`)
    }
    const closing = new AbortController()
    const running = new Set<Promise<void>>()
    const server = createServer(data, pachd, { admit: admission(data.store.rows), report, closing: closing.signal, running })
    const bound = await bind(server, host, port)
    const collecting = setInterval(() => void pachd.collect().catch(report), COLLECT_EVERY_MS)
    collecting.unref()
    let stopped: Promise<void> | undefined
    const stop = async () => {
      clearInterval(collecting)
      closing.abort()
      await shutDown(server)
      await Promise.race([Promise.allSettled(running), new Promise(resolve => setTimeout(resolve, LAST_WORDS_MS).unref())])
      await pachd.idle()
      await data.close()
    }
    return { address: `grpc://${host.includes(':') ? `[${host}]` : host}:${bound}`, collectGarbage: () => pachd.collect(), stop: () => (stopped ??= stop()) }
  } catch (error) {
    await data.close()
    throw error
  }
}

/** One running mount-server: its parts put together, started and stopped in the right order. */
import { FileSystem } from '@jupyterlab-pachyderm/mount-fs'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'

import { createApp } from './app.js'
import { followConfig } from './config-follower.js'
import type { ServerOptions } from './cli.js'
import { Connection } from './connection.js'
import { DatumCursor } from './datum-cursor.js'
import { noteFetches } from './fetch-transfers.js'
import { KernelMount } from './kernel-mount.js'
import { listenOnSocket, listenOnTcp } from './listener.js'
import { Metrics } from './metrics.js'
import { readTokenFile } from './token-file.js'
import { LogMemory } from './log-memory.js'
import type { CommitGuard } from './mount-commit.js'
import { MountLifecycle } from './mount-lifecycle.js'
import { PeerCheck } from './peers/peer-check.js'
import { openReadCache } from './read-cache.js'
import { openStage } from './stage-root.js'
import { Transfers } from './transfers.js'
import { Watchdog } from './watchdog/watchdog.js'

/** A server that answers. */
export interface MountServer {
  /** Where it listens: a URL, or the path of a socket. */
  readonly address: string
  /** Resolves when the first attempt to connect has ended; rejects when the mount directory cannot be used. */
  readonly started: Promise<void>
  /** Looks into the config file again, at once. */
  reload(): void
  /** Unmounts, commits what was written, and stops listening. Rejects when something could not be committed. */
  stop(): Promise<void>
}

/** How long requests wait for the first attempt to connect and mount. */
const STARTING_TIMEOUT_MS = 10_000

/** How long a server that is told to stop while it connects waits for that to end. */
const CONNECTING_TIMEOUT_MS = 2000

/** Starts a server; it answers when this resolves, and connects and mounts after that. Throws ListenError. */
export async function startServer(options: ServerOptions, env: Readonly<Record<string, string | undefined>>, logger: Logger, logMemory = new LogMemory()): Promise<MountServer> {
  const mountDir = resolve(options.mountDir)
  const token = options.tokenFile === undefined ? undefined : await readTokenFile(options.tokenFile)
  const fileSystem = new FileSystem()
  const cache = openReadCache(options, env, logger)
  const transfers = new Transfers()
  const connection = new Connection({ env, configFile: options.pachConfig, cache, onFetch: noteFetches(fileSystem, transfers), onProblem: problem => logger.warn(problem) })
  const stage = await openStage(options, env, logger)
  const metrics = new Metrics(fileSystem)
  metrics.includeProcess()
  const kernelMount = new KernelMount({ fileSystem, mountDir, allowOther: options.allowOther, ownership: options, enabled: options.fuse, logger, onFailure: (operation, code) => metrics.countFailure(operation, code) })
  const watchdog = new Watchdog(kernelMount, logger, { libraryPath: env['LD_LIBRARY_PATH'], isLazy: !options.fuse })
  const guard: CommitGuard = { opens: commit => watchdog.guard({ commit, pachd: connection.access }), ends: commit => watchdog.release(commit) }
  const mounts = new MountLifecycle({ fileSystem, connection, stage, mountDir, transfers, guard, onNotice: sentence => logger.warn(sentence) })
  const datums = new DatumCursor(connection, mounts)
  let isStopping = false
  const arrived = async () => {
    if (isStopping) return
    await mounts.resume()
    await kernelMount.mount()
    watchdog.watch()
  }
  let markStarted: () => void = () => undefined
  const attempted = new Promise<void>(settle => (markStarted = settle))
  const app = createApp({
    fileSystem, connection, mounts, datums, started: attempted, arrived, host: options.host, token, peers: peerCheckFor(options), apiCompat: options.apiCompat, logger, metrics, transfers, logMemory, uploadDir: stage.path,
    mountState: () => kernelMount.state,
  })
  if (options.sockPath === undefined) await listenOnTcp(app, options.host, options.port)
  else await listenOnSocket(app, options.sockPath)
  const address = options.sockPath ?? app.listeningOrigin
  logger.info({ address }, 'listening')

  const connect = async () => {
    try {
      if (!(await connection.connectFromConfig())) logger.info('no cluster is configured; PUT /config connects to one')
    } catch (err) {
      logger.warn({ err }, 'starting without a cluster; PUT /config connects to one')
    }
    if (connection.isConnected) await arrived()
  }
  const started = connect().finally(markStarted)
  // A pachd that stalls while changes are mounted again keeps no request waiting.
  setTimeout(markStarted, STARTING_TIMEOUT_MS).unref()
  const following = attempted.then(() => followConfig({ connection, arrived, isIdle: () => fileSystem.mounts.list().length === 0 }))
  return {
    address,
    started,
    reload: () => void following.then(({ lookAgain }) => lookAgain()),
    stop: async () => {
      isStopping = true
      await Promise.race([started.catch(() => undefined), delay(CONNECTING_TIMEOUT_MS, undefined, { ref: false })])
      void following.then(({ stop }) => stop())
      const closed = app.close()
      try {
        // After the unmount nobody can write any more, so the commits hold all that was written.
        await kernelMount.unmount()
        watchdog.rest()
        if (connection.isConnected && options.commitOnExit) await mounts.unmountAll()
      } finally {
        await mounts.keepAll()
        watchdog.stop()
        stage.release()
        connection.close()
        await (await cache)?.close()
        await closed
      }
    },
  }
}

/** A token or a socket of its user decides alone who may call. */
function peerCheckFor({ tokenFile, sockPath, allowUid }: ServerOptions): PeerCheck | undefined {
  return tokenFile !== undefined || sockPath !== undefined || allowUid === 'any' ? undefined : new PeerCheck(allowUid)
}

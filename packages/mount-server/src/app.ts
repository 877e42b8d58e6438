/** The HTTP side of the server: which routes there are, and who may use which. It listens nowhere yet. */
import type { ApiCompat } from '@jupyterlab-pachyderm/mount-api'
import type { FileSystem } from '@jupyterlab-pachyderm/mount-fs'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { tmpdir } from 'node:os'

import { guardAccess } from './access-guard.js'
import { logChanges } from './audit-log.js'
import { answerAs29 } from './compat/answers-2.9.js'
import { answerAsBefore } from './compat/older-answers.js'
import { repoRoutes23 } from './compat/repos-2.3.js'
import type { Connection } from './connection.js'
import type { DatumCursor } from './datum-cursor.js'
import { answerErrors } from './error-handler.js'
import { MountError } from './errors.js'
import { type ConnectionLimits, createHttpServer } from './http-server.js'
import type { KernelMountState } from './kernel-mount.js'
import { readLenientBodies } from './lenient-body.js'
import { Login } from './login.js'
import { LogMemory } from './log-memory.js'
import { Metrics } from './metrics.js'
import type { MountLifecycle } from './mount-lifecycle.js'
import { PathMethods } from './path-methods.js'
import type { PeerCheck } from './peers/peer-check.js'
import { PipelinePublisher } from './pipeline-publisher.js'
import { answerRequestIds, requestId } from './request-id.js'
import { changeRoutes } from './routes/changes.js'
import { DEFAULT_LIMITS, limitRequests, type RequestLimits } from './request-limits.js'
import { clusterRoutes, connectRoutes } from './routes/config.js'
import { datumRoutes } from './routes/datums.js'
import { eventRoutes } from './routes/events.js'
import { fileRoutes } from './routes/files.js'
import { healthRoutes } from './routes/health.js'
import { historyRoutes } from './routes/history.js'
import { loginRoutes, logoutRoutes } from './routes/login.js'
import { logRoutes } from './routes/logs.js'
import { mountRoutes } from './routes/mounts.js'
import { pipelineRoutes } from './routes/pipelines.js'
import { renameRoutes } from './routes/renames.js'
import { repoRoutes } from './routes/repos.js'
import { serverInfoRoutes } from './routes/server-info.js'
import { transferRoutes } from './routes/transfers.js'
import { ServerWatch } from './server-watch.js'
import { Transfers } from './transfers.js'

/** What the app works with. All of it outlives the app. */
export interface AppParts {
  readonly fileSystem: FileSystem
  readonly connection: Connection
  readonly mounts: MountLifecycle
  readonly datums: DatumCursor
  /** Resolves when the first attempt to connect has ended, well or not. */
  readonly started: Promise<void>
  /** Called when a cluster was connected. */
  readonly arrived: () => Promise<void>
  readonly host: string
  readonly token: string | undefined
  /** Which users of this machine may call. Default: all who reach the listener. */
  readonly peers?: PeerCheck | undefined
  readonly apiCompat: ApiCompat
  readonly logger: FastifyBaseLogger | undefined
  /** Default: those of a server for people. */
  readonly limits?: RequestLimits
  /** Default: those of a server for people. */
  readonly connectionLimits?: ConnectionLimits
  /** Default: what this app alone measures. */
  readonly metrics?: Metrics
  /** Default: those of this app alone. */
  readonly transfers?: Transfers
  /** Where uploads wait until they are whole. Default: the directory for temporary files. */
  readonly uploadDir?: string
  /** What GET /logs shows. Default: nothing. */
  readonly logMemory?: LogMemory
  /** How it is with the mount in the kernel. Default: there is none. */
  readonly mountState?: () => KernelMountState
}

/** Large enough for any specification; the one route that takes files has a limit of its own. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024
/** A name of 255 bytes, each as a percent sign and two digits. */
const MAX_PARAMETER_LENGTH = 765

/** The app; whoever makes it closes it. */
export function createApp(parts: AppParts): FastifyInstance {
  const { fileSystem, connection, mounts, datums, started, arrived, host, token, peers, apiCompat, logger, connectionLimits, limits = DEFAULT_LIMITS, metrics = new Metrics(parts.fileSystem), transfers = new Transfers(), uploadDir = tmpdir(), logMemory = new LogMemory(), mountState = () => ({ state: 'off' }) } = parts
  const app = fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    serverFactory: handler => createHttpServer(handler, connectionLimits),
    exposeHeadRoutes: false,
    genReqId: requestId,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    bodyLimit: BODY_LIMIT_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  })
  const methods = new PathMethods(app)
  answerRequestIds(app)
  metrics.observe(app)
  guardAccess(app, { host, token, peers })
  limitRequests(app, limits)
  logChanges(app)
  readLenientBodies(app)
  answerErrors(app, path => methods.of(path))

  const login = new Login(connection)
  const leave = async () => {
    datums.clear()
    await mounts.unmountAll()
  }
  void app.register(healthRoutes())
  const watch = new ServerWatch({ connection, mounts, datums, transfers, started })
  app.addHook('onResponse', (request, _reply, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') watch.check()
    next()
  })
  app.addHook('preClose', next => {
    watch.close()
    next()
  })
  void app.register(eventRoutes(watch))
  void app.register(logRoutes(logMemory))
  void app.register(serverInfoRoutes({ connection, metrics, started, mountState, apiCompat }))
  void app.register((anybody, _options, done) => {
    anybody.addHook('onRequest', () => started)
    void anybody.register(connectRoutes(connection, { leave, arrived }))
    void anybody.register(fileRoutes({ fileSystem, volumeAt: (mount, commitId) => mounts.volumeAt(mount, commitId), transfers, waitingRoom: uploadDir }))
    void anybody.register(renameRoutes(fileSystem))
    void anybody.register(transferRoutes(transfers))
    void anybody.register((connected, _connectedOptions, connectedDone) => {
      connected.addHook('onRequest', (_request, _reply, next) => {
        next(connection.isConnected ? undefined : new MountError('NOT_CONNECTED', 'not connected to a cluster'))
      })
      connected.addHook('preHandler', (request, _reply, next) => {
        if (request.method !== 'GET') connection.cluster.repos.forget()
        next()
      })
      void connected.register(clusterRoutes(connection))
      void connected.register(loginRoutes(login))
      void connected.register((user, _userOptions, userDone) => {
        user.addHook('onRequest', () => login.check())
        if (apiCompat === '2.9') answerAs29(user, datums)
        else if (apiCompat !== '2.8') answerAsBefore(user, apiCompat, { connection, mounts })
        void user.register(apiCompat === '2.3' ? repoRoutes23(mounts) : repoRoutes(connection))
        void user.register(historyRoutes(connection))
        void user.register(mountRoutes(mounts, datums))
        void user.register(changeRoutes(mounts))
        void user.register(datumRoutes(datums, apiCompat))
        void user.register(pipelineRoutes(connection, new PipelinePublisher(connection)))
        void user.register(logoutRoutes(login, leave))
        userDone()
      })
      connectedDone()
    })
    done()
  })
  return app
}


/** The HTTP side of the server: which routes there are, and who may use which. It listens nowhere yet. */
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'

import { guardAccess } from './access-guard.js'
import type { Connection } from './connection.js'
import type { DatumCursor } from './datum-cursor.js'
import { answerErrors } from './error-handler.js'
import { MountError } from './errors.js'
import { readLenientBodies } from './lenient-body.js'
import { Login } from './login.js'
import type { MountLifecycle } from './mount-lifecycle.js'
import { PipelinePublisher } from './pipeline-publisher.js'
import { clusterRoutes, connectRoutes } from './routes/config.js'
import { datumRoutes } from './routes/datums.js'
import { healthRoutes } from './routes/health.js'
import { loginRoutes, logoutRoutes } from './routes/login.js'
import { mountRoutes } from './routes/mounts.js'
import { pipelineRoutes } from './routes/pipelines.js'
import { repoRoutes } from './routes/repos.js'

/** What the app works with. All of it outlives the app. */
export interface AppParts {
  readonly connection: Connection
  readonly mounts: MountLifecycle
  readonly datums: DatumCursor
  /** Resolves when the first attempt to connect has ended, well or not. */
  readonly started: Promise<void>
  /** Called when a cluster was connected. */
  readonly arrived: () => Promise<void>
  readonly host: string
  readonly token: string | undefined
  readonly apiCompat: '2.6' | '2.8'
  readonly logger: FastifyBaseLogger | undefined
}

/** Large enough for any specification; the one route that takes files has a limit of its own. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024

/** The app; whoever makes it closes it. */
export function createApp({ connection, mounts, datums, started, arrived, host, token, apiCompat, logger }: AppParts): FastifyInstance {
  const app = fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    exposeHeadRoutes: false,
    bodyLimit: BODY_LIMIT_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  })
  const methods = new Map<string, string[]>()
  app.addHook('onRoute', ({ method, url }) => {
    methods.set(url, [...(methods.get(url) ?? []), ...[method].flat()])
  })
  guardAccess(app, { host, token })
  readLenientBodies(app)
  answerErrors(app, path => methods.get(path) ?? [])

  const login = new Login(connection)
  const leave = async () => {
    datums.clear()
    await mounts.unmountAll()
  }
  void app.register(healthRoutes())
  void app.register((anybody, _options, done) => {
    anybody.addHook('onRequest', () => started)
    void anybody.register(connectRoutes(connection, { leave, arrived }))
    void anybody.register((connected, _connectedOptions, connectedDone) => {
      connected.addHook('onRequest', (_request, _reply, next) => {
        next(connection.isConnected ? undefined : new MountError('NOT_CONNECTED', 'not connected to a cluster'))
      })
      void connected.register(clusterRoutes(connection))
      void connected.register(loginRoutes(login))
      void connected.register((user, _userOptions, userDone) => {
        user.addHook('onRequest', () => login.check())
        void user.register(repoRoutes(connection))
        void user.register(mountRoutes(mounts, datums))
        void user.register(datumRoutes(datums, apiCompat === '2.6'))
        void user.register(pipelineRoutes(new PipelinePublisher(connection)))
        void user.register(logoutRoutes(login, leave))
        userDone()
      })
      connectedDone()
    })
    done()
  })
  return app
}


/** The app of a server on a pachd, without listener and kernel mount, for the tests of one file. */
import type { ApiCompat } from '@jupyterlab-pachyderm/mount-api'
import { FileSystem, StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import type { FastifyInstance } from 'fastify'
import { join } from 'node:path'

import { Connection, createApp, DatumCursor, MountLifecycle, type RequestLimits } from '../src/index.js'
import { noteFetches } from '../src/fetch-transfers.js'
import { Transfers } from '../src/transfers.js'

/** What a test says about its server; the rest is as by default. */
export interface AppOptions {
  readonly config: string
  readonly folder: string
  readonly env?: Record<string, string>
  readonly apiCompat?: ApiCompat
  readonly token?: string
  readonly limits?: RequestLimits
  readonly onProblem?: (problem: string) => void
}

/** An answer, as a client sees it. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Record<string, unknown>
  readonly json: () => Record<string, unknown>
}

/** A running app and its parts. */
export interface ServingApp {
  readonly app: FastifyInstance
  readonly connection: Connection
  readonly fileSystem: FileSystem
  readonly mounts: MountLifecycle
  readonly call: (method: 'GET' | 'PUT' | 'POST', url: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
  /** Creates a file below the mount, as a program does. */
  readonly write: (path: string, text: string) => Promise<void>
  /** The names in a directory below the mount. */
  readonly names: (path: string) => Promise<string[]>
  readonly stop: () => Promise<void>
}

/** Starts an app; a cluster that cannot be had is none. */
export async function serveApp({ config, folder, env = {}, apiCompat = '2.8', token, limits, onProblem }: AppOptions): Promise<ServingApp> {
  const fileSystem = new FileSystem()
  const transfers = new Transfers()
  const connection = new Connection({ env, configFile: config, onFetch: noteFetches(fileSystem, transfers), onProblem })
  const mounts = new MountLifecycle({ fileSystem, connection, stage: new StageDirectory(join(folder, 'stage')), mountDir: '/pfs' })
  await connection.connectFromConfig().catch(() => false)
  const app = createApp({ fileSystem, connection, mounts, datums: new DatumCursor(connection, mounts), started: Promise.resolve(), arrived: () => Promise.resolve(), transfers, host: '127.0.0.1', token, apiCompat, logger: undefined, ...(limits && { limits }) })
  return {
    app, connection, fileSystem, mounts,
    call: async (method, url, body, headers = {}) => {
      const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
      const response = await app.inject({ method, url, headers: { 'content-type': 'application/json', ...headers }, ...payload })
      return { status: response.statusCode, text: response.body, headers: response.headers, json: () => response.json<Record<string, unknown>>() }
    },
    write: async (path, text) => {
      const handle = await fileSystem.create(path, 0o644)
      await fileSystem.write(handle, 0, Buffer.from(text))
      await fileSystem.release(handle)
    },
    names: async path => (await fileSystem.readdir(path)).map(({ name }) => name),
    stop: async () => {
      await app.close()
      connection.close()
    },
  }
}

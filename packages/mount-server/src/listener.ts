/** Where the server listens: a UNIX socket for its user alone, or TCP. */
import { makePrivateDirectory } from '@jupyterlab-pachyderm/mount-fs'
import type { FastifyInstance } from 'fastify'
import { once } from 'node:events'
import { chmod, lstat, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'

import { createHttpServer } from './http-server.js'

/** A listener that cannot be had. The message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * Listens on a socket that its user alone can connect to, and makes its directory when it is missing. What a crashed
 * server of this user left there is replaced. Throws ListenError when something else is there, or could be put there.
 */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  await makePlace(path)
  const present = await lstat(path).catch(() => undefined)
  if (present && !present.isSocket()) throw new ListenError(`${path} is in the way and is not a socket; choose another --sock-path`)
  if (present && present.uid !== process.getuid?.()) throw new ListenError(`${path} is a socket of another user; choose another --sock-path`)
  if (present && (await isAlive(path))) throw new ListenError(`another server listens on ${path}; stop it or choose another --sock-path`)
  if (present) await rm(path, { force: true })
  // Nobody else may connect, not even in the moment between making the socket and changing its mode.
  const before = process.umask(0o177)
  try {
    await app.listen({ path })
  } catch (cause) {
    throw new ListenError(`cannot listen on ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  } finally {
    process.umask(before)
  }
  await chmod(path, 0o600)
}

/** Whoever may rename in the directory may put another socket in our place. */
async function makePlace(path: string): Promise<void> {
  const directory = dirname(path)
  try {
    makePrivateDirectory(directory)
    const { mode, uid, gid } = await stat(directory)
    const isForeign = uid !== process.getuid?.() && uid !== 0
    const others = gid === process.getgid?.() ? 0o002 : 0o022
    const isOpen = (mode & others) !== 0 && (mode & 0o1000) === 0
    if (isForeign || isOpen) {
      throw new ListenError(`others could replace the socket in ${directory}; choose a --sock-path in a directory of your own, which is made when it is missing, or close this one with: chmod o-w ${directory}`)
    }
  } catch (cause) {
    if (cause instanceof ListenError) throw cause
    throw new ListenError(`no socket can be made in ${directory}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/**
 * Listens on TCP. A server on 127.0.0.1 answers on ::1, too, where there is one: clients that ask for "localhost" may
 * come to either, and nobody else shall sit there. Throws ListenError when the port is taken or not allowed.
 */
export async function listenOnTcp(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw notFree(host, port, cause)
  }
  const bound = app.server.address()
  if (host === '127.0.0.1' && typeof bound === 'object' && bound) await listenBesides(app, '::1', bound.port)
}

async function listenBesides(app: FastifyInstance, host: string, port: number): Promise<void> {
  const server = createHttpServer((request, response) => app.routing(request, response))
  try {
    await once(server.listen({ host, port, ipv6Only: true }), 'listening')
  } catch (cause) {
    const hasNoSuchAddress = cause instanceof Error && 'code' in cause && (cause.code === 'EADDRNOTAVAIL' || cause.code === 'EAFNOSUPPORT')
    if (hasNoSuchAddress) return
    await app.close()
    throw notFree(`[${host}]`, port, cause)
  }
  app.server.once('close', () => {
    server.close()
    server.closeAllConnections()
  })
}

function notFree(host: string, port: number, cause: unknown): ListenError {
  return new ListenError(`cannot listen on ${host}:${String(port)}: ${cause instanceof Error ? cause.message : String(cause)}; choose another --port`, { cause })
}

function isAlive(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    const answer = (alive: boolean) => {
      socket.destroy()
      resolve(alive)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}

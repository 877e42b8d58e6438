/** Where the server listens: a UNIX socket for its user alone, or TCP. */
import type { FastifyInstance } from 'fastify'
import { chmod, lstat, rm } from 'node:fs/promises'
import { connect } from 'node:net'

/** A listener that cannot be had. The message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/** Listens on a socket. What a crashed server left there is replaced. Throws ListenError when something else is there. */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  const present = await lstat(path).catch(() => undefined)
  if (present && !present.isSocket()) throw new ListenError(`${path} is in the way and is not a socket; choose another --sock-path`)
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

/** Listens on TCP. Throws ListenError when the port is taken or not allowed. */
export async function listenOnTcp(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new ListenError(`cannot listen on ${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}; choose another --port`, { cause })
  }
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

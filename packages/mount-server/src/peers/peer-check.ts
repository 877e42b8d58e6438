/** Which users of this machine may call a server that listens on loopback without a token. */
import type { Socket } from 'node:net'

import { MountError } from '../errors.js'
import { LocalUsers } from './local-users.js'

/** User ids that may call besides root and the server's own user; `any` for all who reach the port. */
export type AllowedUids = readonly number[] | 'any'

const HINT = 'start the server with --token-file and send that token, or serve on a --sock-path'

/** Looks up the user of each connection once. */
export class PeerCheck {
  readonly #users = new LocalUsers()
  readonly #allowed: ReadonlySet<number>
  readonly #refusals = new WeakMap<Socket, Promise<MountError | undefined>>()

  constructor(allowed: readonly number[]) {
    // Root may read the memory of this process; refusing it protects nothing.
    this.#allowed = new Set([0, process.getuid?.() ?? 0, ...allowed])
  }

  /** Why the caller may not use the server; undefined when it may. */
  refusal(socket: Socket): Promise<MountError | undefined> {
    const known = this.#refusals.get(socket) ?? this.#judge(socket)
    this.#refusals.set(socket, known)
    return known
  }

  async #judge({ remoteAddress, remotePort, localAddress, localPort }: Socket): Promise<MountError | undefined> {
    let uid: number | undefined
    try {
      if (remoteAddress !== undefined && remotePort !== undefined && localAddress !== undefined && localPort !== undefined) {
        uid = await this.#users.uidOf({ address: remoteAddress, port: remotePort }, { address: localAddress, port: localPort })
      }
    } catch (cause) {
      return new MountError('FORBIDDEN', `this system does not tell which user calls; ${HINT}, or allow all users of this machine with --allow-uid any`, { cause, hint: HINT })
    }
    if (uid === undefined) return new MountError('FORBIDDEN', `the user who called is not known, as the connection is closed or comes from another user namespace; ${HINT}`, { hint: HINT })
    if (this.#allowed.has(uid)) return undefined
    return new MountError('FORBIDDEN', `user ${String(uid)} of this machine called, and this server is for user ${String(process.getuid?.() ?? 0)}; ${HINT}, or allow this user with --allow-uid ${String(uid)}`, { hint: HINT })
  }
}

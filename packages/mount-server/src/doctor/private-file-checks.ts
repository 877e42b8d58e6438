/** Whether what is private is so: the socket, the config file, the file with the token. */
import { lstat, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'

import { type Check, type Person, quoted } from './check.js'

/** The socket, where one is used. */
export function checkSocket(path: string | undefined, { uid }: Person): Check {
  return async () => {
    const check = 'socket'
    if (path === undefined) return { check, state: 'ok', message: 'none is used; the server listens on TCP' }
    const folder = dirname(path)
    const folderState = await stat(folder).catch(() => undefined)
    if (!folderState) return { check, state: 'failed', message: `the directory of the socket, ${folder}, does not exist`, fix: `mkdir -p -m 700 ${quoted(folder)}` }
    if (folderState.uid === uid && (folderState.mode & 0o022) !== 0) return { check, state: 'failed', message: `${folder}, in which the socket is, can be changed by others`, fix: `chmod go-w ${quoted(folder)}` }
    const present = await lstat(path).catch(() => undefined)
    if (!present) return { check, state: 'ok', message: `${path} is free` }
    if (!present.isSocket()) return { check, state: 'failed', message: `${path} is in the way and is not a socket`, fix: `mv -- ${quoted(path)} ${quoted(`${path}.old`)}` }
    if (present.uid !== uid) return { check, state: 'failed', message: `${path} belongs to another user; give another --sock-path` }
    if ((present.mode & 0o077) !== 0) return { check, state: 'failed', message: `${path} can be used by others`, fix: `chmod 600 ${quoted(path)}` }
    return (await isAlive(path)) ? { check, state: 'ok', message: `a server listens on ${path}, for this user alone` } : { check, state: 'ok', message: `${path} is left behind by a server that was killed; the next start replaces it` }
  }
}

/** The config file that is shared with pachctl. */
export function checkConfig(path: string): Check {
  return async () => {
    const check = 'config file'
    const present = await stat(path).catch(() => undefined)
    if (!present) return { check, state: 'warning', message: `${path} does not exist; the server starts without a cluster`, fix: `pachctl connect grpc://HOST:30650` }
    try {
      JSON.parse(await readFile(path, 'utf8'))
    } catch (error) {
      return { check, state: 'failed', message: `${path} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`, fix: `mv -- ${quoted(path)} ${quoted(`${path}.broken`)} && pachctl connect grpc://HOST:30650` }
    }
    if ((present.mode & 0o077) !== 0) return { check, state: 'failed', message: `${path} holds tokens and can be read by others`, fix: `chmod 600 ${quoted(path)}` }
    return { check, state: 'ok', message: `${path} is readable, by this user alone` }
  }
}

/** The file with the token of the server, where one is used. */
export function checkTokenFile(path: string | undefined): Check {
  return async () => {
    const check = 'token file'
    if (path === undefined) return { check, state: 'ok', message: 'none is used' }
    const present = await lstat(path).catch(() => undefined)
    if (!present) return { check, state: 'ok', message: `${path} does not exist; the server makes it` }
    if ((present.mode & 0o077) !== 0) return { check, state: 'failed', message: `${path} can be read by others`, fix: `chmod 600 ${quoted(path)}` }
    return { check, state: 'ok', message: `${path} is readable by this user alone` }
  }
}

function isAlive(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

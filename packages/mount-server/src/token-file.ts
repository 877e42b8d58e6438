/** The token that the requests of clients must carry: in a file, since arguments and environments can be seen. */
import { makePrivateDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

import { ListenError } from './listener.js'

const TOKEN_BYTES = 32

/**
 * The token in the file at `path`. A file that is not there is made, with a new token, readable by its owner only.
 * Throws ListenError when others can read the file, and when it is not a file of ours, or empty.
 */
export async function readTokenFile(path: string): Promise<string> {
  try {
    makePrivateDirectory(dirname(path))
    const file = await open(path, 'wx', 0o600)
    const token = randomBytes(TOKEN_BYTES).toString('hex')
    await file.writeFile(`${token}\n`).finally(() => file.close())
    return token
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw new ListenError(`--token-file ${path} cannot be made: ${String(error)}`, { cause: error })
  }
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new ListenError(`--token-file ${path} cannot be read, or is a link: ${String(cause)}`, { cause })
  })
  try {
    const { mode, uid } = await file.stat()
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || uid !== process.getuid?.()) throw new ListenError(`--token-file ${path} should be a file of this user; choose another`)
    if ((mode & 0o077) !== 0) throw new ListenError(`--token-file ${path} can be read by others; keep it to yourself with: chmod 600 ${path}`)
    const token = (await file.readFile('utf8')).trim()
    if (token === '') throw new ListenError(`--token-file ${path} is empty; remove it, and a new token is made`)
    return token
  } finally {
    await file.close()
  }
}

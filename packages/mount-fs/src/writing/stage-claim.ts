/** Which of the directories below a stage root a server gets: the first that no other one has locked. */
import { chmodSync, lstatSync } from 'node:fs'
import { join } from 'node:path'

import { FsError } from '../errors.js'
import { makePrivateDirectory } from '../private-directory.js'
import { type DirectoryLock, type LockAttempt, lockDirectory } from './directory-lock.js'

const MAX_SERVERS = 100
/** A server that ends removes its directory; another one may have just done so. */
const MAX_TRIES = 10

/** A directory that is locked for this process. */
export interface ClaimedDirectory {
  readonly path: string
  readonly lock: DirectoryLock
}

/** What a server gets. */
export interface Claim {
  readonly own: ClaimedDirectory
  /** Directories of servers that are gone, with something that is worth keeping. */
  readonly others: readonly ClaimedDirectory[]
  /** Directories before the own one. */
  readonly inUse: readonly { readonly path: string; readonly holder: string }[]
}

/** Claims `root/name`, or `root/name-2` and so on while others have those. Throws FsError, and what the file system of Node throws. */
export async function claimDirectory(root: string, name: string, { isWorthKeeping }: { isWorthKeeping: (path: string) => boolean }): Promise<Claim> {
  let own: ClaimedDirectory | undefined
  const others: ClaimedDirectory[] = []
  const inUse: { readonly path: string; readonly holder: string }[] = []
  try {
    for (let number = 1; number <= MAX_SERVERS; number++) {
      const path = join(root, number === 1 ? name : `${name}-${String(number)}`)
      if (own && !(lstatSync(path, { throwIfNoEntry: false })?.isDirectory() && isWorthKeeping(path))) continue
      const attempt = await makeAndLock(path)
      if ('holder' in attempt) {
        if (!own) inUse.push({ path, holder: attempt.holder })
      } else if (own) others.push({ path, lock: attempt.lock })
      else own = { path, lock: attempt.lock }
    }
  } catch (error) {
    for (const { lock } of [...(own ? [own] : []), ...others]) lock.release()
    throw error
  }
  if (!own) throw new FsError('EBUSY', `${String(MAX_SERVERS)} servers use it`)
  return { own, others, inUse }
}

async function makeAndLock(path: string): Promise<LockAttempt> {
  for (let tries = 1; ; tries++) {
    makePrivateDirectory(path)
    checkOwned(path)
    chmodSync(path, 0o700)
    try {
      return await lockDirectory(path)
    } catch (error) {
      if (FsError.from(error).code !== 'ENOENT' || tries >= MAX_TRIES) throw error
    }
  }
}

/** A link, or a directory of another user, would be a way for others to what is staged. */
function checkOwned(path: string): void {
  const found = lstatSync(path)
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) throw new FsError('EACCES', `${path} is a link or belongs to another user`)
}

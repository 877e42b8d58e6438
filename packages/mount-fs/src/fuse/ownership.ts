/** As whom files appear below the mount and what their modes are. The kernel enforces what is answered here. */
import { constants } from 'node:fs'

import type { Attributes } from '../attributes.js'

/** As whom files appear, as other FUSE file systems call it. */
export interface Ownership {
  /** Owner of all files and directories. */
  readonly uid: number
  /** Their group. */
  readonly gid: number
  /** Permission bits that are taken away where no program has set a mode. */
  readonly umask: number
}

/** Only the owner writes. */
const DEFAULT_UMASK = 0o022

/** What a chown leaves as it is. */
const UNCHANGED = 0xffff_ffff

const OWNER_ALL = 0o700
const ALL_BUT_WRITE = 0o555

const typeBits = { file: constants.S_IFREG, directory: constants.S_IFDIR, link: constants.S_IFLNK }
/** Modes before the umask. Linux asks for no mode of a symbolic link. */
const fullModes = { file: 0o666, directory: 0o777, link: 0o777 }

/** The ownership with the user of this process where nothing else is wanted. */
export function ownershipOf({ uid, gid, umask = DEFAULT_UMASK }: Partial<Ownership>): Ownership {
  return { uid: uid ?? process.geteuid?.() ?? 0, gid: gid ?? process.getegid?.() ?? 0, umask }
}

/** Owner, group and mode of the node at `path`. */
export function permissionsOf(path: string, { kind, mode }: Pick<Attributes, 'kind' | 'mode'>, ownership: Ownership): { readonly uid: number; readonly gid: number; readonly mode: number } {
  const { uid, gid, umask } = ownership
  const bits = mode ?? (kind === 'link' ? fullModes.link : fullModes[kind] & ~umask)
  return path === '/' ? rootPermissions(ownership, bits) : { uid, gid, mode: typeBits[kind] | bits }
}

/** Whether a chown to this user and group changes nothing. */
export function isOwner({ uid, gid }: Ownership, toUid: number, toGid: number): boolean {
  return (toUid === UNCHANGED || toUid === uid) && (toGid === UNCHANGED || toGid === gid)
}

/**
 * The server removes and renames names of the root directory through the kernel, as its own user, so that user can always write there.
 * Where files belong to another user, the directory stays the server's and others can enter it: it holds names of mounts only.
 */
function rootPermissions({ uid, gid }: Ownership, bits: number) {
  const [ownUid, ownGid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0]
  if (uid === ownUid) return { uid, gid, mode: constants.S_IFDIR | bits | OWNER_ALL }
  return { uid: ownUid, gid: ownGid, mode: constants.S_IFDIR | bits | OWNER_ALL | ALL_BUT_WRITE }
}

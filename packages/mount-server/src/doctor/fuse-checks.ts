/** Whether this machine lets this user mount. */
import { mayAllowOther } from '@jupyterlab-pachyderm/mount-fs'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

import type { Check, Person } from './check.js'

/** Where FUSE is on this machine. */
export interface FusePlaces {
  readonly device: string
  readonly config: string
  readonly searchPath: string
}

/** Where it is on Linux. */
export function fusePlaces(searchPath: string | undefined): FusePlaces {
  return { device: '/dev/fuse', config: '/etc/fuse.conf', searchPath: `${searchPath ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin` }
}

/** The device of the kernel. */
export function checkDevice({ device }: FusePlaces): Check {
  return async () => {
    const check = 'FUSE device'
    try {
      await access(device, constants.R_OK | constants.W_OK)
      return { check, state: 'ok', message: `${device} can be opened` }
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      return isMissing
        ? { check, state: 'failed', message: `${device} does not exist; in a container, start it with --device ${device} --cap-add SYS_ADMIN, or use --no-fuse`, fix: 'sudo modprobe fuse' }
        : { check, state: 'failed', message: `${device} may not be opened by this user`, fix: `sudo chmod a+rw ${device}` }
    }
  }
}

/** The program that mounts for users who are not root. */
export function checkHelper({ searchPath }: FusePlaces, { uid }: Person): Check {
  return async () => {
    const check = 'FUSE helper'
    const fix = 'sudo apt-get install --yes fuse3'
    const found = (await Promise.all(['fusermount3', 'fusermount'].flatMap(name => searchPath.split(delimiter).map(folder => modeOf(join(folder, name)))))).find(entry => entry !== undefined)
    if (!found) return { check, state: uid === 0 ? 'warning' : 'failed', message: `neither fusermount3 nor fusermount is installed${uid === 0 ? '; root can do without' : ''}`, fix }
    if (uid !== 0 && !(found.isOfRoot && (found.mode & constants.S_IXOTH) !== 0 && (found.mode & 0o4000) !== 0)) {
      return { check, state: 'failed', message: `${found.path} does not run as root, which mounting needs`, fix: `sudo chown root:root ${found.path} && sudo chmod 4755 ${found.path}` }
    }
    return { check, state: 'ok', message: `${found.path} mounts` }
  }
}

/** Whether a mount may be seen by others, where it shall be. */
export function checkAllowOther({ config }: FusePlaces, { uid }: Person, allowOther: boolean): Check {
  return async () => {
    const check = 'mounts for others'
    if (!allowOther) return { check, state: 'ok', message: 'the mount is for this user alone (--allow-other=false)' }
    if (await mayAllowOther({ config, uid })) return { check, state: 'ok', message: 'others get what the modes of files permit' }
    return { check, state: 'warning', message: `only this user can look into the mount, because ${config} does not allow more; allow it, or start with --allow-other=false`, fix: `echo user_allow_other | sudo tee -a ${config}` }
  }
}

async function modeOf(path: string): Promise<{ path: string; mode: number; isOfRoot: boolean } | undefined> {
  try {
    const { mode, uid } = await stat(path)
    return { path, mode, isOfRoot: uid === 0 }
  } catch {
    return undefined
  }
}

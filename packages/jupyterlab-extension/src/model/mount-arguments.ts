/** The arguments of the commands on mounts, checked where they enter. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

/** JSON Schema of the arguments. */
export const mountSchema = {
  type: 'object',
  properties: { mountName: { type: 'string', description: 'Name of the directory below the mount directory.' } },
  required: ['mountName'],
}

/** The mount that is meant. Throws TypeError when it is not mounted. */
export function mountArgument(args: Readonly<Record<string, unknown>>, mounts: readonly MountEntry[]): MountEntry {
  const found = mounts.find(mount => mount.name === args.mountName)
  if (!found) throw new TypeError(`Nothing is mounted as ${JSON.stringify(args.mountName)}`)
  return found
}

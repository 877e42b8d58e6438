/** The arguments of the commands on mounts, checked where they enter. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

import type { BranchRef } from './mount-naming.js'

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

/** JSON Schema of the arguments of commands on branches. */
export const branchSchema = {
  type: 'object',
  properties: {
    project: { type: 'string', description: 'Default: default.' },
    repo: { type: 'string' },
    branch: { type: 'string', description: 'Default: master.' },
  },
  required: ['repo'],
}

/** The branch that is meant. Throws TypeError when no repo is named. */
export function branchArgument({ project, repo, branch }: Readonly<Record<string, unknown>>): BranchRef {
  if (typeof repo !== 'string' || repo === '') throw new TypeError('The command needs the name of a repo')
  return { project: typeof project === 'string' ? project : 'default', repo, branch: typeof branch === 'string' ? branch : 'master' }
}

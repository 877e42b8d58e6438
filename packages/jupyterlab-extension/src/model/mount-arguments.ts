/** The arguments of the commands on mounts and branches, checked where they enter. */
import type { MountEntry, MountSpec } from '@jupyterlab-pachyderm/mount-api'

import type { BranchRef } from './mount-naming.js'
import type { PanelSelectionState } from './panel-selection.js'
import { mountSpecOf, type MountTarget } from './repo-tree.js'

type Arguments = Readonly<Record<string, unknown>>

/** JSON Schema of the arguments. */
export const mountSchema = {
  type: 'object',
  properties: { mountName: { type: 'string', description: 'Name of the directory below the mount directory. Default: the mount chosen in the panel.' } },
}

/** The mount that is meant: the one that the arguments name, else the one chosen in the panel, else the only one. */
export function mountArgument({ mountName }: Arguments, mounts: readonly MountEntry[], selection: PanelSelectionState): MountEntry | undefined {
  if (typeof mountName === 'string') return mounts.find(({ name }) => name === mountName)
  const chosen = mounts.find(({ name }) => name === selection.mountName)
  return chosen ?? (mounts.length === 1 ? mounts[0] : undefined)
}

/** The same; throws TypeError when no mount is meant. */
export function someMount(args: Arguments, mounts: readonly MountEntry[], selection: PanelSelectionState): MountEntry {
  const found = mountArgument(args, mounts, selection)
  if (!found) throw new TypeError(typeof args.mountName === 'string' ? `Nothing is mounted as ${JSON.stringify(args.mountName)}` : 'The command needs the name of a mount, or one chosen in the panel')
  return found
}

/** JSON Schema of the arguments of commands on branches. */
export const branchSchema = {
  type: 'object',
  properties: {
    project: { type: 'string', description: 'Default: default.' },
    repo: { type: 'string', description: 'Default: what is chosen in the panel.' },
    branch: { type: 'string', description: 'Default: master.' },
    commit: { type: 'string', description: 'Id of a commit. Default: the head of the branch.' },
    name: { type: 'string', description: 'Name of the mount. Default: made of project, repo and branch.' },
    mode: { type: 'string', enum: ['ro', 'rw'], description: 'Default: ro.' },
    follow: { type: 'boolean', description: 'Show each new head by itself. Default: false.' },
  },
}

/** What is meant to be mounted: what the arguments name, else what is chosen in the panel. */
export function targetArgument({ project, repo, branch, commit }: Arguments, { target }: PanelSelectionState): MountTarget | undefined {
  if (typeof repo !== 'string' || repo === '') return target
  const ref: BranchRef = { project: typeof project === 'string' ? project : 'default', repo, branch: typeof branch === 'string' ? branch : 'master' }
  return typeof commit === 'string' && commit !== '' ? { ...ref, commit, isWritable: false } : { ...ref, isWritable: true }
}

/** The same; throws TypeError when nothing is named or chosen. */
export function someTarget(args: Arguments, selection: PanelSelectionState): MountTarget {
  const target = targetArgument(args, selection)
  if (!target) throw new TypeError('The command needs the name of a repo, or a branch chosen in the panel')
  return target
}

/** The request that the arguments describe. Throws TypeError when nothing is named or chosen. */
export function mountSpecArgument(args: Arguments, selection: PanelSelectionState): MountSpec & { readonly name: string } {
  const spec = mountSpecOf(someTarget(args, selection), args.mode === 'rw' ? { mode: 'rw' } : args.follow === true ? { mode: 'ro', follow: true } : { mode: 'ro' })
  return typeof args.name === 'string' && args.name !== '' ? { ...spec, name: args.name } : spec
}

/** The commits that a notebook remembers in its metadata: what was mounted, under which name, when its user said so. */
import type { MountEntry, MountSpec } from '@jupyterlab-pachyderm/mount-api'

/** Where they stand in the metadata of a notebook. */
export const PINS_KEY = 'pachyderm_mounts'

const VERSION = 'v1.0.0'
const COMMIT_ID = /^[0-9a-f]{32}$/

/** One commit, and the directory that showed it. */
export interface NotebookPin {
  readonly name: string
  readonly project: string
  readonly repo: string
  /** Empty when the commit was mounted without one. */
  readonly branch: string
  readonly commit: string
}

/** What is mounted now in the place of a remembered commit: it, another one, a writable branch, or nothing. */
export type PinPlace = 'mounted' | 'other' | 'writable' | 'free'

/** The pins that the value under PINS_KEY holds. A notebook comes from anybody: what is none is left out, and so is all of a later version. */
export function pinsOf(metadata: unknown): readonly NotebookPin[] {
  if (typeof metadata !== 'object' || metadata === null) return []
  const { version, mounts } = metadata as Readonly<Record<string, unknown>>
  if (typeof version !== 'string' || !version.startsWith('v1.') || !Array.isArray(mounts)) return []
  const pins = (mounts as readonly unknown[]).flatMap(entry => pinOf(entry) ?? [])
  return [...new Map(pins.map(pin => [pin.name, pin])).values()]
}

/** The value to keep under PINS_KEY. */
export function pinsMetadata(pins: readonly NotebookPin[]): Record<string, unknown> {
  return { version: VERSION, mounts: pins.map(({ name, project, repo, branch, commit }) => ({ name, project, repo, branch, commit, mode: 'ro' })) }
}

/** What can be remembered of what is mounted: read-only mounts of whole commits. What is written to a mount is no commit. */
export function pinsOfMounts(mounts: readonly MountEntry[]): readonly NotebookPin[] {
  return mounts
    .filter(({ mode, commit, paths }) => mode === 'ro' && commit !== '' && paths.length === 1 && paths[0] === '/')
    .map(({ name, project, repo, branch, commit }) => ({ name, project, repo, branch, commit }))
}

/** What is mounted under the name of a pin. */
export function placeOf({ name, project, repo, commit }: NotebookPin, mounts: readonly MountEntry[]): PinPlace {
  const mount = mounts.find(entry => entry.name === name)
  if (!mount) return 'free'
  if (mount.mode === 'rw') return 'writable'
  return mount.project === project && mount.repo === repo && mount.commit === commit ? 'mounted' : 'other'
}

/** The request that mounts a pin. */
export function mountSpecOfPin({ name, project, repo, branch, commit }: NotebookPin): MountSpec {
  return { name, project, repo, ...(branch !== '' && { branch }), commit, mode: 'ro' }
}

function pinOf(value: unknown): NotebookPin | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, project, repo, branch, commit } = value as Readonly<Record<string, unknown>>
  if (![name, repo].every(isName) || !isText(commit) || !COMMIT_ID.test(commit)) return undefined
  return { name: String(name), project: isName(project) ? project : 'default', repo: String(repo), branch: isText(branch) ? branch : '', commit }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isName(value: unknown): value is string {
  return isText(value) && value !== '' && !value.includes('/')
}

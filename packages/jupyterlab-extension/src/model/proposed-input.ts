/** The input that the mounts suggest. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { Document, isMap } from 'yaml'

/** Shown while there is no text. */
export const EXAMPLE_SPEC = `pfs:
  name: images
  repo: images
  glob: /*`

/**
 * One `pfs` for one mount, their cross for several, nothing for none. Each takes whatever stands at the top of the repo
 * as one datum. Datums are made of the newest commit of a branch: where another one is mounted, a comment says so.
 */
export function proposedInput(mounts: readonly MountEntry[], trans: TranslationBundle): string {
  const inputs = mounts.map(({ name, project, repo, branch }) => ({
    pfs: { name, ...(project === 'default' ? {} : { project }), repo, ...(branch === 'master' ? {} : { branch }), glob: '/*' },
  }))
  const [first] = inputs
  if (!first) return ''
  const document = new Document(inputs.length === 1 ? first : { cross: inputs })
  for (const [index, { name, branch, commit, how_many_commits_behind: behind }] of mounts.entries()) {
    const place = inputs.length === 1 ? ['pfs'] : ['cross', index, 'pfs']
    const pfs: unknown = document.getIn(place, true)
    if (behind > 0 && isMap(pfs)) pfs.commentBefore = ` ${trans.__('%1 is mounted at commit %2; datums are made of the newest commit of %3.', name, commit.slice(0, 8), branch)}`
  }
  return document.toString()
}

/** Whether pachd alone tells the order of the datums: that of their ids, which changes with the data. */
export function isUnordered(input: unknown): boolean {
  if (Array.isArray(input)) return input.some(isUnordered)
  if (typeof input !== 'object' || input === null) return false
  return 'join' in input || 'group' in input || Object.values(input).some(isUnordered)
}

/** The input of a pipeline as text: JSON or YAML, and the one that the mounts suggest. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'
import { parse, stringify } from 'yaml'

/** Shown while there is no text. */
export const EXAMPLE_SPEC = `pfs:
  name: images
  repo: images
  glob: /*`

/** The input that a text describes; undefined when it is neither JSON nor YAML of an object. */
export function parseInputSpec(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** One `pfs` for one mount, their cross for several, nothing for none. Each takes whatever stands at the top of the repo as one datum. */
export function inputSpecOf(mounts: readonly MountEntry[]): string {
  const inputs = mounts.map(({ name, project, repo, branch }) => ({
    pfs: { name, ...(project === 'default' ? {} : { project }), repo, ...(branch === 'master' ? {} : { branch }), glob: '/*' },
  }))
  const [first] = inputs
  if (!first) return ''
  return stringify(inputs.length === 1 ? first : { cross: inputs })
}

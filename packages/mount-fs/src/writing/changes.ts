/** What a commit would change, for people. */
import type { CommitTree } from '../reading/tree.js'
import { type CommitPlan, sizeOf } from './commit-plan.js'
import { refusalOf } from './refused-names.js'

/** One path that a commit would change. */
export interface Change {
  /** A path that ends with a slash is a directory, with all that is in it. */
  readonly path: string
  readonly kind: 'added' | 'changed' | 'deleted'
  /** Of the file as it is here, or as it was when it is deleted; undefined for directories. */
  readonly sizeBytes: number | undefined
  /** Why pachd will not take this name; undefined for names that it takes. */
  readonly refusal: string | undefined
}

/** How many paths a commit would change. */
export interface ChangeCounts {
  readonly added: number
  readonly changed: number
  readonly deleted: number
}

/** The changes of a plan to the commit of `before`, by path. Rejects with PachdError. */
export async function changesOf(plan: CommitPlan, before: CommitTree | undefined): Promise<Change[]> {
  const changes: Change[] = []
  const planned = new Set([...plan.files, ...plan.directories].map(({ path }) => path))
  for (const { path, content } of plan.files) {
    const isThere = (await before?.find(path))?.kind === 'file'
    changes.push({ path, kind: isThere ? 'changed' : 'added', sizeBytes: sizeOf(content), refusal: refusalOf(path) })
  }
  for (const { path } of plan.directories) changes.push({ path: `${path}/`, kind: 'added', sizeBytes: undefined, refusal: refusalOf(path) })
  for (const path of plan.removals) {
    const attributes = await before?.find(path)
    if (!attributes || (planned.has(path) && attributes.kind === 'file')) continue
    const isFile = attributes.kind === 'file'
    changes.push({ path: isFile ? path : `${path}/`, kind: 'deleted', sizeBytes: isFile ? attributes.sizeBytes : undefined, refusal: undefined })
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** How many changes there are of each kind. */
export function countChanges(changes: readonly Change[]): ChangeCounts {
  const count = (kind: Change['kind']) => changes.filter(change => change.kind === kind).length
  return { added: count('added'), changed: count('changed'), deleted: count('deleted') }
}

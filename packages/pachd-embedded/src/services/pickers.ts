/** Pickers: the way the methods since 2.12 point to projects, repos, branches and commits. */
import type { pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound } from '../model-error.js'
import { requireBranch } from '../model/branches.js'
import { ancestorsFrom } from '../model/commits.js'
import { findCommit, goBack, resolveCommit } from '../model/commit-reference.js'
import { DEFAULT_PROJECT, USER_REPO, showBranch } from '../model/names.js'
import type { BranchName, RepoName } from '../model/names.js'
import type { CommitRecord } from '../model/records.js'
import type { Rows } from '../store/store.js'

/** Pickers nest in each other; ours stop here. */
const DEPTH = 100

const missing = (what: string): ModelError => new ModelError('INVALID_ARGUMENT', `the picker names no ${what}`)

/** The project of a picker, `default` when it names none. */
export function projectOf(picker: pfs.ProjectPicker | undefined): string {
  const name = picker?.picker?.name ?? ''
  return name === '' ? DEFAULT_PROJECT : name
}

/** The repo of a picker. Throws INVALID_ARGUMENT when it names none. */
export function repoOf(picker: pfs.RepoPicker | undefined): RepoName {
  const parts = picker?.picker?.name
  if (!parts || parts.name === '') throw missing('repo')
  return { project: projectOf(parts.project), name: parts.name, type: parts.type === '' ? USER_REPO : parts.type }
}

/** The branch of a picker. Throws INVALID_ARGUMENT when it names none. */
export function branchOf(picker: pfs.BranchPicker | undefined): BranchName {
  const parts = picker?.picker?.name
  if (!parts || parts.name === '') throw missing('branch')
  return { repo: repoOf(parts.repo), name: parts.name }
}

/** The commit of a picker. Throws NOT_FOUND, or INVALID_ARGUMENT when it names none. */
export function pickCommit(rows: Rows, picker: pfs.CommitPicker | undefined, depth = 0): CommitRecord {
  if (depth > DEPTH) throw new ModelError('INVALID_ARGUMENT', `the picker nests more than ${DEPTH} deep`)
  const way = picker?.picker
  switch (way?.$case) {
    case 'branchHead':
      return headOf(rows, branchOf(way.branchHead))
    case 'id':
      return resolveCommit(rows, { repo: repoOf(way.id.repo), id: way.id.id, branch: '' })
    case 'ancestor':
      return goBack(rows, pickCommit(rows, way.ancestor.start, depth + 1), way.ancestor.offset)
    case 'branchRoot':
      return fromRoot(rows, branchOf(way.branchRoot.branch), way.branchRoot.offset)
    default:
      throw missing('commit')
  }
}

function headOf(rows: Rows, branch: BranchName): CommitRecord {
  const { head } = requireBranch(rows, branch)
  const record = findCommit(rows, { repo: branch.repo, id: head })
  if (!record) throw notFound(`commit ${showBranch(branch)} not found`)
  return record
}

/** The commit so many steps after the first one of a branch. */
function fromRoot(rows: Rows, branch: BranchName, offset: number): CommitRecord {
  const chain = [...ancestorsFrom(rows, headOf(rows, branch))].reverse()
  const found = chain[offset]
  if (!found) throw notFound(`${showBranch(branch)} has ${chain.length} commits, the one ${offset} behind the first was not found`)
  return found
}

/** What things are called: projects, repos, branches and commits as values, their text forms, and which names are allowed. */
import { randomBytes, randomUUID } from 'node:crypto'

import { ModelError, refused } from '../model-error.js'

/** The project of requests that name none. */
export const DEFAULT_PROJECT = 'default'
/** The type of repos that people make. */
export const USER_REPO = 'user'
/** The repo through which file sets are read; it does not exist. */
export const FILE_SET_REPO = '__filesets__'

export interface RepoName {
  readonly project: string
  readonly name: string
  readonly type: string
}

export interface BranchName {
  readonly repo: RepoName
  readonly name: string
}

export interface CommitName {
  readonly repo: RepoName
  readonly id: string
}

/** A commit as a request points to it: an id, a branch, or either with ancestry. */
export interface CommitReference {
  readonly repo: RepoName
  readonly id: string
  readonly branch: string
}

/** `project/name`, and `.type` for system repos. */
export const showRepo = ({ project, name, type }: RepoName): string => `${project}/${name}${type === USER_REPO ? '' : `.${type}`}`
/** `project/name@branch`. */
export const showBranch = ({ repo, name }: BranchName): string => `${showRepo(repo)}@${name}`
/** `project/name@id`. */
export const showCommit = ({ repo, id }: CommitName): string => `${showRepo(repo)}@${id}`

export const sameRepo = (a: RepoName, b: RepoName): boolean => a.project === b.project && a.name === b.name && a.type === b.type
export const sameBranch = (a: BranchName, b: BranchName): boolean => a.name === b.name && sameRepo(a.repo, b.repo)

/** The id of a commit, a commit set, a transaction or a file set: a random UUID without dashes. */
export const newId = (): string => randomUUID().replaceAll('-', '')
/** A session token. */
export const newToken = (): string => randomBytes(16).toString('hex')

/** Whether a text has the form of an id; everything else is taken for a branch name. */
export const isId = (text: string): boolean => /^[0-9a-f]{12}4[0-9a-f]{19}$/.test(text)

// The store takes keys of up to 1,900 bytes, and a key can hold three names.
const NAME_LENGTH = 500
const PROJECT_LENGTH = 51

function checkCharacters(name: string): void {
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) throw refused(`name (${name.slice(0, 200)}) invalid: only alphanumeric characters, underscores, and dashes are allowed`)
  if (name.length > NAME_LENGTH) throw new ModelError('INVALID_ARGUMENT', `name (${name.slice(0, 40)}...) invalid: it is longer than ${NAME_LENGTH} characters`)
}

// Descriptions are part of every listing, which must fit into messages.
const TEXT_LENGTH = 256 * 1024

/** Throws unless a description, or the reason of a failure, is short enough to be listed. */
export function checkText(text: string, what: string): void {
  if (text.length > TEXT_LENGTH) throw new ModelError('INVALID_ARGUMENT', `the ${what} has ${text.length} characters; it may have ${TEXT_LENGTH}`)
}

/** Throws unless a repo of this name may be made. */
export function checkRepoName({ name, type }: RepoName): void {
  if (name === FILE_SET_REPO) throw refused(`${name} is a reserved name`)
  checkCharacters(name)
  checkCharacters(type)
}

/** Throws unless a branch of this name may be made. */
export function checkBranchName(name: string): void {
  checkCharacters(name)
  if (isId(name)) throw refused('branch name cannot be a UUID V4')
}

/** Throws unless a project of this name may be made. */
export function checkProjectName(name: string): void {
  if (name.length > PROJECT_LENGTH) {
    throw refused(`project name "${name.slice(0, 200)}" is ${name.length - PROJECT_LENGTH} characters longer than the ${PROJECT_LENGTH} max`)
  }
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(name)) {
    throw refused(`invalid project name: name (${name}) invalid: only alphanumeric characters, underscores, and dashes are allowed, and the first must be a letter or a digit`)
  }
}

/** Who may do what: whether auth is on, tokens, groups, and the evaluation of role bindings. */
import { createHash } from 'node:crypto'

import { ModelError, refused } from '../model-error.js'
import type { Rows, WritableRows } from '../store/store.js'
import { findRole } from './auth-roles.js'
import type { Permission } from './auth-roles.js'
import { NOBODY } from './change.js'
import type { Change } from './change.js'
import { DEFAULT_PROJECT, newToken } from './names.js'
import { tables } from './records.js'
import type { RoleBinding, TokenRecord } from './records.js'
import { listProjects, repoResource } from './repos.js'
import { CLUSTER, getBinding, setBinding } from './role-bindings.js'
import type { Resource } from './role-bindings.js'

/** The subject of the root token. */
export const ROOT = 'pach:root'
/** The subject that pachd itself acts as. */
const AUTH_SERVER = 'internal:auth-server'
/** The subject that stands for everybody who is logged in. */
export const EVERYBODY = 'allClusterUsers'

export const notActivated = (): ModelError => new ModelError('UNIMPLEMENTED', 'the auth service is not activated')

/** Whether calls need a token. */
export const isAuthActive = (rows: Rows): boolean => tables.meta.get(rows, 'auth') === 'on'

const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Lets a subject in with a token from now on. */
export function addToken(rows: WritableRows, token: string, subject: string, expiresMs?: number): void {
  const hash = hashToken(token)
  tables.tokens.put(rows, [hash], { hash, subject, ...(expiresMs !== undefined && { expiresMs }) })
}

/** The record of a token, be it valid or not. */
export const findToken = (rows: Rows, token: string): TokenRecord | undefined => tables.tokens.get(rows, hashToken(token))

/** The record of a token that is valid now. Throws UNAUTHENTICATED, or INTERNAL for one that has expired. */
export function requireToken(rows: Rows, tokens: readonly string[]): TokenRecord {
  if (tokens.length > 1) throw refused('multiple authentication token keys found in context')
  const [token] = tokens
  if (token === undefined || token === '') throw new ModelError('UNAUTHENTICATED', 'no authentication token (try logging in)')
  const record = findToken(rows, token)
  if (!record) throw new ModelError('UNAUTHENTICATED', 'provided auth token is corrupted or has expired (try logging in again)')
  if (record.expiresMs !== undefined && record.expiresMs <= Date.now()) throw new ModelError('INTERNAL', 'token expiration is in the past')
  return record
}

/** Turns auth on: the token lets root in. Throws UNIMPLEMENTED when it is on. */
export function activateAuth(rows: WritableRows, rootToken: string): string {
  if (isAuthActive(rows)) throw new ModelError('UNIMPLEMENTED', 'the auth service is already activated')
  const token = rootToken === '' ? newToken() : rootToken
  tables.meta.put(rows, ['auth'], 'on')
  addToken(rows, token, ROOT)
  setBinding(rows, CLUSTER, { [ROOT]: ['clusterAdmin'], [AUTH_SERVER]: ['clusterAdmin'], [EVERYBODY]: ['projectCreator'] })
  return token
}

/** Gives root another token; the old one is worth nothing any more. */
export function rotateRootToken(rows: WritableRows, rootToken: string): string {
  for (const { hash, subject } of [...tables.tokens.list(rows)]) if (subject === ROOT) tables.tokens.remove(rows, hash)
  const token = rootToken === '' ? newToken() : rootToken
  addToken(rows, token, ROOT)
  return token
}

/** Turns auth off and forgets everything about it. */
export function deactivateAuth(rows: WritableRows): void {
  tables.meta.remove(rows, 'auth')
  tables.meta.remove(rows, 'auth-config')
  tables.tokens.clear(rows)
  tables.bindings.clear(rows)
  tables.groups.clear(rows)
}

/**
 * Gives every project and repo that has none a role binding. `shareDefaultProject` lets every user of the cluster list
 * and create repos in the default project.
 */
export function addMissingBindings({ rows }: Change, { shareDefaultProject }: { shareDefaultProject: boolean }): void {
  for (const { name } of listProjects(rows)) {
    const resource = { type: 'PROJECT' as const, name }
    if (!getBinding(rows, resource)) setBinding(rows, resource, shareDefaultProject && name === DEFAULT_PROJECT ? { [EVERYBODY]: ['projectWriter'] } : {})
  }
  for (const { repo } of [...tables.repos.list(rows)]) {
    if (repo.type !== 'meta' && !getBinding(rows, repoResource(repo))) setBinding(rows, repoResource(repo), {})
  }
}

/** The groups that a subject is a member of. */
export function groupsOf(rows: Rows, subject: string): string[] {
  return [...tables.groups.entries(rows)].flatMap(([[group], members]) => (group !== undefined && members.includes(subject) ? group : []))
}

/** Adds members to a group, then removes members from it: a subject in both lists is not a member afterwards. */
export function setMembers(rows: WritableRows, group: string, { add, remove }: { add: readonly string[]; remove: readonly string[] }): void {
  const members = new Set([...(tables.groups.get(rows, group) ?? []), ...add])
  for (const member of remove) members.delete(member)
  tables.groups.put(rows, [group], [...members])
}

/** A resource and what it lies in, the cluster first. */
function levels(resource: Resource): Resource[] {
  if (resource.type === 'CLUSTER') return [CLUSTER]
  const project = { type: 'PROJECT' as const, name: resource.name.split('/')[0] ?? '' }
  return resource.type === 'PROJECT' ? [CLUSTER, project] : [CLUSTER, project, resource]
}

function rolesIn(binding: RoleBinding, subjects: readonly string[]): string[] {
  return subjects.flatMap(subject => (Object.hasOwn(binding, subject) ? (binding[subject] ?? []) : []))
}

/** What a check found: which of the permissions the subject has, and which it lacks. */
export interface Verdict {
  readonly satisfied: readonly Permission[]
  readonly missing: readonly Permission[]
}

/** Looks from the cluster down until everything is allowed. Throws UNKNOWN at a resource without a binding. */
export function evaluate(rows: Rows, subject: string, resource: Resource, permissions: readonly Permission[]): Verdict {
  const subjects = [subject, EVERYBODY, ...groupsOf(rows, subject)]
  const satisfied = new Set<Permission>()
  for (const level of levels(resource)) {
    const binding = getBinding(rows, level)
    if (!binding) throw refused(`no role binding exists for ${level.type} ${level.name}`)
    for (const name of rolesIn(binding, subjects)) {
      for (const permission of findRole(name)?.permissions ?? []) if (permissions.includes(permission)) satisfied.add(permission)
    }
    if (satisfied.size === new Set(permissions).size) break
  }
  return { satisfied: [...satisfied], missing: permissions.filter(permission => !satisfied.has(permission)) }
}

/** Throws PERMISSION_DENIED unless the caller has all permissions; NOBODY, the caller while auth is off, has. */
export function authorize(rows: Rows, caller: string, resource: Resource, ...permissions: readonly Permission[]): void {
  if (caller === NOBODY) return
  // Everybody may read what a pipeline was made from.
  if (resource.type === 'SPEC_REPO' && permissions.every(permission => permission === 'REPO_READ' || permission === 'REPO_INSPECT_COMMIT')) return
  if (evaluate(rows, caller, resource, permissions).missing.length === 0) return
  throw new ModelError(
    'PERMISSION_DENIED',
    `${caller} is not authorized to perform this operation - needs permissions [${permissions.join(' ')}] on ${resource.type} ${resource.name}. Run \`pachctl auth roles-for-permission\` to find roles that grant a given permission.`,
  )
}

/** Whether the caller has a permission; false at a resource without a binding. */
export function isAuthorized(rows: Rows, caller: string, resource: Resource, permission: Permission): boolean {
  if (caller === NOBODY) return true
  try {
    return evaluate(rows, caller, resource, [permission]).missing.length === 0
  } catch (error) {
    if (error instanceof ModelError && error.code === 'UNKNOWN') return false
    throw error
  }
}

/** The roles that count for a resource and the permissions that they give. */
export function permissionsOf(rows: Rows, subject: string, resource: Resource): { permissions: Permission[]; roles: string[] } {
  const subjects = [subject, EVERYBODY, ...groupsOf(rows, subject)]
  const kind = resource.type === 'SPEC_REPO' ? 'REPO' : resource.type
  const roles = levels(resource)
    .flatMap(level => rolesIn(getBinding(rows, level) ?? {}, subjects))
    .flatMap(name => findRole(name) ?? [])
    .filter(role => role.returnedFor.includes(kind))
  return { permissions: [...new Set(roles.flatMap(role => role.permissions))], roles: [...new Set(roles.map(role => role.name))] }
}

/** Throws INVALID_ARGUMENT for a group name that cannot be a key. Groups keep the name they are given, with or without `group:`. */
export function checkGroup(group: string): void {
  if (group === '' || group.length > 1000 || group.includes('\0')) throw new ModelError('INVALID_ARGUMENT', 'a group name must have 1 to 1000 characters and no NUL')
}

const SUBJECTS = ['user', 'robot', 'group', 'pipeline', 'internal', 'pach']

/** Throws unless a text names a subject. */
export function checkSubject(subject: string): void {
  if (subject.length > 1000 || subject.includes('\0')) throw new ModelError('INVALID_ARGUMENT', 'the subject is too long or has a NUL')
  if (subject === EVERYBODY) return
  const colon = subject.indexOf(':')
  if (colon < 0) throw refused('subject has no prefix, must be of the form <type>:<name>')
  if (!SUBJECTS.includes(subject.slice(0, colon))) throw refused(`subject has unrecognized prefix: ${subject.slice(0, colon)}:`)
}

/** Gives a subject exactly these roles on a resource; none takes it out of the binding. */
export function bindRoles(rows: WritableRows, resource: Resource, subject: string, roles: readonly string[]): void {
  checkSubject(subject)
  for (const name of roles) {
    const role = findRole(name)
    if (!role) throw refused(`unknown role "${name}"`)
    if (!role.canBeBoundTo.includes(resource.type === 'SPEC_REPO' ? 'REPO' : resource.type)) throw refused(`role ${name} cannot be bound to ${resource.type} resources`)
  }
  if (resource.type === 'CLUSTER' && subject.startsWith('pach:')) throw refused('cannot modify cluster role bindings for pach: users')
  const binding = getBinding(rows, resource)
  if (!binding) throw refused(`no role binding exists for ${resource.type} ${resource.name}`)
  const { [subject]: _, ...others } = binding
  setBinding(rows, resource, roles.length === 0 ? others : { ...others, [subject]: [...new Set(roles)] })
}

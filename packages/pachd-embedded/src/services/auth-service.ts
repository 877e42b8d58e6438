/** auth_v2: turning auth on and off, tokens, groups, role bindings and permissions. */
import { auth } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, refused } from '../model-error.js'
import { activateAuth, addToken, authorize, bindRoles, checkGroup, checkSubject, deactivateAuth, evaluate, findToken, groupsOf, isAuthActive, notActivated, permissionsOf, rotateRootToken, setMembers } from '../model/auth.js'
import { ROLES } from '../model/auth-roles.js'
import { newToken } from '../model/names.js'
import type { Pachd } from '../model/pachd.js'
import { tables } from '../model/records.js'
import type { RoleBinding, TokenRecord } from '../model/records.js'
import { getBinding } from '../model/role-bindings.js'
import type { Resource } from '../model/role-bindings.js'
import { implementService } from './call.js'
import type { Call, ServiceBase } from './call.js'
import { fromResource } from './wire.js'

/** A token for longer is a token for good: a thousand years. */
const LONGEST_TTL_SECONDS = 1000 * 365 * 24 * 3600

/** Nobody can log in with a browser; a configuration is kept all the same, so that activating auth runs through. */
const noLogin = (pachd: Pachd) =>
  refused(
    tables.meta.get(pachd.rows, 'auth-config')
      ? 'pachd-embedded has no identity provider to log in with; use the root token, or a robot token from `pachctl auth get-robot-token`'
      : 'OIDC ID provider configuration not found',
  )

const MODIFY = { CLUSTER: 'CLUSTER_MODIFY_BINDINGS', PROJECT: 'PROJECT_MODIFY_BINDINGS', REPO: 'REPO_MODIFY_BINDINGS', SPEC_REPO: 'REPO_MODIFY_BINDINGS' } as const satisfies Record<
  Resource['type'],
  auth.Permission
>

const toTime = (ms: number | undefined) => (ms === undefined ? undefined : { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 })

function toBinding(binding: RoleBinding): auth.RoleBinding {
  return { entries: Object.fromEntries(Object.entries(binding).map(([subject, roles]) => [subject, { roles: Object.fromEntries(roles.map(role => [role, true])) }])) }
}

function robotName(robot: string): string {
  const name = robot.startsWith('robot:') ? robot.slice('robot:'.length) : robot
  if (name.includes(':')) throw refused("robot names cannot contain colons (':')")
  checkSubject(`robot:${name}`)
  return `robot:${name}`
}

function tokenMethods(pachd: Pachd) {
  const expirationOf = (token: TokenRecord | undefined) => toTime(token?.expiresMs)
  return {
    async getRobotToken({ robot, ttl }: auth.GetRobotTokenRequest) {
      const token = newToken()
      const subject = robotName(robot)
      await pachd.change(change => addToken(change.rows, token, subject, ttl > 0 ? Date.now() + Math.min(ttl, LONGEST_TTL_SECONDS) * 1000 : undefined))
      return { token }
    },
    // Whoever knows a token could use it, and so may end it.
    async revokeAuthToken({ token }: auth.RevokeAuthTokenRequest) {
      const number = await pachd.change(change => {
        const record = findToken(change.rows, token)
        if (!record) return 0
        tables.tokens.remove(change.rows, record.hash)
        return 1
      })
      return { number }
    },
    async revokeAuthTokensForUser({ username }: auth.RevokeAuthTokensForUserRequest) {
      if (username.startsWith('pach:')) throw refused('cannot revoke tokens for pach: users')
      const number = await pachd.change(change => {
        const records = [...tables.tokens.list(change.rows)].filter(({ subject }) => subject === username)
        for (const { hash } of records) tables.tokens.remove(change.rows, hash)
        return records.length
      })
      return { number }
    },
    async rotateRootToken({ rootToken }: auth.RotateRootTokenRequest) {
      return { rootToken: await pachd.change(change => rotateRootToken(change.rows, rootToken)) }
    },
    // Those of robots; sessions and the root token do not move to another cluster.
    extractAuthTokens: () => ({
      tokens: [...tables.tokens.list(pachd.rows)].filter(({ subject }) => subject.startsWith('robot:')).map(record => ({ subject: record.subject, expiration: expirationOf(record), hashedToken: record.hash })),
    }),
    async restoreAuthToken({ token }: auth.RestoreAuthTokenRequest) {
      if (!token) throw new ModelError('INVALID_ARGUMENT', 'validate request: invalid RestoreAuthTokenRequest.Token: value is required')
      if (!/^[0-9a-f]{64}$/.test(token.hashedToken)) throw new ModelError('INVALID_ARGUMENT', 'the hashed token must be 64 hexadecimal digits')
      checkSubject(token.subject)
      const expiresMs = token.expiration && token.expiration.seconds * 1000 + Math.floor(token.expiration.nanos / 1e6)
      if (expiresMs !== undefined && expiresMs <= Date.now()) throw new ModelError('INTERNAL', 'token expiration is in the past')
      await pachd.change(({ rows }) => {
        if (tables.tokens.get(rows, token.hashedToken)) throw refused('error restoring auth token: cannot overwrite existing token with same hash')
        tables.tokens.put(rows, [token.hashedToken], { hash: token.hashedToken, subject: token.subject, ...(expiresMs !== undefined && { expiresMs }) })
      })
      return {}
    },
    async deleteExpiredAuthTokens() {
      await pachd.change(change => {
        for (const { hash, expiresMs } of [...tables.tokens.list(change.rows)]) if (expiresMs !== undefined && expiresMs <= Date.now()) tables.tokens.remove(change.rows, hash)
      })
      return {}
    },
  }
}

function groupMethods(pachd: Pachd) {
  return {
    getGroups: (_: auth.GetGroupsRequest, { caller }: Call) => ({ groups: groupsOf(pachd.rows, caller) }),
    getGroupsForPrincipal: ({ principal }: auth.GetGroupsForPrincipalRequest) => ({ groups: groupsOf(pachd.rows, principal) }),
    getUsers: ({ group }: auth.GetUsersRequest) => ({
      usernames: group === '' ? [...new Set([...tables.groups.list(pachd.rows)].flat())] : [...(tables.groups.get(pachd.rows, group) ?? [])],
    }),
    async modifyMembers({ group, add, remove }: auth.ModifyMembersRequest) {
      checkGroup(group)
      for (const member of [...add, ...remove]) checkSubject(member)
      await pachd.change(change => setMembers(change.rows, group, { add, remove }))
      return {}
    },
    async setGroupsForUser({ username, groups }: auth.SetGroupsForUserRequest) {
      checkSubject(username)
      groups.forEach(checkGroup)
      await pachd.change(change => {
        for (const group of groupsOf(change.rows, username)) setMembers(change.rows, group, { add: [], remove: [username] })
        for (const group of groups) setMembers(change.rows, group, { add: [username], remove: [] })
      })
      return {}
    },
  }
}

function bindingMethods(pachd: Pachd) {
  return {
    getRoleBinding: ({ resource }: auth.GetRoleBindingRequest) => ({ binding: toBinding(getBinding(pachd.rows, fromResource(resource, 'GetRoleBindingRequest')) ?? {}) }),
    async modifyRoleBinding({ resource, principal, roles }: auth.ModifyRoleBindingRequest, { caller }: Call) {
      const target = fromResource(resource, 'ModifyRoleBindingRequest')
      await pachd.change(change => {
        authorize(change.rows, caller, target, MODIFY[target.type])
        bindRoles(change.rows, target, principal, roles)
      })
      return {}
    },
    getPermissions: ({ resource }: auth.GetPermissionsRequest, { caller }: Call) => permissionsOf(pachd.rows, caller, fromResource(resource, 'GetPermissionsRequest')),
    getPermissionsForPrincipal: ({ resource, principal }: auth.GetPermissionsForPrincipalRequest) =>
      permissionsOf(pachd.rows, principal, fromResource(resource, 'GetPermissionsForPrincipalRequest')),
    authorize({ resource, permissions }: auth.AuthorizeRequest, { caller }: Call) {
      const { satisfied, missing } = evaluate(pachd.rows, caller, fromResource(resource, 'AuthorizeRequest'), permissions)
      return { authorized: missing.length === 0, satisfied: [...satisfied], missing: [...missing], principal: caller }
    },
    getRolesForPermission: ({ permission }: auth.GetRolesForPermissionRequest) => ({
      roles: ROLES.filter(({ permissions }) => permissions.includes(permission)).map(role => ({
        name: role.name,
        permissions: [...role.permissions].sort(),
        canBeBoundTo: [...role.canBeBoundTo],
        returnedFor: [...role.returnedFor],
      })),
    }),
  }
}

/** The service of rights. */
export function authService(base: ServiceBase, pachd: Pachd) {
  return implementService(auth.APIDefinition, base, {
    ...tokenMethods(pachd),
    ...groupMethods(pachd),
    ...bindingMethods(pachd),
    async activate({ rootToken }) {
      return { pachToken: await pachd.change(change => activateAuth(change.rows, rootToken)) }
    },
    async deactivate() {
      await pachd.change(change => deactivateAuth(change.rows))
      return {}
    },
    whoAmI: (_, { caller, token }) => ({ username: caller, expiration: toTime(findToken(pachd.rows, token)?.expiresMs) }),
    getOIDCLogin() {
      throw noLogin(pachd)
    },
    authenticate({ oidcState, idToken }) {
      if (!isAuthActive(pachd.rows)) throw notActivated()
      throw oidcState === '' && idToken === '' ? refused('unrecognized authentication mechanism (old pachd?)') : noLogin(pachd)
    },
    getConfiguration: () => ({ configuration: auth.OIDCConfig.decode(Buffer.from(String(tables.meta.get(pachd.rows, 'auth-config') ?? ''), 'base64')) }),
    async setConfiguration({ configuration }) {
      const wire = configuration ? Buffer.from(auth.OIDCConfig.encode(configuration).finish()).toString('base64') : ''
      await pachd.change(change => tables.meta.put(change.rows, ['auth-config'], wire))
      return {}
    },
  })
}

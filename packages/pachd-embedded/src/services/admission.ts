/** Which methods need a token and which need rights on the cluster; what a method does with repos it checks itself. */
import type { Rows } from '../store/store.js'
import { authorize, isAuthActive, notActivated, requireToken } from '../model/auth.js'
import type { Permission } from '../model/auth-roles.js'
import { NOBODY } from '../model/change.js'
import { CLUSTER } from '../model/role-bindings.js'
import type { Admission } from './call.js'

/** Methods that anybody may call. */
const OPEN = new Set([
  'admin_v2.API/InspectCluster',
  'versionpb_v2.API/GetVersion',
  'grpc.health.v1.Health/Check',
  'grpc.health.v1.Health/Watch',
  'enterprise_v2.API/GetState',
  'enterprise_v2.API/PauseStatus',
  'license_v2.API/Heartbeat',
  'auth_v2.API/Activate',
  'auth_v2.API/Authenticate',
  'auth_v2.API/GetOIDCLogin',
])

/** Methods that make no sense while auth is off. */
const ONLY_WITH_AUTH = new Set(
  [
    'Authorize',
    'WhoAmI',
    'GetRoleBinding',
    'ModifyRoleBinding',
    'RevokeAuthToken',
    'GetGroups',
    'GetPermissions',
    'GetRolesForPermission',
    'Deactivate',
    'GetConfiguration',
    'SetConfiguration',
    'GetRobotToken',
    'GetPermissionsForPrincipal',
    'RevokeAuthTokensForUser',
    'SetGroupsForUser',
    'ModifyMembers',
    'GetGroupsForPrincipal',
    'GetUsers',
    'ExtractAuthTokens',
    'RestoreAuthToken',
    'DeleteExpiredAuthTokens',
    'RotateRootToken',
  ].map(name => `auth_v2.API/${name}`),
)
ONLY_WITH_AUTH.add('pfs_v2.API/ActivateAuth').add('pps_v2.API/ActivateAuth')

/** The methods of the identity provider, which makes no sense without auth either, and the permission that each needs. */
const IDENTITY: Readonly<Record<string, Permission>> = {
  'identity_v2.API/SetIdentityServerConfig': 'CLUSTER_IDENTITY_SET_CONFIG',
  'identity_v2.API/GetIdentityServerConfig': 'CLUSTER_IDENTITY_GET_CONFIG',
  'identity_v2.API/CreateOIDCClient': 'CLUSTER_IDENTITY_CREATE_OIDC_CLIENT',
  'identity_v2.API/UpdateOIDCClient': 'CLUSTER_IDENTITY_UPDATE_OIDC_CLIENT',
  'identity_v2.API/GetOIDCClient': 'CLUSTER_IDENTITY_GET_OIDC_CLIENT',
  'identity_v2.API/ListOIDCClients': 'CLUSTER_IDENTITY_LIST_OIDC_CLIENTS',
  'identity_v2.API/DeleteOIDCClient': 'CLUSTER_IDENTITY_DELETE_OIDC_CLIENT',
  'identity_v2.API/DeleteAll': 'CLUSTER_IDENTITY_SET_CONFIG',
}
for (const path of Object.keys(IDENTITY)) ONLY_WITH_AUTH.add(path)

/** Methods that need a permission on the whole cluster. */
const ON_CLUSTER: Readonly<Record<string, Permission>> = {
  'pfs_v2.API/ActivateAuth': 'CLUSTER_AUTH_ACTIVATE',
  'pps_v2.API/ActivateAuth': 'CLUSTER_AUTH_ACTIVATE',
  'pfs_v2.API/CreateProject': 'PROJECT_CREATE',
  'pfs_v2.API/DeleteAll': 'CLUSTER_DELETE_ALL',
  'pps_v2.API/DeleteAll': 'CLUSTER_DELETE_ALL',
  'transaction_v2.API/DeleteAll': 'CLUSTER_DELETE_ALL',
  'pfs_v2.API/SquashCommit': 'REPO_DELETE_COMMIT',
  'pfs_v2.API/DropCommit': 'REPO_DELETE_COMMIT',
  'pfs_v2.API/SquashCommitSet': 'REPO_DELETE_COMMIT',
  'pfs_v2.API/DropCommitSet': 'REPO_DELETE_COMMIT',
  'pfs_v2.API/ForgetCommit': 'REPO_DELETE_COMMIT',
  'pps_v2.API/SetClusterDefaults': 'CLUSTER_SET_DEFAULTS',
  'auth_v2.API/Deactivate': 'CLUSTER_AUTH_DEACTIVATE',
  'auth_v2.API/GetConfiguration': 'CLUSTER_AUTH_GET_CONFIG',
  'auth_v2.API/SetConfiguration': 'CLUSTER_AUTH_SET_CONFIG',
  'auth_v2.API/GetRobotToken': 'CLUSTER_AUTH_GET_ROBOT_TOKEN',
  'auth_v2.API/GetPermissionsForPrincipal': 'CLUSTER_AUTH_GET_PERMISSIONS_FOR_PRINCIPAL',
  'auth_v2.API/RevokeAuthTokensForUser': 'CLUSTER_AUTH_REVOKE_USER_TOKENS',
  'auth_v2.API/SetGroupsForUser': 'CLUSTER_AUTH_MODIFY_GROUP_MEMBERS',
  'auth_v2.API/ModifyMembers': 'CLUSTER_AUTH_MODIFY_GROUP_MEMBERS',
  'auth_v2.API/GetGroupsForPrincipal': 'CLUSTER_AUTH_GET_GROUPS',
  'auth_v2.API/GetUsers': 'CLUSTER_AUTH_GET_GROUP_USERS',
  'auth_v2.API/ExtractAuthTokens': 'CLUSTER_AUTH_EXTRACT_TOKENS',
  'auth_v2.API/RestoreAuthToken': 'CLUSTER_AUTH_RESTORE_TOKEN',
  'auth_v2.API/DeleteExpiredAuthTokens': 'CLUSTER_AUTH_DELETE_EXPIRED_TOKENS',
  'auth_v2.API/RotateRootToken': 'CLUSTER_AUTH_ROTATE_ROOT_TOKEN',
  'enterprise_v2.API/GetActivationCode': 'CLUSTER_ENTERPRISE_GET_CODE',
  'license_v2.API/GetActivationCode': 'CLUSTER_LICENSE_GET_CODE',
  'pps_v2.API/ListSecret': 'CLUSTER_LIST_SECRETS',
  ...IDENTITY,
  'admin_v2.API/RestartPachyderm': 'CLUSTER_RESTART_PACHYDERM',
}

/** The door of the server, looking at the rows for whether auth is on and whose the token is. */
export function admission(rows: Rows): Admission {
  return (path, tokens) => {
    if (!isAuthActive(rows)) {
      if (ONLY_WITH_AUTH.has(path)) throw notActivated()
      return NOBODY
    }
    if (OPEN.has(path)) return NOBODY
    const { subject } = requireToken(rows, tokens)
    const permission = Object.hasOwn(ON_CLUSTER, path) ? ON_CLUSTER[path] : undefined
    if (permission) authorize(rows, subject, CLUSTER, permission)
    return subject
  }
}

/** Which role gives which permissions, and what it can be bound to. */
import type { auth } from '@jupyterlab-pachyderm/pachd-proto'

import type { Resource } from './role-bindings.js'

export type Permission = auth.Permission

/** A role as clients see it. */
export interface Role {
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly canBeBoundTo: readonly Resource['type'][]
  /** Of which resources it is said that somebody has it. */
  readonly returnedFor: readonly Resource['type'][]
}

const repoReader = [
  'REPO_READ',
  'REPO_INSPECT_COMMIT',
  'REPO_LIST_COMMIT',
  'REPO_LIST_BRANCH',
  'REPO_LIST_FILE',
  'REPO_INSPECT_FILE',
  'REPO_ADD_PIPELINE_READER',
  'REPO_REMOVE_PIPELINE_READER',
  'PIPELINE_LIST_JOB',
] as const satisfies Permission[]
const repoWriter = [...repoReader, 'REPO_WRITE', 'REPO_DELETE_COMMIT', 'REPO_CREATE_BRANCH', 'REPO_DELETE_BRANCH', 'REPO_ADD_PIPELINE_WRITER'] as const satisfies Permission[]
const repoOwner = [...repoWriter, 'REPO_MODIFY_BINDINGS', 'REPO_DELETE'] as const satisfies Permission[]
const projectViewer = ['PROJECT_LIST_REPO'] as const satisfies Permission[]
const projectWriter = [...projectViewer, 'PROJECT_CREATE_REPO'] as const satisfies Permission[]
const projectOwner = [...projectWriter, ...repoOwner, 'PROJECT_DELETE', 'PROJECT_MODIFY_BINDINGS', 'PROJECT_SET_DEFAULTS'] as const satisfies Permission[]
const secretAdmin = ['CLUSTER_LIST_SECRETS', 'CLUSTER_CREATE_SECRET', 'SECRET_INSPECT', 'SECRET_DELETE'] as const satisfies Permission[]
const licenseAdmin = [
  'CLUSTER_LICENSE_ACTIVATE',
  'CLUSTER_LICENSE_GET_CODE',
  'CLUSTER_LICENSE_ADD_CLUSTER',
  'CLUSTER_LICENSE_UPDATE_CLUSTER',
  'CLUSTER_LICENSE_DELETE_CLUSTER',
  'CLUSTER_LICENSE_LIST_CLUSTERS',
] as const satisfies Permission[]
const identityAdmin = ['CLUSTER_IDENTITY_SET_CONFIG', 'CLUSTER_IDENTITY_GET_CONFIG'] as const satisfies Permission[]
const idpAdmin = [
  'CLUSTER_IDENTITY_CREATE_IDP',
  'CLUSTER_IDENTITY_UPDATE_IDP',
  'CLUSTER_IDENTITY_LIST_IDPS',
  'CLUSTER_IDENTITY_GET_IDP',
  'CLUSTER_IDENTITY_DELETE_IDP',
] as const satisfies Permission[]
const oidcAppAdmin = [
  'CLUSTER_IDENTITY_CREATE_OIDC_CLIENT',
  'CLUSTER_IDENTITY_UPDATE_OIDC_CLIENT',
  'CLUSTER_IDENTITY_LIST_OIDC_CLIENTS',
  'CLUSTER_IDENTITY_GET_OIDC_CLIENT',
  'CLUSTER_IDENTITY_DELETE_OIDC_CLIENT',
] as const satisfies Permission[]
const clusterAdmin = [
  ...projectOwner,
  ...secretAdmin,
  ...licenseAdmin,
  ...identityAdmin,
  ...idpAdmin,
  ...oidcAppAdmin,
  'PROJECT_CREATE',
  'JOB_SKIP_CTX',
  'CLUSTER_MODIFY_BINDINGS',
  'CLUSTER_GET_BINDINGS',
  'CLUSTER_AUTH_ACTIVATE',
  'CLUSTER_AUTH_DEACTIVATE',
  'CLUSTER_AUTH_GET_CONFIG',
  'CLUSTER_AUTH_SET_CONFIG',
  'CLUSTER_AUTH_GET_ROBOT_TOKEN',
  'CLUSTER_AUTH_MODIFY_GROUP_MEMBERS',
  'CLUSTER_AUTH_GET_GROUPS',
  'CLUSTER_AUTH_GET_GROUP_USERS',
  'CLUSTER_AUTH_EXTRACT_TOKENS',
  'CLUSTER_AUTH_RESTORE_TOKEN',
  'CLUSTER_AUTH_DELETE_EXPIRED_TOKENS',
  'CLUSTER_AUTH_GET_PERMISSIONS_FOR_PRINCIPAL',
  'CLUSTER_AUTH_REVOKE_USER_TOKENS',
  'CLUSTER_AUTH_ROTATE_ROOT_TOKEN',
  'CLUSTER_ENTERPRISE_ACTIVATE',
  'CLUSTER_ENTERPRISE_HEARTBEAT',
  'CLUSTER_ENTERPRISE_GET_CODE',
  'CLUSTER_ENTERPRISE_DEACTIVATE',
  'CLUSTER_ENTERPRISE_PAUSE',
  'CLUSTER_DEBUG_DUMP',
  'CLUSTER_DELETE_ALL',
  'CLUSTER_GET_PACHD_LOGS',
  'CLUSTER_GET_LOKI_LOGS',
  'CLUSTER_SET_DEFAULTS',
  'CLUSTER_EDIT_CLUSTER_METADATA',
  'CLUSTER_SNAPSHOTTER',
  'CLUSTER_RESTART_PACHYDERM',
] as const satisfies Permission[]

const onCluster = ['CLUSTER'] as const
const onProjects = ['CLUSTER', 'PROJECT'] as const
const onRepos = ['CLUSTER', 'PROJECT', 'REPO'] as const

/** All roles there are. */
export const ROLES: readonly Role[] = [
  { name: 'clusterAdmin', permissions: clusterAdmin, canBeBoundTo: onCluster, returnedFor: onRepos },
  { name: 'projectCreator', permissions: ['PROJECT_CREATE'], canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'projectOwner', permissions: projectOwner, canBeBoundTo: onProjects, returnedFor: ['PROJECT', 'REPO'] },
  { name: 'projectWriter', permissions: projectWriter, canBeBoundTo: onProjects, returnedFor: ['PROJECT'] },
  { name: 'projectViewer', permissions: projectViewer, canBeBoundTo: onProjects, returnedFor: ['PROJECT'] },
  { name: 'repoOwner', permissions: repoOwner, canBeBoundTo: onRepos, returnedFor: ['REPO'] },
  { name: 'repoWriter', permissions: repoWriter, canBeBoundTo: onRepos, returnedFor: ['REPO'] },
  { name: 'repoReader', permissions: repoReader, canBeBoundTo: onRepos, returnedFor: ['REPO'] },
  { name: 'robotUser', permissions: ['CLUSTER_AUTH_GET_ROBOT_TOKEN'], canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'secretAdmin', permissions: secretAdmin, canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'licenseAdmin', permissions: licenseAdmin, canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'identityAdmin', permissions: identityAdmin, canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'idpAdmin', permissions: idpAdmin, canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'oidcAppAdmin', permissions: oidcAppAdmin, canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'debugger', permissions: ['CLUSTER_DEBUG_DUMP', 'CLUSTER_GET_PACHD_LOGS'], canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'lokiLogReader', permissions: ['CLUSTER_GET_LOKI_LOGS'], canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'pachdLogReader', permissions: ['CLUSTER_GET_PACHD_LOGS'], canBeBoundTo: onCluster, returnedFor: onCluster },
  { name: 'jobAdmin', permissions: ['JOB_SKIP_CTX'], canBeBoundTo: onCluster, returnedFor: onCluster },
]

const byName = new Map(ROLES.map(role => [role.name, role]))

/** The role of this name. */
export const findRole = (name: string): Role | undefined => byName.get(name)

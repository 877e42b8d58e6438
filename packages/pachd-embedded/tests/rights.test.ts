import { status } from '@grpc/grpc-js'
import { auth, identity, metadata, pfs, pps, transaction } from '@jupyterlab-pachyderm/pachd-proto'
import { beforeAll, describe, expect, test } from 'vitest'

import { methodsOf, serving } from './serving.js'
import { add, codeOf, failureOf, on } from './wire-client.js'
import type { WireClient } from './wire-client.js'

const ROOT = 'root-token-of-the-tests'
const now = serving(ROOT)

const REPO = { repo: { name: 'guarded' } }
const head = on('guarded', 'master')
const file = { commit: head, path: '/a' }

async function robot(name: string): Promise<WireClient> {
  const { token } = await now().client.auth('getRobotToken', { robot: name })
  return now().connect(token)
}

const grant = (principal: string, ...roles: string[]) => now().client.auth('modifyRoleBinding', { resource: { type: 'REPO', name: 'default/guarded' }, principal, roles })

beforeAll(async () => {
  const { client } = now()
  await client.createRepo('guarded')
  await client.modify(head, [add('/a', 'secret')])
  await client.createRepo('target')
})

/** Every method that touches a repo: the call, and the permission that it names when it is refused. */
const GUARDED: readonly [name: string, permission: string, call: (client: WireClient) => Promise<unknown>][] = [
  ['StartCommit', 'REPO_WRITE', client => client.startCommit('guarded', 'new')],
  ['FinishCommit', 'REPO_WRITE', client => client.finishCommit(head)],
  ['ClearCommit', 'REPO_WRITE', client => client.pfs('clearCommit', { commit: head })],
  ['ModifyFile', 'REPO_WRITE', client => client.modify(head, [add('/b', 'x')])],
  ['AddFileSet', 'REPO_WRITE', client => client.pfs('addFileSet', { commit: head, fileSetId: 'x' })],
  ['CreateRepo{update}', 'REPO_WRITE', client => client.pfs('createRepo', { ...REPO, description: 'other', update: true })],
  ['GetFile', 'REPO_READ', client => client.get(head, '/a')],
  ['GetFileTAR', 'REPO_READ', client => client.pfsList('getFileTAR', { file })],
  ['GetFileSet', 'REPO_READ', client => client.pfs('getFileSet', { commit: head })],
  ['DiffFile', 'REPO_READ', client => client.pfsList('diffFile', { newFile: file })],
  ['DiffFile of another side', 'REPO_READ', client => client.pfsList('diffFile', { newFile: { commit: on('target', 'master'), path: '/' }, oldFile: file })],
  ['GlobFile', 'REPO_READ REPO_LIST_FILE', client => client.glob(head, '/*')],
  ['WalkFile', 'REPO_READ REPO_LIST_FILE', client => client.walk(head)],
  ['ListFile', 'REPO_LIST_FILE', client => client.listFiles(head)],
  ['InspectFile', 'REPO_INSPECT_FILE', client => client.pfs('inspectFile', { file })],
  ['InspectCommit', 'REPO_INSPECT_COMMIT', client => client.inspectCommit(head)],
  ['InspectCommitSet', 'REPO_INSPECT_COMMIT', async client => client.pfsList('inspectCommitSet', { commitSet: { id: (await now().client.inspectCommit(head)).commit?.id } })],
  ['WalkCommitProvenance', 'REPO_INSPECT_COMMIT', client => client.pfsList('walkCommitProvenance', { start: [commitPicker] })],
  ['WalkCommitSubvenance', 'REPO_INSPECT_COMMIT', client => client.pfsList('walkCommitSubvenance', { start: [commitPicker] })],
  ['ListCommit', 'REPO_LIST_COMMIT', client => client.listCommits('guarded')],
  ['SubscribeCommit', 'REPO_LIST_COMMIT', client => client.pfsList('subscribeCommit', { ...REPO, branch: 'master' })],
  ['FindCommits', 'REPO_LIST_COMMIT REPO_READ', client => client.pfsList('findCommits', { start: head, filePath: '/a' })],
  ['ListBranch', 'REPO_LIST_BRANCH', client => client.pfsList('listBranch', REPO)],
  ['WalkBranchProvenance', 'REPO_LIST_BRANCH', client => client.pfsList('walkBranchProvenance', { start: [branchPicker] })],
  ['WalkBranchSubvenance', 'REPO_LIST_BRANCH', client => client.pfsList('walkBranchSubvenance', { start: [branchPicker] })],
  ['CreateBranch', 'REPO_CREATE_BRANCH', client => client.pfs('createBranch', { branch: { ...REPO, name: 'b' } })],
  ['DeleteBranch', 'REPO_DELETE_BRANCH', client => client.pfs('deleteBranch', { branch: { ...REPO, name: 'master' } })],
  ['ModifyRoleBinding', 'REPO_MODIFY_BINDINGS', client => client.auth('modifyRoleBinding', { resource: { type: 'REPO', name: 'default/guarded' }, principal: 'user:x', roles: [] })],
  ['EditMetadata of a repo', 'REPO_WRITE', client => client.unary(metadata.APIDefinition, metadata.APIDefinition.methods.editMetadata, { edits: [{ target: { $case: 'repo', repo: repoPicker }, op: { $case: 'addKey', addKey: { key: 'k', value: 'v' } } }] })],
  ['CreatePipeline that reads it', 'REPO_READ', client => client.pps('createPipeline', { pipeline: { project: { name: 'open' }, name: 'p' }, input: { pfs: { project: 'default', repo: 'guarded', glob: '/' } } })],
]
const repoPicker = { picker: { $case: 'name', name: { name: 'guarded' } } }
const branchPicker = { picker: { $case: 'name', name: { repo: repoPicker, name: 'master' } } }
const commitPicker = { picker: { $case: 'branchHead', branchHead: branchPicker } }

/** Methods that need a permission on the cluster. */
const OF_THE_CLUSTER: readonly [name: string, permission: string, call: (client: WireClient) => Promise<unknown>][] = [
  ['SquashCommitSet', 'REPO_DELETE_COMMIT', client => client.pfs('squashCommitSet', { commitSet: { id: 'x' } })],
  ['DropCommitSet', 'REPO_DELETE_COMMIT', client => client.pfs('dropCommitSet', { commitSet: { id: 'x' } })],
  ['SquashCommit', 'REPO_DELETE_COMMIT', client => client.pfs('squashCommit', { commit: head })],
  ['DropCommit', 'REPO_DELETE_COMMIT', client => client.pfs('dropCommit', { commit: head })],
  ['DeleteAll of files', 'CLUSTER_DELETE_ALL', client => client.pfs('deleteAll')],
  ['DeleteAll of pipelines', 'CLUSTER_DELETE_ALL', client => client.pps('deleteAll')],
  ['DeleteAll of transactions', 'CLUSTER_DELETE_ALL', client => client.txn('deleteAll')],
  ['ActivateAuth', 'CLUSTER_AUTH_ACTIVATE', client => client.pfs('activateAuth')],
  ['SetClusterDefaults', 'CLUSTER_SET_DEFAULTS', client => client.pps('setClusterDefaults', { clusterDefaultsJson: '{}' })],
  ['Deactivate', 'CLUSTER_AUTH_DEACTIVATE', client => client.auth('deactivate')],
  ['GetConfiguration', 'CLUSTER_AUTH_GET_CONFIG', client => client.auth('getConfiguration')],
  ['SetConfiguration', 'CLUSTER_AUTH_SET_CONFIG', client => client.auth('setConfiguration')],
  ['GetRobotToken', 'CLUSTER_AUTH_GET_ROBOT_TOKEN', client => client.auth('getRobotToken', { robot: 'x' })],
  ['GetPermissionsForPrincipal', 'CLUSTER_AUTH_GET_PERMISSIONS_FOR_PRINCIPAL', client => client.auth('getPermissionsForPrincipal', { resource: { type: 'CLUSTER' }, principal: 'user:x' })],
  ['RevokeAuthTokensForUser', 'CLUSTER_AUTH_REVOKE_USER_TOKENS', client => client.auth('revokeAuthTokensForUser', { username: 'user:x' })],
  ['SetGroupsForUser', 'CLUSTER_AUTH_MODIFY_GROUP_MEMBERS', client => client.auth('setGroupsForUser', { username: 'user:x' })],
  ['ModifyMembers', 'CLUSTER_AUTH_MODIFY_GROUP_MEMBERS', client => client.auth('modifyMembers', { group: 'g' })],
  ['GetGroupsForPrincipal', 'CLUSTER_AUTH_GET_GROUPS', client => client.auth('getGroupsForPrincipal', { principal: 'user:x' })],
  ['GetUsers', 'CLUSTER_AUTH_GET_GROUP_USERS', client => client.auth('getUsers', { group: 'g' })],
  ['ExtractAuthTokens', 'CLUSTER_AUTH_EXTRACT_TOKENS', client => client.auth('extractAuthTokens')],
  ['RestoreAuthToken', 'CLUSTER_AUTH_RESTORE_TOKEN', client => client.auth('restoreAuthToken')],
  ['DeleteExpiredAuthTokens', 'CLUSTER_AUTH_DELETE_EXPIRED_TOKENS', client => client.auth('deleteExpiredAuthTokens')],
  ['RotateRootToken', 'CLUSTER_AUTH_ROTATE_ROOT_TOKEN', client => client.auth('rotateRootToken')],
  ['ModifyRoleBinding of the cluster', 'CLUSTER_MODIFY_BINDINGS', client => client.auth('modifyRoleBinding', { resource: { type: 'CLUSTER' }, principal: 'user:x', roles: [] })],
  ['ListOIDCClients', 'CLUSTER_IDENTITY_LIST_OIDC_CLIENTS', client => client.unary(identity.APIDefinition, identity.APIDefinition.methods.listOIDCClients)],
  ['ListSecret', 'CLUSTER_LIST_SECRETS', client => client.pps('listSecret')],
]

describe('a robot without roles', () => {
  let nobody: WireClient
  beforeAll(async () => {
    nobody = await robot('nobody')
    await now().client.pfs('createProject', { project: { name: 'open' } })
    await now().client.auth('modifyRoleBinding', { resource: { type: 'PROJECT', name: 'open' }, principal: 'allClusterUsers', roles: ['projectWriter'] })
    await now().client.modify(on('target', 'master'), [])
    await now().client.auth('modifyRoleBinding', { resource: { type: 'REPO', name: 'default/target' }, principal: 'allClusterUsers', roles: ['repoReader'] })
  })

  test.each(GUARDED)('may not %s', async (_, permission, call) => {
    const { code, text } = await failureOf(call(nobody))

    expect(code).toBe(status.PERMISSION_DENIED)
    expect(text).toContain(`robot:nobody is not authorized to perform this operation - needs permissions [${permission}`)
    expect(text).toContain('on REPO default/guarded')
  })

  test.each(OF_THE_CLUSTER)('may not %s', async (_, permission, call) => {
    const { code, text } = await failureOf(call(nobody))

    expect(code).toBe(status.PERMISSION_DENIED)
    expect(text).toContain(`needs permissions [${permission}] on CLUSTER`)
  })

  test('sees only what it may see where everything is listed', async () => {
    expect((await nobody.pfsList('listRepo')).map(info => info.repo?.name)).not.toContain('guarded')
    expect((await nobody.pfsList('listCommit')).map(info => info.commit?.repo?.name)).not.toContain('guarded')
    expect((await nobody.pfsList('listCommitSet')).flatMap(set => set.commits.map(info => info.commit?.repo?.name))).not.toContain('guarded')
  })

  test('is told that a repo has no binding when there is no such repo', async () => {
    expect(await failureOf(nobody.listFiles(on('nowhere', 'master')))).toEqual({ code: status.UNKNOWN, text: 'no role binding exists for REPO default/nowhere' })
  })
})

describe('a reader', () => {
  test('reads and does not write, and is refused where a datum needs more than one repo', async () => {
    await grant('robot:reader', 'repoReader')
    const reader = await robot('reader')

    expect((await reader.get(head, '/a')).toString()).toBe('secret')
    expect(await codeOf(reader.modify(head, [add('/b', 'x')]))).toBe(status.PERMISSION_DENIED)
    expect((await reader.ppsList('listDatum', { input: { pfs: { repo: 'guarded', glob: '/*' } } })).length).toBe(1)
    expect((await failureOf(reader.ppsList('listDatum', { input: { pfs: { repo: 'guarded', branch: 'master', glob: '/*', project: 'open' } } }))).text).toContain('no role binding exists for REPO open/guarded')
  })
})

describe('without a token', () => {
  /** What anybody may call. */
  const OPEN = new Set(['/auth_v2.API/Activate', '/auth_v2.API/Authenticate', '/auth_v2.API/GetOIDCLogin'])

  test.each(methodsOf([pfs.APIDefinition, pps.APIDefinition, auth.APIDefinition, transaction.APIDefinition, identity.APIDefinition, metadata.APIDefinition]).filter(({ path }) => !OPEN.has(path)))(
    'nobody may call $path',
    async ({ path }) => {
      const stranger = now().connect()
      const ended = new Promise<{ code: number; details: string }>(resolve => {
        const call = stranger.client.makeBidiStreamRequest(path, (raw: Buffer) => raw, (raw: Buffer) => raw, stranger.metadata)
        call.on('data', () => undefined)
        call.on('error', () => undefined)
        call.on('status', resolve)
        call.write(Buffer.alloc(0))
        call.end()
      })

      expect(await ended).toMatchObject({ code: status.UNAUTHENTICATED, details: 'no authentication token (try logging in)' })
    },
  )
})

describe('tokens', () => {
  test('of robots move to another cluster, those of root do not', async () => {
    const { client } = now()
    const { token } = await client.auth('getRobotToken', { robot: 'mover', ttl: 600 })
    const { tokens } = await client.auth('extractAuthTokens')
    const moved = tokens.find(({ subject }) => subject === 'robot:mover')

    expect(tokens.map(({ subject }) => subject)).not.toContain('pach:root')
    expect((await failureOf(client.auth('restoreAuthToken', { token: moved }))).text).toBe('error restoring auth token: cannot overwrite existing token with same hash')
    expect(await client.auth('revokeAuthToken', { token })).toEqual({ number: 1 })
    expect(await codeOf(now().connect(token).auth('whoAmI'))).toBe(status.UNAUTHENTICATED)
    await client.auth('restoreAuthToken', { token: moved })
    expect(await now().connect(token).auth('whoAmI')).toMatchObject({ username: 'robot:mover', expiration: expect.anything() as object })
  })

  test('are not given for a name with a colon', async () => {
    expect((await failureOf(now().client.auth('getRobotToken', { robot: 'robot:a:b' }))).text).toBe("robot names cannot contain colons (':')")
  })

  test('end: those that have expired are refused and can be swept away', async () => {
    const { client } = now()
    const hashedToken = 'a'.repeat(64)
    expect(await failureOf(client.auth('restoreAuthToken', { token: { subject: 'robot:late', hashedToken, expiration: { seconds: 1, nanos: 0 } } }))).toEqual({ code: status.INTERNAL, text: 'token expiration is in the past' })
    const { token } = await client.auth('getRobotToken', { robot: 'brief', ttl: 1 })
    const brief = now().connect(token)
    await expect.poll(() => failureOf(brief.auth('whoAmI')), { timeout: 5000 }).toEqual({ code: status.INTERNAL, text: 'token expiration is in the past' })

    await client.auth('deleteExpiredAuthTokens')

    expect(await failureOf(brief.auth('whoAmI'))).toEqual({ code: status.UNAUTHENTICATED, text: 'provided auth token is corrupted or has expired (try logging in again)' })
  })

  test('of root are replaced by another one, given or made', async () => {
    const { client } = now()
    expect(await client.auth('rotateRootToken', { rootToken: 'second' })).toEqual({ rootToken: 'second' })
    expect(await codeOf(client.auth('whoAmI'))).toBe(status.UNAUTHENTICATED)
    const second = now().connect('second')
    const { rootToken } = await second.auth('rotateRootToken')
    expect(rootToken).toMatch(/^[0-9a-f]{32}$/)
    expect(await now().connect(rootToken).auth('rotateRootToken', { rootToken: ROOT })).toEqual({ rootToken: ROOT })
    expect(await client.auth('whoAmI')).toEqual({ username: 'pach:root', expiration: undefined })
  })
})

describe('groups', () => {
  test('give their members what they have, and are seen from both sides', async () => {
    const { client } = now()
    await client.auth('modifyMembers', { group: 'group:readers', add: ['robot:member'], remove: [] })
    await grant('group:readers', 'repoReader')
    const member = await robot('member')

    expect((await member.get(head, '/a')).toString()).toBe('secret')
    expect(await member.auth('getGroups')).toEqual({ groups: ['group:readers'] })
    expect(await client.auth('getUsers', { group: 'group:readers' })).toEqual({ usernames: ['robot:member'] })

    await client.auth('setGroupsForUser', { username: 'robot:member', groups: ['group:writers'] })

    expect(await codeOf(member.get(head, '/a'))).toBe(status.PERMISSION_DENIED)
    expect(await client.auth('getGroupsForPrincipal', { principal: 'robot:member' })).toEqual({ groups: ['group:writers'] })
  })

  test('keep the names that they are given, and drop a member that is added and removed at once', async () => {
    const { client } = now()

    await client.auth('setGroupsForUser', { username: 'robot:named', groups: ['testgroup'] })
    await client.auth('modifyMembers', { group: 'testgroup', add: ['robot:other', 'robot:gone'], remove: ['robot:gone'] })

    expect(await client.auth('getGroupsForPrincipal', { principal: 'robot:named' })).toEqual({ groups: ['testgroup'] })
    expect(await client.auth('getUsers', { group: 'testgroup' })).toEqual({ usernames: ['robot:named', 'robot:other'] })
  })
})

describe('root', () => {
  test('keeps its tokens when those of a user are revoked', async () => {
    const { client } = now()

    expect(await failureOf(client.auth('revokeAuthTokensForUser', { username: 'pach:root' }))).toEqual({ code: status.UNKNOWN, text: 'cannot revoke tokens for pach: users' })
    expect(await client.auth('whoAmI')).toMatchObject({ username: 'pach:root' })
  })

  test('shares the cluster with pachd itself', async () => {
    const { binding } = await now().client.auth('getRoleBinding', { resource: { type: 'CLUSTER' } })

    expect(binding?.entries['internal:auth-server']).toEqual({ roles: { clusterAdmin: true } })
  })
})

describe('pipelines', () => {
  const rolesOn = async (repo: string, subject: string) => {
    const { binding } = await now().client.auth('getRoleBinding', { resource: { type: 'REPO', name: `default/${repo}` } })
    return Object.keys(binding?.entries[subject]?.roles ?? {})
  }
  const create = (name: string, repo: string, more: object = {}) => now().client.pps('createPipeline', { pipeline: { name }, input: { pfs: { repo, glob: '/*' } }, ...more })

  test('read their inputs and write their output, as long as they exist', async () => {
    await create('bound', 'guarded')
    expect([await rolesOn('guarded', 'pipeline:default/bound'), await rolesOn('bound', 'pipeline:default/bound')]).toEqual([['repoReader'], ['repoWriter']])

    await create('bound', 'target', { update: true })
    expect([await rolesOn('guarded', 'pipeline:default/bound'), await rolesOn('target', 'pipeline:default/bound')]).toEqual([[], ['repoReader']])

    await now().client.pps('deletePipeline', { pipeline: { name: 'bound' } })
    expect(await rolesOn('target', 'pipeline:default/bound')).toEqual([])
  })

  test('are listed for those who may list the repos of the project, or read the output', async () => {
    await create('hidden', 'guarded')
    const stranger = await robot('stranger')
    const names = async () => (await stranger.ppsList('listPipeline')).map(info => info.pipeline?.name)

    expect(await names()).not.toContain('hidden')
    await now().client.auth('modifyRoleBinding', { resource: { type: 'REPO', name: 'default/hidden' }, principal: 'robot:stranger', roles: ['repoReader'] })
    expect(await names()).toContain('hidden')
  })

  test('do not take over a repo of the same name', async () => {
    await now().client.createRepo('taken')

    expect(await failureOf(create('taken', 'guarded'))).toEqual({ code: status.UNKNOWN, text: 'pipeline "taken" cannot be created because a repo with the same name already exists' })
  })
})

describe('metadata', () => {
  const edit = (client: WireClient, target: object) => client.unary(metadata.APIDefinition, metadata.APIDefinition.methods.editMetadata, { edits: [{ target, op: { $case: 'addKey', addKey: { key: 'by-anyone', value: 'v' } } }] })

  test('of projects and commits may be edited by every user', async () => {
    const anyone = await robot('anyone')

    expect(await codeOf(edit(anyone, { $case: 'project', project: { picker: { $case: 'name', name: 'default' } } }))).toBeUndefined()
    expect(await codeOf(edit(anyone, { $case: 'commit', commit: commitPicker }))).toBeUndefined()
    expect(await codeOf(edit(anyone, { $case: 'repo', repo: repoPicker }))).toBe(status.PERMISSION_DENIED)
  })
})

describe('role bindings', () => {
  test.each([
    [{ resource: { type: 'REPO', name: 'default/guarded' }, principal: 'someone', roles: ['repoReader'] }, 'subject has no prefix, must be of the form <type>:<name>'],
    [{ resource: { type: 'REPO', name: 'default/guarded' }, principal: 'alien:x', roles: ['repoReader'] }, 'subject has unrecognized prefix: alien:'],
    [{ resource: { type: 'REPO', name: 'default/guarded' }, principal: 'user:x', roles: ['king'] }, 'unknown role "king"'],
    [{ resource: { type: 'REPO', name: 'default/none' }, principal: 'user:x', roles: ['repoReader'] }, 'no role binding exists for REPO default/none'],
    [{ resource: { type: 'CLUSTER' }, principal: 'pach:root', roles: [] }, 'cannot modify cluster role bindings for pach: users'],
  ])('refuse %j', async (request, text) => {
    expect(await failureOf(now().client.auth('modifyRoleBinding', request))).toEqual({ code: status.UNKNOWN, text })
  })

  test('say nothing about a resource that there is not, and are never unset', async () => {
    expect(await now().client.auth('getRoleBinding', { resource: { type: 'REPO', name: 'default/none' } })).toEqual({ binding: { entries: {} } })
  })
})

describe('activating auth with an identity provider', () => {
  test('goes through all its steps, though nobody can log in by it', async () => {
    const { client } = now()
    const call = <K extends keyof typeof identity.APIDefinition.methods>(name: K, init: object = {}) => client.unary(identity.APIDefinition, identity.APIDefinition.methods[name], init)
    await call('setIdentityServerConfig', { config: { issuer: 'http://pachd:1658/' } })
    const { client: made } = await call('createOIDCClient', { client: { id: 'pachd', name: 'pachd', redirectUris: ['http://here/'] } })
    await client.auth('setConfiguration', { configuration: { issuer: 'http://pachd:1658/', clientId: 'pachd' } })

    expect(made?.secret).toMatch(/^[0-9a-f]{32}$/)
    expect(await call('listOIDCClients')).toMatchObject({ clients: [{ id: 'pachd', secret: '' }] })
    expect(await client.auth('getConfiguration')).toMatchObject({ configuration: { clientId: 'pachd' } })
    expect((await failureOf(client.auth('getOIDCLogin'))).text).toContain('has no identity provider')
    await call('deleteAll')
    expect(await call('listOIDCClients')).toEqual({ clients: [] })
  })
})

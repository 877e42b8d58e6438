import { auth } from '@jupyterlab-pachyderm/pachd-proto'
import { startEmbeddedPachd, type EmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, createPachdClient, type PachdClient, repoReference, updateConfigFile } from '@jupyterlab-pachyderm/pachd-client'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'

import { followConfig } from '../src/index.js'
import { startPachdBorder } from './pachd-border.js'
import { testPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

const ROOT_TOKEN = 'root-token-of-the-tests'
/** Numbers of gRPC. */
const status = { UNKNOWN: 2, DEADLINE_EXCEEDED: 4, PERMISSION_DENIED: 7, INTERNAL: 13, UNAUTHENTICATED: 16 }
let folder: string
let pachd: EmbeddedPachd
let root: PachdClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mount-server-auth-'))
  pachd = await startEmbeddedPachd({ dataDir: join(folder, 'pachd'), port: 0, rootToken: ROOT_TOKEN })
  root = createPachdClient({ address: pachd.address, token: ROOT_TOKEN })
  for (const repo of ['cats', 'dogs']) {
    await root.pfs.createRepo({ repo: repoReference({ name: repo }) })
    const branch = branchReference({ repo, branch: 'master' })
    await root.pfs.modifyFile([
      { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
      { body: { $case: 'addFile', addFile: { path: '/a', source: { $case: 'raw', raw: Buffer.from('1') } } } },
    ])
  }
  const resource = { type: 'REPO', name: 'default/cats' } as const
  await root.auth.modifyRoleBinding({ resource, principal: 'robot:reader', roles: ['repoReader'] })
  await root.auth.modifyRoleBinding({ resource, principal: 'robot:writer', roles: ['repoWriter'] })
})
afterAll(async () => {
  root.close()
  await pachd.stop()
  await rm(folder, { recursive: true })
})

const tokenOf = async (robot: string, seconds = 0) => (await root.auth.getRobotToken({ robot, ttl: seconds })).token

async function serve(token?: string): Promise<ServingApp & { config: string }> {
  const config = join(folder, `${randomUUID()}.json`)
  await writeFile(config, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: pachd.address, ...(token && { session_token: token }) } } } }))
  const served = await serveApp({ config, folder })
  onTestFinished(() => served.stop())
  return { ...served, config }
}

const stored = async (config: string) => (JSON.parse(await readFile(config, 'utf8')) as { v2: { contexts: { c: { session_token?: string } } } }).v2.contexts.c.session_token

describe('who is logged in', () => {
  test('a cluster without authorization says so', async () => {
    const open = await testPachd()
    const served = await serveApp({ config: open.config, folder: open.folder })
    onTestFinished(async () => {
      await served.stop()
      await open.stop()
    })

    expect((await served.call('GET', '/auth')).json()).toEqual({ state: 'off', user: null })
    expect(await served.call('PUT', '/auth/_login')).toMatchObject({ status: 500, text: "auth isn't activated on the cluster\n" })
  })

  test('nobody, a robot with its name, and a login that ends with the time when it does', async () => {
    expect((await (await serve()).call('GET', '/auth')).json()).toEqual({ state: 'logged-out', user: null })
    expect((await (await serve(await tokenOf('reader'))).call('GET', '/auth')).json()).toEqual({ state: 'logged-in', user: 'robot:reader' })
    const { expires_at: expires } = (await (await serve(await tokenOf('reader', 3600))).call('GET', '/auth')).json()
    expect(Math.abs(Date.parse(String(expires)) - Date.now() - 3_600_000)).toBeLessThan(60_000)
  })
})

describe('an ID token in the environment (DEX_TOKEN)', () => {
  async function serveWithIdToken(answer: boolean, token?: string) {
    const border = await startPachdBorder(pachd.address)
    const session = await tokenOf('reader')
    if (answer) border.answer('/auth_v2.API/Authenticate', auth.AuthenticateResponse.encode({ pachToken: session }).finish())
    const config = join(folder, `${randomUUID()}.json`)
    await writeFile(config, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: border.address, ...(token && { session_token: token }) } } } }))
    const problems: string[] = []
    const served = await serveApp({ config, folder, env: { DEX_TOKEN: 'id-token' }, onProblem: problem => problems.push(problem) })
    onTestFinished(async () => {
      await served.stop()
      await border.stop()
    })
    return { ...served, config, session, problems }
  }

  test('it logs in at the start, and the session is stored', async () => {
    const { call, config, session } = await serveWithIdToken(true)

    expect((await call('GET', '/auth')).json()).toMatchObject({ state: 'logged-in', user: 'robot:reader' })
    expect(await stored(config)).toBe(session)
  })

  test('it is not used when there is a session', async () => {
    const { call, config } = await serveWithIdToken(true, await tokenOf('writer'))

    expect((await call('GET', '/auth')).json()).toMatchObject({ user: 'robot:writer' })
    expect(await stored(config)).not.toBeUndefined()
  })

  test('when pachd does not accept it, the server works logged out and says so', async () => {
    const { call, problems } = await serveWithIdToken(false)

    expect((await call('GET', '/auth')).json()).toEqual({ state: 'logged-out', user: null })
    expect(problems).toEqual([expect.stringContaining('DEX_TOKEN')])
  })
})

describe('logging in by token', () => {
  test('a session token of pachd logs in, is stored, and is in no answer', async () => {
    const { call, config } = await serve()
    expect((await call('GET', '/repos')).status).toBe(401)
    const token = await tokenOf('reader')

    const answer = await call('PUT', '/auth/_login_with_token', { session_token: token })

    expect([answer.json(), answer.text.includes(token)]).toEqual([{ state: 'logged-in', user: 'robot:reader' }, false])
    expect((await call('GET', '/repos')).status).toBe(200)
    expect(await stored(config)).toBe(token)
  })

  test('a token that pachd does not accept changes nothing', async () => {
    const token = await tokenOf('reader')
    const { call, config } = await serve(token)

    expect((await call('PUT', '/auth/_login_with_token', { session_token: 'wrong' })).json()).toMatchObject({ code: 'LOGIN_FAILED' })
    expect((await call('PUT', '/auth/_login_with_token', { id_token: 'wrong' })).json()).toMatchObject({ code: 'LOGIN_FAILED' })
    expect((await call('PUT', '/auth/_login_with_token', {})).json()).toMatchObject({ code: 'BAD_REQUEST' })

    expect((await call('GET', '/auth')).json()).toMatchObject({ user: 'robot:reader' })
    expect(await stored(config)).toBe(token)
  })
})

test('logging out commits and unmounts everything, and takes the token out of the file', async () => {
  const { call, config, write } = await serve(await tokenOf('writer'))
  await call('PUT', '/_mount', { mounts: [{ name: 'w', repo: 'cats', mode: 'rw' }] })
  await write('/w/by-writer', 'x')

  expect(await call('PUT', '/auth/_logout')).toMatchObject({ status: 200, text: '' })

  expect(await stored(config)).toBeUndefined()
  expect((await call('GET', '/mounts')).status).toBe(401)
  const commit = branchReference({ repo: 'cats', branch: 'master' })
  expect((await root.pfs.inspectFile({ file: { commit: { branch: commit, repo: commit.repo, id: '' }, path: '/by-writer' } })).sizeBytes).toBe(1)
})

test('after logging out in datum mode, repos can be mounted again', async () => {
  const token = await tokenOf('reader')
  const { call } = await serve(token)
  expect((await call('PUT', '/datums/_mount', { input: { pfs: { repo: 'cats', glob: '/' } } })).status).toBe(200)

  await call('PUT', '/auth/_logout')
  await call('PUT', '/auth/_login_with_token', { session_token: token })

  expect((await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })).status).toBe(200)
})

describe('what pachctl does', () => {
  async function follow({ connection, fileSystem }: ServingApp): Promise<void> {
    const following = await followConfig({ connection, isIdle: () => fileSystem.mounts.list().length === 0, arrived: () => Promise.resolve() })
    onTestFinished(() => following.stop())
  }

  test('a login of pachctl logs the server in, and its logout logs it out', async () => {
    const served = await serve()
    await follow(served)
    const token = await tokenOf('reader')

    await updateConfigFile(served.config, config => (config.v2!.contexts!['c']!.session_token = token))
    await vi.waitFor(async () => expect((await served.call('GET', '/auth')).json()).toMatchObject({ user: 'robot:reader' }), { timeout: 20_000 })
    await updateConfigFile(served.config, config => delete config.v2!.contexts!['c']!.session_token)
    await vi.waitFor(async () => expect((await served.call('GET', '/auth')).json()).toMatchObject({ state: 'logged-out' }), { timeout: 20_000 })
  })

  test('a token that stands beside another address is never sent to this pachd', async () => {
    const served = await serve(await tokenOf('reader'))
    await follow(served)

    await updateConfigFile(served.config, config => (config.v2!.contexts!['c'] = { pachd_address: 'grpc://127.0.0.1:1', session_token: 'for-another' }))

    await vi.waitFor(async () => expect((await served.call('GET', '/contexts')).json()).toMatchObject({ problem: expect.stringContaining('127.0.0.1:1') as string }), { timeout: 20_000 })
    expect((await served.call('GET', '/auth')).json()).toMatchObject({ user: 'robot:reader' })
  })
})

test.each([
  ['is revoked', async () => {
    const token = await tokenOf('reader')
    return { token, end: () => root.auth.revokeAuthToken({ token }) }
  }],
  ['runs out', async () => {
    const token = await tokenOf('reader', 4)
    const asReader = createPachdClient({ address: pachd.address, token })
    onTestFinished(() => asReader.close())
    return { token, end: () => vi.waitFor(() => expect(asReader.auth.whoAmI({})).rejects.toThrow('token expiration is in the past'), { timeout: 10_000, interval: 100 }) }
  }],
] as const)('when the login %s while something is mounted, the state says so, and the mount works again after the next login', async (_how, logIn) => {
  const { token, end } = await logIn()
  const { call, fileSystem, names } = await serve(token)
  await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })
  await end()

  expect((await call('GET', '/auth')).json()).toEqual({ state: 'expired', user: null })
  expect((await call('GET', '/config')).json()).toMatchObject({ cluster_status: 'AUTH_ENABLED' })
  expect((await call('GET', '/ready')).json()).toMatchObject({ reasons: expect.arrayContaining([expect.objectContaining({ what: 'login', message: expect.stringContaining('the login has expired') as string })]) as unknown })
  expect((await call('GET', '/mounts')).status).toBe(401)
  expect(fileSystem.mounts.listedNames()).toEqual(['m'])
  await expect(names('/m')).rejects.toMatchObject({ code: 'EACCES' })
  await call('PUT', '/auth/_login_with_token', { session_token: await tokenOf('reader') })

  expect((await call('GET', '/mounts')).json()['mounted']).toEqual([expect.objectContaining({ name: 'm', state: 'mounted' })])
  expect(await names('/m')).toContain('a')
})

test.each([
  [status.INTERNAL, 'token expiration is in the past'],
  [status.UNKNOWN, 'error getting caller: token expiration is in the past'],
  [status.UNAUTHENTICATED, 'provided auth token is corrupted or has expired (try logging in again)'],
  [status.PERMISSION_DENIED, 'session is over'],
])('an expired login that pachd refuses with status %i is expired, and the browser can log in again', async (code, message) => {
  const border = await startPachdBorder(pachd.address)
  onTestFinished(() => border.stop())
  const config = join(folder, `${randomUUID()}.json`)
  await writeFile(config, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: border.address, session_token: await tokenOf('reader') } } } }))
  const served = await serveApp({ config, folder })
  onTestFinished(() => served.stop())
  const session = await tokenOf('writer')
  for (const method of ['WhoAmI', 'GetRoleBinding']) border.refuse(`/auth_v2.API/${method}`, code, message)
  border.answer('/auth_v2.API/GetOIDCLogin', auth.GetOIDCLoginResponse.encode({ loginUrl: 'https://login.example/', state: 'state' }).finish())
  border.answer('/auth_v2.API/Authenticate', auth.AuthenticateResponse.encode({ pachToken: session }).finish())

  expect((await served.call('GET', '/auth')).json()).toEqual({ state: 'expired', user: null })
  expect((await served.call('PUT', '/auth/_login')).json()).toEqual({ auth_url: 'https://login.example/', oidc_state: 'state' })
  expect((await served.call('PUT', '/auth/_login_token', { oidc: 'state' })).status).toBe(200)
  expect(border.tokens).not.toContain(session)

  await served.call('GET', '/auth')
  expect(border.tokens).toContain(session)
})

test('a pachd that does not answer is not taken for one without authorization', async () => {
  const border = await startPachdBorder(pachd.address)
  const config = join(folder, `${randomUUID()}.json`)
  await writeFile(config, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: border.address, session_token: await tokenOf('reader') } } } }))
  const served = await serveApp({ config, folder })
  onTestFinished(() => served.stop())
  for (const method of ['WhoAmI', 'GetRoleBinding']) border.refuse(`/auth_v2.API/${method}`, status.DEADLINE_EXCEEDED, 'deadline exceeded')
  onTestFinished(() => border.stop())

  expect((await served.call('GET', '/auth')).json()).toEqual({ state: 'unknown', user: null })
  expect(await served.call('PUT', '/auth/_login')).toMatchObject({ status: 500, text: 'deadline exceeded\n' })
})

describe('permissions', () => {
  test('each repo says what the user may do', async () => {
    const answers = async (robot: string) => (await (await serve(await tokenOf(robot))).call('GET', '/repos')).json()

    expect(await answers('reader')).toEqual([{ project: 'default', repo: 'cats', branches: ['master'], authorization: 'read' }])
    expect(await answers('writer')).toEqual([{ project: 'default', repo: 'cats', branches: ['master'], authorization: 'write' }])
  })

  test('a reader cannot mount for writing, and nobody what is hidden from them', async () => {
    const { call } = await serve(await tokenOf('reader'))

    expect((await call('PUT', '/_mount', { mounts: [{ name: 'w', repo: 'cats', mode: 'rw' }] })).status).toBe(500)
    expect((await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'dogs' }] })).status).toBe(400)
  })
})

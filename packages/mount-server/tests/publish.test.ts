import type { PipelineStatus } from '@jupyterlab-pachyderm/mount-api'
import { FileSystem, StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { branchReference, commitReference, readFile, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import type { FastifyInstance } from 'fastify'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

import { Connection, createApp, DatumCursor, MountLifecycle } from '../src/index.js'
import { testPachd, type TestPachd } from './running-server.js'

let pachd: TestPachd
let app: FastifyInstance
let connection: Connection
let name: string
let pipelineNumber = 0

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('images', { '/a.png': 'a' })
})
afterAll(() => pachd.stop())
beforeEach(async () => {
  name = `edges${String(pipelineNumber++)}`
  connection = new Connection({ env: {}, configFile: pachd.config })
  await connection.connectFromConfig()
  serve()
})
afterEach(async () => {
  await app.close()
  connection.close()
})

function serve(): void {
  const fileSystem = new FileSystem()
  const mounts = new MountLifecycle({ fileSystem, connection, stage: new StageDirectory(join(pachd.folder, 'stage')), mountDir: '/pfs' })
  app = createApp({ fileSystem, connection, mounts, datums: new DatumCursor(connection, mounts), started: Promise.resolve(), arrived: () => Promise.resolve(), host: '127.0.0.1', token: undefined, apiCompat: '2.8', logger: undefined })
}

function request({ files = { '/user_code.py': "print('edges')" }, pipeline = {}, context = {} }: { files?: Record<string, string>; pipeline?: Record<string, unknown>; context?: Record<string, unknown> } = {}) {
  const repo = `${name}__context`
  const input = { cross: [{ pfs: { repo: 'images', glob: '/*' } }, { pfs: { project: 'default', name: repo, repo, branch: '...', glob: '/' } }] }
  const transform = { image: 'python:3.10', cmd: ['python3', '-u', `/pfs/${repo}/entrypoint.py`] }
  return {
    pipeline: { pipeline: { project: { name: 'default' }, name }, description: 'Made in a test.', transform, input, ...pipeline },
    context: { project: 'default', repo, files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text).toString('base64')])), ...context },
  }
}

async function publish(body: unknown) {
  const response = await app.inject({ method: 'PUT', url: '/pps/_create', payload: typeof body === 'string' ? body : JSON.stringify(body) })
  return { status: response.statusCode, text: response.body, json: () => response.json<{ state: string; reason: string; version: number; context: { repo: string; branch: string; commit: string } }>() }
}

const inspect = () => pachd.client.pps.inspectPipeline({ pipeline: { project: { name: 'default' }, name }, details: true })

/** The text of all files of a commit of the context repo, by path. */
async function filesOf(branch: string): Promise<Record<string, string>> {
  const commit = commitReference({ repo: `${name}__context`, branch })
  const found: Record<string, string> = {}
  for await (const { file, fileType } of pachd.client.pfs.walkFile({ file: { commit, path: '/' } })) {
    if (fileType !== 'FILE' || !file) continue
    const parts: Uint8Array[] = []
    for await (const part of readFile(pachd.client, { commit, path: file.path })) parts.push(part)
    found[file.path] = Buffer.concat(parts).toString()
  }
  return found
}

async function branchesOf(repo = `${name}__context`): Promise<string[]> {
  const names: string[] = []
  for await (const { branch } of pachd.client.pfs.listBranch({ repo: repoReference({ name: repo }) })) names.push(branch?.name ?? '')
  return names.sort()
}

const hasRepo = () =>
  pachd.client.pfs.inspectRepo({ repo: repoReference({ name: `${name}__context` }) }).then(
    () => true,
    () => false,
  )

test('publishing makes the pipeline, which reads the commit of its code, and says what pachd says of it', async () => {
  const answer = await publish(request({ files: { '/user_code.py': 'x = 1', '/empty.txt': '', '/lib/big.bin': 'b'.repeat(2_500_000) } }))

  expect(answer.status, answer.text).toBe(200)
  const { context, ...said } = answer.json()
  const info = await inspect()
  expect(said).toEqual({ project: 'default', pipeline: name, version: 1, state: 'PIPELINE_PAUSED', reason: info.reason })
  expect(info.reason).toContain('does not run')
  expect(context).toMatchObject({ repo: `${name}__context`, branch: `commit_${context.commit}` })
  expect(info.details?.transform).toMatchObject({ image: 'python:3.10', cmd: ['python3', '-u', `/pfs/${name}__context/entrypoint.py`] })
  expect(info.details?.input?.cross.map(({ pfs }) => [pfs?.repo, pfs?.branch, pfs?.glob])).toEqual([['images', '', '/*'], [context.repo, context.branch, '/']])
  const { head } = await pachd.client.pfs.inspectBranch({ branch: branchReference({ repo: context.repo, branch: context.branch }) })
  expect(head?.id).toBe(context.commit)
  expect(await filesOf(context.branch)).toEqual({ '/user_code.py': 'x = 1', '/empty.txt': '', '/lib/big.bin': 'b'.repeat(2_500_000) })
})

test('publishing again replaces the code and updates the pipeline, and the code of before keeps its branch', async () => {
  const first = (await publish(request({ files: { '/user_code.py': 'one', '/old.py': 'old' } }))).json()
  const second = (await publish(request({ files: { '/user_code.py': 'two' } }))).json()

  expect([second.version, (await inspect()).details?.input?.cross[1]?.pfs?.branch]).toEqual([2, second.context.branch])
  expect(await filesOf('master')).toEqual({ '/user_code.py': 'two' })
  expect(await filesOf(first.context.branch)).toEqual({ '/user_code.py': 'one', '/old.py': 'old' })
})

test('how a published pipeline is, and what it was made from, can be asked for', async () => {
  await publish(request({ pipeline: { service: { internal_port: 80, external_port: 80 } } }))

  const response = await app.inject({ method: 'GET', url: `/pps/pipelines/default/${name}` })

  const { spec, ...status } = response.json<PipelineStatus>()
  const { reason, userSpecJson } = await inspect()
  expect(status).toEqual({ project: 'default', pipeline: name, version: 1, state: 'PIPELINE_PAUSED', reason })
  expect(spec).toEqual(JSON.parse(userSpecJson))
  expect(JSON.stringify(spec)).toContain('python:3.10')
})

test('a pipeline that is not there is 404 with its name', async () => {
  const response = await app.inject({ method: 'GET', url: '/pps/pipelines/default/nothing' })

  expect(response.statusCode).toBe(404)
  expect(response.json<{ message: string }>().message).toContain('default/nothing')
})

test('two publications at once are made one after the other', async () => {
  const answers = await Promise.all(['one', 'two'].map(text => publish(request({ files: { '/user_code.py': text } }))))

  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(await Promise.all(answers.map(answer => filesOf(answer.json().context.branch)))).toEqual([{ '/user_code.py': 'one' }, { '/user_code.py': 'two' }])
})

test.each<[string, () => unknown, string]>([
  ['an unknown field', () => request({ pipeline: { transfrom: {} } }), 'pipeline: unknown field "transfrom"'],
  ['an unknown field further down', () => request({ pipeline: { service: { internal_port: 1, externl_port: 1 } } }), 'pipeline.service: unknown field "externl_port"'],
  ['a value of the wrong kind', () => request({ pipeline: { transform: { cmd: 'python3' } } }), 'pipeline.transform.cmd should be a list'],
  ['no name', () => request({ pipeline: { pipeline: {} } }), 'pipeline.pipeline.name should be'],
  ['a repo that is not the one of the code', () => request({ context: { repo: 'images' } }), 'not into default/images'],
  ['another project', () => request({ context: { project: 'other' } }), 'not into other/'],
  ['an input that does not read the code', () => request({ pipeline: { input: { pfs: { repo: 'images', glob: '/' } } } }), 'a cross whose last input reads the repo'],
  ['no code', () => request({ files: {} }), 'context.files should hold the code'],
  ['content that is not base64', () => request({ context: { files: { '/a': 'a b!' } } }), 'the content of /a should be base64'],
  ['a path without a slash', () => request({ files: { 'a.py': '' } }), 'the path "a.py" should start'],
  ['no context', () => ({ pipeline: {} }), 'context'],
  ['no JSON', () => '{', 'JSON'],
])('%s is 400 and nothing is made', async (_what, body, reason) => {
  const answer = await publish(body())

  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(reason)])
  expect(await hasRepo()).toBe(false)
  expect(await filesOfImages()).toEqual(['/', '/a.png'])
})

async function filesOfImages(): Promise<string[]> {
  const paths: string[] = []
  for await (const { file } of pachd.client.pfs.walkFile({ file: { commit: commitReference({ repo: 'images', branch: 'master' }), path: '/' } })) paths.push(file?.path ?? '')
  return paths
}

const cron = () => request({ pipeline: { input: { cross: [{ cron: { name: 'tick', spec: 'often' } }, { pfs: { repo: `${name}__context`, glob: '/' } }] } } })

test.each<[string, () => unknown, string]>([
  ['a pipeline that pachd refuses', cron, 'error parsing cron-spec'],
  ['a file that pachd refuses', () => request({ files: { '/bad[1]': 'x' } }), 'bad[1]'],
])('%s is 400 with its words, and leaves no repo, or the one of before as it was', async (_what, body, reason) => {
  expect(await publish(body())).toMatchObject({ status: 400, text: expect.stringContaining(reason) as string })
  expect(await hasRepo()).toBe(false)

  const before = (await publish(request({ files: { '/user_code.py': 'one' } }))).json()
  expect((await publish(body())).status).toBe(400)

  expect(await filesOf('master')).toEqual({ '/user_code.py': 'one' })
  expect(await branchesOf()).toEqual([before.context.branch, 'master'])
  expect(await inspect()).toMatchObject({ version: 1 })
  expect((await publish(request({ files: { '/user_code.py': 'two' } }))).json().version).toBe(2)
})

test('a project that is not there is 400 with the words of pachd', async () => {
  const body = request({ pipeline: { pipeline: { project: { name: 'nowhere' }, name } }, context: { project: 'nowhere' } })

  expect(await publish(body)).toMatchObject({ status: 400, text: expect.stringContaining('nowhere') as string })
})

test('a body that is too large is 413 and says how much there may be', async () => {
  expect(await publish(JSON.stringify({ context: { files: { '/a': 'A'.repeat(33 * 1024 * 1024) } } }))).toMatchObject({ status: 413, text: expect.stringContaining('larger than 32 MiB') as string })
})

test('without a cluster it is 404, as everywhere', async () => {
  await app.close()
  connection.close()
  connection = new Connection({ env: {}, configFile: join(pachd.folder, 'none.json') })
  serve()

  expect(await publish(request())).toMatchObject({ status: 404, text: 'not connected to a cluster\n' })
})

test('without a login that the cluster wants it is 401, and nothing is made', async () => {
  const { pachToken } = await pachd.client.auth.activate({ rootToken: '' })
  try {
    expect(await publish(request())).toMatchObject({ status: 401 })
    pachd.client.setToken(pachToken)
    expect(await hasRepo()).toBe(false)
  } finally {
    pachd.client.setToken(pachToken)
    await pachd.client.auth.deactivate({})
    pachd.client.setToken(undefined)
  }
})

test('a pachd that is away is 500, not a refusal', async () => {
  const other = await testPachd()
  const away = new Connection({ env: {}, configFile: other.config })
  await away.connectFromConfig()
  await app.close()
  connection.close()
  connection = away
  serve()
  await other.stop()

  expect((await publish(request())).status).toBe(500)
})

import { status } from '@grpc/grpc-js'
import { Duration, pps } from '@jupyterlab-pachyderm/pachd-proto'
import { beforeAll, describe, expect, test } from 'vitest'

import { serving } from './serving.js'
import { add, codeOf, failureOf, on } from './wire-client.js'

const now = serving()
const files = (repo: string, more: object = {}) => ({ pfs: { repo, glob: '/*', ...more } })
const inspect = (name: string) => now().client.pps('inspectPipeline', { pipeline: { name }, details: true })

beforeAll(async () => {
  for (const name of ['images', 'labels']) await now().client.createRepo(name)
})

describe('a pipeline', () => {
  test('is kept as it was written, with its output branch built on its inputs, and says that it does not run', async () => {
    const { client } = now()
    const spec = {
      pipeline: { project: { name: 'default' }, name: 'edges' },
      transform: { image: 'python:3', cmd: ['python3', '/edges.py'], env: { some_key: 'v' } },
      input: { cross: [files('images'), files('labels')] },
      description: 'finds edges',
      datumTimeout: { seconds: 90, nanos: 0 },
      metadata: { labels: { team: 'vision' } },
    }
    await client.pps('createPipeline', spec)

    const info = await inspect('edges')
    expect(info).toMatchObject({ version: 1, state: 'PIPELINE_PAUSED', stopped: true, reason: expect.stringContaining('does not run') as string, type: 'PIPELINE_TYPE_TRANSFORM' })
    expect(info.details).toMatchObject({ transform: spec.transform, description: 'finds edges', datumTimeout: spec.datumTimeout, metadata: spec.metadata, outputBranch: 'master' })
    expect(JSON.parse(info.userSpecJson)).toEqual({ ...spec, datumTimeout: '90s' })
    const branch = await client.pfs('inspectBranch', { branch: { repo: { name: 'edges' }, name: 'master' } })
    expect(branch.directProvenance.map(({ repo, name }) => `${repo?.name}@${name}`)).toEqual(['images@master', 'labels@master'])

    await client.modify(on('images', 'master'), [add('/cat', 'x')])
    const [head, source] = [await client.inspectCommit(on('edges', 'master')), await client.inspectCommit(on('images', 'master'))]
    expect(head.commit?.id).toBe(source.commit?.id)
    expect((await failureOf(client.finishCommit(on('edges', 'master')))).text).toContain("use 'stop job' instead")
    expect((await failureOf(client.pfs('deleteRepo', { repo: { name: 'edges' } }))).text).toBe('cannot delete a repo associated with a pipeline - delete the pipeline instead')
  })

  test('is shown without details to who does not ask for them', async () => {
    await now().client.pps('createPipeline', { pipeline: { name: 'plain' }, input: files('images') })

    expect((await now().client.pps('inspectPipeline', { pipeline: { name: 'plain' } })).details).toBeUndefined()
  })

  test('gets another version, and is listed newest first, page by page', async () => {
    const { client } = now()
    const request = { pipeline: { name: 'again' }, input: files('images') }
    await client.pps('createPipeline', request)
    expect(await failureOf(client.pps('createPipeline', request))).toMatchObject({ code: status.ALREADY_EXISTS, text: 'pipeline "default/again" already exists' })
    await client.pps('createPipeline', { ...request, input: files('labels'), update: true })

    expect(await inspect('again')).toMatchObject({ version: 2, details: { input: { pfs: { repo: 'labels' } } } })
    const all = (await client.ppsList('listPipeline')).map(info => info.pipeline?.name)
    const pages = await Promise.all([0, 1].map(pageIndex => client.ppsList('listPipeline', { page: { pageSize: 2, pageIndex } })))
    expect(all[0]).toBe('again')
    expect(pages.flat().map(info => info.pipeline?.name)).toEqual(all.slice(0, 4))
    expect(await codeOf(client.ppsList('listPipeline', { jqFilter: '.state' }))).toBe(status.UNIMPLEMENTED)
  })

  test('reads clocks, followed branches and quiet branches', async () => {
    const { client } = now()
    const input = { cross: [{ cron: { name: 'tick', spec: '@every 1h' } }, files('images', { name: 'slow', trigger: { size: '1G' } }), files('labels', { propagationSpec: { never: true } })] }
    await client.pps('createPipeline', { pipeline: { name: 'mixed' }, input })

    const branch = await client.pfs('inspectBranch', { branch: { repo: { name: 'mixed' }, name: 'master' } })
    expect(branch.directProvenance.map(({ repo, name }) => `${repo?.name}@${name}`)).toEqual(['mixed_tick@master', 'images@mixed-trigger-2', 'labels@master'])
    expect(branch.branchPropagationSpecs).toMatchObject([{ branch: { repo: { name: 'labels' } }, propagationSpec: { never: true } }])
    expect(await client.pfs('inspectBranch', { branch: { repo: { name: 'images' }, name: 'mixed-trigger-2' } })).toMatchObject({ trigger: { branch: 'master', size: '1G' } })
  })

  test.each([
    [{}, 'no input set'],
    [{ input: {} }, 'no input set'],
    [{ input: { ...files('images'), union: [files('labels')] } }, 'multiple input types set'],
    [{ input: files('') }, 'input must specify a repo'],
    [{ input: { pfs: { repo: 'images' } } }, 'input must specify a glob'],
    [{ input: files('images', { commit: 'x' }) }, 'input cannot come from a commit; use a branch with head pointing to the commit'],
    [{ input: files('images', { name: 'out' }) }, 'input cannot be named out'],
    [{ input: { cross: [files('images'), files('images')] } }, 'name "images" was used more than once'],
    [{ input: { cron: { name: 'tick', spec: 'often' } } }, 'error parsing cron-spec: "often" is no cron expression'],
    [{ input: files('images', { s3: true, lazy: true, glob: '/' }) }, /cannot specify both 's3' and 'lazy'/],
  ])('is refused %j', async (request, text) => {
    const { code, text: said } = await failureOf(now().client.pps('createPipeline', { pipeline: { name: 'bad' }, ...request }))

    expect(code).toBe(status.UNKNOWN)
    expect(said).toMatch(text)
    expect(await codeOf(inspect('bad'))).toBe(status.NOT_FOUND)
  })

  test('goes with its repo, or leaves it as a repo of its own', async () => {
    const { client } = now()
    for (const name of ['leaving', 'staying']) await client.pps('createPipeline', { pipeline: { name }, input: files('images') })

    await client.pps('deletePipeline', { pipeline: { name: 'leaving' } })
    await client.pps('deletePipeline', { pipeline: { name: 'staying' }, keepRepo: true })

    expect(await codeOf(client.pfs('inspectRepo', { repo: { name: 'leaving' } }))).toBe(status.NOT_FOUND)
    expect(await client.pfs('inspectBranch', { branch: { repo: { name: 'staying' }, name: 'master' } })).toMatchObject({ directProvenance: [] })
    expect(await codeOf(client.pps('deletePipeline', { pipeline: { name: 'leaving' } }))).toBeUndefined()
    expect(await codeOf(client.pps('deletePipeline', { pipeline: { name: 'leaving' }, mustExist: true }))).toBe(status.NOT_FOUND)
  })

  test('is counted among those that are paused, and has no jobs', async () => {
    const { client } = now()
    await client.pps('createPipeline', { pipeline: { name: 'counted' }, input: files('images') })

    const { summaries } = await client.pps('pipelinesSummary')
    expect(summaries).toMatchObject([{ project: { name: 'default' }, activePipelines: 0 }])
    expect(summaries[0]?.pausedPipelines).toBeGreaterThan(0)
    expect(await client.ppsList('listJob', { pipeline: { name: 'counted' } })).toEqual([])
    expect(await codeOf(client.ppsList('inspectJobSet', { jobSet: { id: 'x' } }))).toBe(status.NOT_FOUND)
  })
})

describe('a spec in JSON', () => {
  const create = (spec: object | string, more: object = {}) => now().client.pps('createPipelineV2', { createPipelineRequestJson: typeof spec === 'string' ? spec : JSON.stringify(spec), ...more })

  test('may use either kind of names, and is laid over the defaults of project and cluster', async () => {
    const { client } = now()
    await client.pps('setClusterDefaults', { clusterDefaultsJson: '{"create_pipeline_request": {"datum_tries": "5", "resource_requests": {"cpu": 1, "memory": "1G"}, "autoscaling": true}}' })
    await client.pps('setProjectDefaults', { project: { name: 'default' }, projectDefaultsJson: '{"createPipelineRequest": {"resourceRequests": {"cpu": 2}}}' })

    const { effectiveCreatePipelineRequestJson } = await create({ pipeline: { name: 'laid-over' }, transform: { image: 'a', env: { MY_VAR: '1' } }, input: files('images', { join_on: '$1' }), autoscaling: null, job_timeout: '1h30m' })

    const info = await inspect('laid-over')
    expect(info.details).toMatchObject({ datumTries: 5, resourceRequests: { cpu: 2, memory: '1G' }, autoscaling: false, transform: { env: { MY_VAR: '1' } }, input: { pfs: { joinOn: '$1' } } })
    expect(info.details?.jobTimeout).toEqual(Duration.fromPartial({ seconds: 5400 }))
    expect(info.effectiveSpecJson).toBe(effectiveCreatePipelineRequestJson)
    expect(JSON.parse(info.userSpecJson)).toMatchObject({ autoscaling: null })
  })

  test('is looked at and not kept in a dry run', async () => {
    expect((await create({ pipeline: { name: 'dry' }, input: files('images') }, { dryRun: true })).effectiveCreatePipelineRequestJson).toContain('dry')
    expect(await codeOf(inspect('dry'))).toBe(status.NOT_FOUND)
  })

  test.each([
    ['{', /is not JSON/],
    ['[]', /must be a JSON object/],
    [{ pipeline: { name: 'x' }, unheard: 1 }, /unknown field "unheard"/],
    [{ pipeline: { name: 'x' }, input: { pfs: { repo: 'images', glub: '/' } } }, /spec\.input\.pfs has an unknown field "glub"/],
    [{ pipeline: { name: 'x' }, transform: { cmd: 'python' } }, /spec\.transform has a value of the wrong type/],
    [{ pipeline: { name: 'x' }, datumTries: 'many' }, /datumTries/],
    [{ pipeline: { name: 'x' }, jobTimeout: 'soon' }, /is no duration/],
    [{ input: files('images') }, /Pipeline\.Name/],
    [`${'{"input":'.repeat(10_000)}1${'}'.repeat(10_000)}`, /nests more than/],
  ])('is refused: %j', async (spec, text) => {
    const { code, text: said } = await failureOf(create(spec))

    expect(code).toBe(status.INVALID_ARGUMENT)
    expect(said).toMatch(text)
  })
})

describe('defaults', () => {
  test('are `{}` until somebody sets them, and name the pipelines that change', async () => {
    const { client } = now()
    await client.pfs('createProject', { project: { name: 'fresh' } })
    await client.pfs('createRepo', { repo: { project: { name: 'fresh' }, name: 'r' } })
    await client.pps('createPipeline', { pipeline: { project: { name: 'fresh' }, name: 'p' }, input: files('r') })
    const defaults = { project: { name: 'fresh' }, projectDefaultsJson: '{"createPipelineRequest":{"salt":"s"}}' }
    const salt = async () => (await client.pps('inspectPipeline', { pipeline: { project: { name: 'fresh' }, name: 'p' }, details: true })).details?.salt

    expect(await client.pps('getProjectDefaults', { project: { name: 'fresh' } })).toMatchObject({ projectDefaultsJson: '{}' })
    expect(await client.pps('setProjectDefaults', { ...defaults, regenerate: true, dryRun: true })).toEqual({ affectedPipelines: [pps.Pipeline.fromPartial({ project: { name: 'fresh' }, name: 'p' })] })
    expect(await salt()).toBe('')
    await client.pps('setProjectDefaults', { ...defaults, regenerate: true })
    expect(await salt()).toBe('s')
    expect(await client.pps('getProjectDefaults', { project: { name: 'fresh' } })).toMatchObject({ projectDefaultsJson: defaults.projectDefaultsJson })
  })

  test.each(['{"salt": "s"}', '{"create_pipeline_request": {"salz": "s"}}', 'x'])('are refused: %s', async clusterDefaultsJson => {
    expect(await codeOf(now().client.pps('setClusterDefaults', { clusterDefaultsJson }))).toBe(status.INVALID_ARGUMENT)
  })
})

test('deleting all pipelines leaves the data that they read', async () => {
  const { client } = now()
  await client.createRepo('precious')
  await client.pps('createPipeline', { pipeline: { name: 'reads-precious' }, input: files('precious') })
  await client.pps('createPipeline', { pipeline: { name: 'reads-that' }, input: files('reads-precious') })

  await client.pps('deleteAll')

  expect(await client.ppsList('listPipeline')).toEqual([])
  expect(await codeOf(client.pfs('inspectRepo', { repo: { name: 'precious' } }))).toBeUndefined()
  expect(await codeOf(client.pfs('inspectRepo', { repo: { name: 'reads-precious' } }))).toBe(status.NOT_FOUND)
})

import type { PipelineStatus } from '@jupyterlab-pachyderm/mount-api'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { english } from '../../tests/english.js'
import { ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { METADATA_KEY } from './pipeline-metadata.js'
import { PublishModel, type OpenNotebook } from './publish-model.js'

class Notebook implements OpenNotebook {
  readonly document = this
  writes = 0
  saves = 0
  constructor(
    readonly path: string,
    private value?: unknown,
  ) {}

  readMetadata = () => this.value
  writeMetadata = (value: unknown) => {
    this.writes++
    this.value = value
  }
  save = () => Promise.resolve(`time ${++this.saves}`)
}

const config = { pipeline: { name: 'edges', project: { name: 'vision' } }, image: 'python:3.12', input_spec: 'pfs: {repo: images, glob: /*}', gpu_mode: 'Simple', port: 8080 }
const described = { version: 'v1.0.0', config }
const running: PipelineStatus = { project: 'vision', pipeline: 'edges', version: 3, state: 'PIPELINE_RUNNING', reason: '', spec: { pipeline: { name: 'edges' }, transform: { image: 'python:3.8' } } }
const never = () => Promise.reject(new Error('nobody should be asked'))

let server: ScriptedMountServer
let model: PublishModel
beforeEach(() => {
  server = new ScriptedMountServer()
  model = new PublishModel(server.serverHalf, server.client, english)
  model.setDefaultImage('python:3.10')
})
afterEach(() => vi.useRealTimers())

test('the fields are read from the metadata of the notebook', () => {
  model.show(new Notebook('a.ipynb', described))

  expect(model.state.fields).toMatchObject({ name: 'edges', project: 'vision', image: 'python:3.12', inputSpec: 'pfs: {repo: images, glob: /*}', gpuMode: 'Simple', port: '8080' })
})

test('a notebook without a pipeline starts with the default image, also when that is changed', () => {
  model.show(new Notebook('a.ipynb'))
  expect(model.state.fields).toMatchObject({ name: '', image: 'python:3.10', gpuMode: 'None' })

  model.setDefaultImage('ours:1')

  expect(model.state.fields.image).toBe('ours:1')
})

test('an image that the user clears stays clear', () => {
  model.show(new Notebook('a.ipynb'))

  model.edit({ image: '' })

  expect(model.state.fields.image).toBe('')
})

test('moving the focus from notebook to notebook writes to none of them', () => {
  const published = new Notebook('a.ipynb', described)
  const plain = new Notebook('b.ipynb')

  model.show(published)
  model.show(plain)
  model.show(undefined)
  model.show(plain)

  expect([published.writes, plain.writes]).toEqual([0, 0])
})

test('looking at the preview writes to no notebook', async () => {
  const plain = new Notebook('b.ipynb')
  model.show(plain)

  await model.preview()

  expect([plain.writes, plain.saves, server.seen]).toEqual([0, 0, ['PUT /pps/_preview']])
})

describe('an edit', () => {
  test('is kept in the notebook that has the focus, under the key of the original', () => {
    const notebook = new Notebook('a.ipynb')
    model.show(notebook)

    model.edit({ name: 'edges' })

    expect(METADATA_KEY).toBe('pachyderm_pps')
    expect(notebook.readMetadata()).toEqual({
      version: 'v1.0.0',
      config: { pipeline: { name: 'edges', project: { name: '' } }, image: 'python:3.10', requirements: '', external_files: '', input_spec: '', port: '', gpu_mode: 'None', resource_spec: null },
    })
  })

  test('leaves what else an older version wrote as it is', () => {
    const older = { version: 'v0.9.0', extra: 1, config: { ...config, external_files: undefined, note: 'keep' } }
    const notebook = new Notebook('a.ipynb', older)
    model.show(notebook)

    model.edit({ port: '81' })
    model.edit({ project: 'lab' })

    expect(notebook.readMetadata()).toEqual({ ...older, config: { ...older.config, port: '81', pipeline: { name: 'edges', project: { name: 'lab' } } } })
  })

  test('of nothing writes nothing', () => {
    const notebook = new Notebook('a.ipynb', described)
    model.show(notebook)

    model.edit({ name: 'edges' })

    expect(notebook.writes).toBe(0)
  })
})

describe('what is wrong', () => {
  test('with a field is said when its user goes on to another one', () => {
    model.show(new Notebook('a.ipynb'))
    model.edit({ port: 'http' })
    expect(model.state.problems.size).toBe(0)

    model.leave('port')

    expect([...model.state.problems]).toEqual([['port', 'A port is a number from 1 to 65535.']])
  })

  test('is said of all fields before anything is sent', async () => {
    const notebook = new Notebook('a.ipynb')
    model.show(notebook)

    await model.publish(never)

    expect([...model.state.problems.keys()]).toEqual(['name', 'inputSpec'])
    expect(model.state.outcome).toEqual({ kind: 'refused', text: 'Nothing was sent yet: some fields need your attention.' })
    expect([notebook.saves, notebook.writes, server.seen]).toEqual([0, 0, []])
  })

  test.each([
    [{ name: 'my edges' }, 'name', 'Only letters, digits, underscores and dashes are allowed, and the first must be a letter or a digit.'],
    [{ name: '_edges' }, 'name', 'Only letters, digits, underscores and dashes are allowed, and the first must be a letter or a digit.'],
    [{ name: 'e'.repeat(64) }, 'name', 'It is 64 characters long; at most 63 are allowed.'],
    [{ project: 'p'.repeat(52) }, 'project', 'It is 52 characters long; at most 51 are allowed.'],
    [{ image: 'Python:3.10' }, 'image', 'No image can be called this; it looks like "python:3.10" or "registry.example.com/team/image:tag".'],
    [{ image: 'python 3' }, 'image', 'No image can be called this; it looks like "python:3.10" or "registry.example.com/team/image:tag".'],
    [{ port: '70000' }, 'port', 'A port is a number from 1 to 65535.'],
    [{ externalFiles: 'a.py,,b.py' }, 'externalFiles', 'There is a comma too many.'],
    [{ externalFiles: 'lib/a.py' }, 'externalFiles', '"lib/a.py" should stand beside the notebook, in the same folder.'],
    [{ inputSpec: 'pfs: {glob: /}' }, 'inputSpec', 'Name the repo that is read: "repo".'],
    [{ gpuMode: 'Advanced' }, 'resourceSpec', 'Say which resources the pipeline wants, or choose another GPU mode.'],
    [{ gpuMode: 'Advanced', resourceSpec: 'gpu: 1' }, 'resourceSpec', 'Say which kind of GPU: "type", such as nvidia.com/gpu.'],
  ] as const)('with %j is told at the field', async (part, field, sentence) => {
    model.show(new Notebook('a.ipynb', described))
    model.edit(part)

    await model.publish(never)

    expect([...model.state.problems]).toEqual([[field, sentence]])
  })

  test.each(['python:3.10', 'registry.example.com:5000/team/image', 'localhost/a_b/c.d:v1', `ubuntu@sha256:${'a'.repeat(64)}`, 'REGISTRY.example.com/team/x:Tag'])('with the image %s is nothing', image => {
    model.show(new Notebook('a.ipynb', described))

    model.edit({ image })
    model.leave('image')

    expect(model.state.problems.size).toBe(0)
  })
})

test('publishing saves the notebook and sends the time of that file; what was there already is not written again', async () => {
  const notebook = new Notebook('work/a b.ipynb', described)
  model.show(notebook)

  await model.publish(never)

  expect([notebook.saves, notebook.writes]).toEqual([1, 0])
  expect(server.seen).toEqual(['PUT /pps/_preview', 'GET /pps/pipelines/vision/edges', 'PUT /pps/_create/work/a%20b.ipynb'])
  expect(server.bodies.at(-1)).toEqual({ last_modified_time: 'time 1' })
  expect(model.state.outcome).toMatchObject({ kind: 'done' })
})

test('the default image is written when it is what is sent', async () => {
  const notebook = new Notebook('a.ipynb', { version: 'v1.0.0', config: { ...config, image: '' } })
  model.show(notebook)

  await model.publish(never)

  expect(notebook.readMetadata()).toMatchObject({ config: { image: 'python:3.10' } })
})

describe('a pipeline that is there already', () => {
  beforeEach(() => {
    server.pipeline = running
    server.spec = { pipeline: { name: 'edges' }, transform: { image: 'python:3.12' } }
  })

  test('is replaced after its user has seen what changes', async () => {
    model.show(new Notebook('a.ipynb', described))
    const isReplaced = vi.fn(() => Promise.resolve(true))

    await model.publish(isReplaced)

    expect(isReplaced).toHaveBeenCalledWith({ running, difference: expect.arrayContaining([{ change: 'removed', text: '  image: python:3.8' }, { change: 'added', text: '  image: python:3.12' }]) as unknown })
    expect(server.seen.at(-1)).toBe('PUT /pps/_create/a.ipynb')
  })

  test('stays on a no, and the notebook as it is', async () => {
    const notebook = new Notebook('a.ipynb', described)
    model.show(notebook)

    await model.publish(() => Promise.resolve(false))

    expect(server.seen).not.toContain('PUT /pps/_create/a.ipynb')
    expect([notebook.saves, notebook.writes, model.state.outcome, model.state.work]).toEqual([0, 0, undefined, undefined])
  })
})

test('a refusal is shown and the fields stay', async () => {
  server.refuse('PUT /pps/_create/a.ipynb', 400, 'repo images not found')
  model.show(new Notebook('a.ipynb', described))

  await model.publish(never)

  expect(model.state.outcome).toEqual({ kind: 'refused', text: 'Error creating pipeline: repo images not found' })
  expect(model.state.fields.name).toBe('edges')
})

test('a cluster that does not tell whether there is such a pipeline gets none', async () => {
  server.refuse('GET /pps/pipelines/vision/edges', 500, 'pachd is away')
  model.show(new Notebook('a.ipynb', described))

  await model.publish(never)

  expect(model.state.outcome).toMatchObject({ kind: 'refused', text: 'Error creating pipeline: pachd is away' })
})

test('what became of a publication is there again when the notebook has the focus again', async () => {
  const [first, second] = [new Notebook('a.ipynb', described), new Notebook('b.ipynb', described)]
  model.show(first)
  const release = server.hold('PUT /pps/_create/a.ipynb')
  const publishing = model.publish(never)
  expect(model.state.work).toBe('publishing')

  model.show(second)
  expect(model.state).toMatchObject({ work: undefined, outcome: undefined })
  release()
  await publishing
  expect(model.state.outcome).toBeUndefined()
  model.show(first)

  expect(model.state).toMatchObject({ work: undefined, outcome: { kind: 'done' } })
})

test('what became of a publication is told to who asked for it, whichever notebook is shown by then', async () => {
  const [first, second] = [new Notebook('a.ipynb', described), new Notebook('b.ipynb', described)]
  server.refuse('PUT /pps/_create/b.ipynb', 400, 'repo images not found')
  model.show(second)
  await model.publish(never)
  model.show(first)
  const release = server.hold('PUT /pps/_create/a.ipynb')
  const publishing = model.publish(never)

  model.show(second)
  expect(model.state.outcome).toMatchObject({ kind: 'refused' })
  release()

  expect(await publishing).toMatchObject({ kind: 'done' })
})

test.each([
  [{ state: 'PIPELINE_STARTING', reason: '' }, 'Create pipeline request sent.', true],
  [{ state: 'PIPELINE_PAUSED', reason: 'this pachd runs nothing' }, 'The pipeline was created, but it does not run: this pachd runs nothing', false],
  [{ state: 'PIPELINE_FAILURE' }, 'The pipeline was created, but it does not run.', false],
])('of a pipeline with %j it says: %s', async (told, text, isRunning) => {
  server.published = { message: 'Create pipeline request sent.', ...told, console_url: 'https://console/lineage' }
  model.show(new Notebook('a.ipynb', described))

  await model.publish(never)

  expect(model.state.outcome).toEqual({ kind: 'done', text, isRunning, state: told.state, consoleUrl: 'https://console/lineage' })
})

test('how the pipeline is by now can be asked for', async () => {
  model.show(new Notebook('a.ipynb', described))
  await model.look()
  expect(model.state.outcome).toEqual({ kind: 'refused', text: 'There is no pipeline of this name any more.' })
  server.pipeline = running

  await model.look()

  expect(model.state.outcome).toMatchObject({ kind: 'done', state: 'PIPELINE_RUNNING', isRunning: true })
})

test('an open preview follows the fields, and a refusal of it is no end', async () => {
  model.show(new Notebook('a.ipynb', described))
  await model.preview()
  expect(model.state.preview).toEqual({ text: 'pipeline:\n  name: edges\n', problem: undefined })

  server.refuse('PUT /pps/_preview', 400, 'invalid port')
  model.edit({ port: 'x' })
  await expect.poll(() => model.state.preview?.problem).toBe('invalid port')
  server.refuse('PUT /pps/_preview')
  model.edit({ port: '80' })

  await expect.poll(() => model.state.preview).toEqual({ text: 'pipeline:\n  name: edges\n', problem: undefined })
})

test('a preview stays with its notebook, and has followed the fields when that is shown again', async () => {
  vi.useFakeTimers()
  const [first, second] = [new Notebook('a.ipynb', described), new Notebook('b.ipynb', described)]
  model.show(first)
  await model.preview()
  server.spec = { pipeline: { name: 'corners' } }
  model.edit({ name: 'corners' })

  model.show(second)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(model.state.preview).toBeUndefined()
  model.show(first)
  await vi.advanceTimersByTimeAsync(0)

  expect(model.state.preview?.text).toBe('pipeline:\n  name: corners\n')
})

test('a preview that was asked for comes also while that of another notebook is asked for', async () => {
  const [first, second] = [new Notebook('a.ipynb', described), new Notebook('b.ipynb', described)]
  model.show(first)
  const asking = model.preview()
  model.show(second)
  await model.preview()
  await asking

  model.show(first)

  expect(model.state.preview).toMatchObject({ problem: undefined })
})

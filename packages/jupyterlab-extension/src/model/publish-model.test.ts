import { beforeEach, expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { METADATA_KEY } from './pipeline-metadata.js'
import { PublishModel, type OpenNotebook } from './publish-model.js'

class Notebook implements OpenNotebook {
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

const described = { version: 'v1.0.0', config: { pipeline: { name: 'edges', project: { name: 'vision' } }, image: 'python:3.12', input_spec: 'pfs: {repo: images}', gpu_mode: 'Simple', port: 8080 } }

let server: ScriptedMountServer
let model: PublishModel
beforeEach(() => {
  server = new ScriptedMountServer()
  model = new PublishModel(server.serverHalf, english)
  model.setDefaultImage('python:3.10')
})

test('the fields are read from the metadata of the notebook', () => {
  model.show(new Notebook('a.ipynb', described))

  expect(model.state.fields).toMatchObject({ name: 'edges', project: 'vision', image: 'python:3.12', inputSpec: 'pfs: {repo: images}', gpuMode: 'Simple', port: '8080' })
})

test('a notebook without a pipeline starts with the default image', () => {
  model.show(new Notebook('a.ipynb'))

  expect(model.state.fields).toMatchObject({ name: '', image: 'python:3.10', gpuMode: 'None' })
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

test('an edit is kept in the notebook that has the focus, under the key of the original', () => {
  const notebook = new Notebook('a.ipynb')
  model.show(notebook)

  model.edit({ name: 'edges' })

  expect(METADATA_KEY).toBe('pachyderm_pps')
  expect(notebook.readMetadata()).toEqual({
    version: 'v1.0.0',
    config: { pipeline: { name: 'edges', project: { name: '' } }, image: 'python:3.10', requirements: '', external_files: '', input_spec: '', port: '', gpu_mode: 'None', resource_spec: null },
  })
})

test('what is missing is named, and nothing is sent', async () => {
  const notebook = new Notebook('a.ipynb')
  model.show(notebook)

  await model.publish()

  expect(model.state.outcome).toEqual({ kind: 'refused', text: 'Still to fill in: Pipeline Name, Pipeline Input Spec' })
  expect([notebook.saves, server.seen]).toEqual([0, []])
})

test('publishing saves the notebook and sends the time of that file', async () => {
  const notebook = new Notebook('work/a b.ipynb', described)
  model.show(notebook)

  await model.publish()

  expect(notebook.saves).toBe(1)
  expect(server.seen).toEqual(['PUT /pps/_create/work/a%20b.ipynb'])
  expect(server.bodies.at(-1)).toEqual({ last_modified_time: 'time 1' })
  expect(model.state.outcome).toMatchObject({ kind: 'done' })
})

test('a refusal is shown and the fields stay', async () => {
  server.refuse('PUT /pps/_create/a.ipynb', 400, 'repo images not found')
  model.show(new Notebook('a.ipynb', described))

  await model.publish()

  expect(model.state.outcome).toEqual({ kind: 'refused', text: 'Error creating pipeline: repo images not found' })
  expect(model.state.fields.name).toBe('edges')
})

test.each([
  [{ state: 'PIPELINE_STARTING', reason: '' }, 'Create pipeline request sent.'],
  [{ state: 'PIPELINE_PAUSED', reason: 'this pachd runs nothing' }, 'The pipeline was created, but it does not run: this pachd runs nothing'],
  [{ state: 'PIPELINE_FAILURE' }, 'The pipeline was created, but it does not run.'],
])('of a pipeline with %j it says: %s', async (said, text) => {
  server.published = { message: 'Create pipeline request sent.', ...said }
  model.show(new Notebook('a.ipynb', described))

  await model.publish()

  expect(model.state.outcome).toEqual({ kind: 'done', text })
})

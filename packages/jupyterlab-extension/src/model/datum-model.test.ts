import { beforeEach, expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { mountEntry, ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { DatumModel } from './datum-model.js'
import { inputSpecOf, parseInputSpec } from './input-spec.js'
import { MountModel } from './mount-model.js'

let server: ScriptedMountServer
let mounts: MountModel
let datums: DatumModel
beforeEach(() => {
  server = new ScriptedMountServer()
  mounts = new MountModel(server.client)
  datums = new DatumModel(server.client, mounts, english)
})

test('one mount suggests one input, several their cross; project and branch are named where they are not the usual ones', () => {
  const one = mountEntry({ name: 'default_images' })
  const other = mountEntry({ name: 'vision_labels_dev', project: 'vision', repo: 'labels', branch: 'dev' })

  expect(parseInputSpec(inputSpecOf([one]))).toEqual({ pfs: { name: 'default_images', repo: 'images', glob: '/*' } })
  expect(parseInputSpec(inputSpecOf([one, other]))).toEqual({
    cross: [{ pfs: { name: 'default_images', repo: 'images', glob: '/*' } }, { pfs: { name: 'vision_labels_dev', project: 'vision', repo: 'labels', branch: 'dev', glob: '/*' } }],
  })
  expect(inputSpecOf([])).toBe('')
})

test.each(['{"pfs": {"repo": "a", "glob": "/"}}', 'pfs:\n  repo: a\n  glob: /'])('%j is read', text => {
  expect(parseInputSpec(text)).toEqual({ pfs: { repo: 'a', glob: '/' } })
})

test('a text that is neither JSON nor YAML is not sent', async () => {
  datums.edit('pfs: [')

  await datums.load()

  expect(datums.state.problem).toBe('Poorly formatted input spec- must be either YAML or JSON')
  expect(server.seen).toEqual([])
})

test('loading shows the first datum, and the next one after it', async () => {
  datums.edit('pfs: {repo: a, glob: /*}')
  await datums.load()
  expect(datums.state.place).toEqual({ index: 0, count: 4, isComplete: true })

  await datums.next()

  expect(datums.state.place).toMatchObject({ index: 1 })
})

test('a refused input says what is wrong with it, and the text stays', async () => {
  server.refuse('PUT /datums/_mount', 400, 'spec produces zero datums; nothing to mount')
  datums.edit('pfs: {repo: a, glob: /x}')

  await datums.load()

  expect(datums.state).toMatchObject({ busy: false, place: undefined, spec: 'pfs: {repo: a, glob: /x}', problem: 'Bad data in input spec: spec produces zero datums; nothing to mount' })
})

test('leaving mounts again what was mounted before', async () => {
  server.mounts = [mountEntry({ name: 'default_images' })]
  await mounts.refresh()
  await datums.open()
  await datums.load()
  expect(mounts.state.mounts.map(mount => mount.name)).toEqual(['datum'])

  await datums.leave()

  expect(datums.state.place).toBeUndefined()
  expect(mounts.state.mounts.map(mount => mount.name)).toEqual(['default_images'])
})

test('a page that is opened while datums are shown goes on with them', async () => {
  await server.client.mountDatums({ input: { pfs: { repo: 'a', glob: '/' } } })

  await datums.open()

  expect(datums.state.place).toEqual({ index: 0, count: 4, isComplete: true })
  expect(parseInputSpec(datums.state.spec)).toEqual({ pfs: { repo: 'a', glob: '/' } })
})

test('a text that the user wrote is not replaced by a suggestion', async () => {
  server.mounts = [mountEntry({ name: 'default_images' })]
  await mounts.refresh()
  datums.edit('mine')

  await datums.open()

  expect(datums.state.spec).toBe('mine')
})

import { beforeEach, expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { mountEntry, ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { DatumModel, type DatumFiles } from './datum-model.js'
import { MountModel } from './mount-model.js'

/** The output of a datum, in memory. */
class Files implements DatumFiles {
  names: string[] = []
  listOutput = () => Promise.resolve(this.names)
  clearOutput = () => {
    this.names = []
    return Promise.resolve()
  }
  download = () => Promise.resolve('datum-1')
}

const SPEC = 'pfs: {repo: a, glob: /*}'

let server: ScriptedMountServer
let mounts: MountModel
let files: Files
let datums: DatumModel
beforeEach(() => {
  server = new ScriptedMountServer()
  mounts = new MountModel(server.client)
  files = new Files()
  datums = new DatumModel(server.client, mounts, files, english)
})

const loaded = async () => {
  datums.edit(SPEC)
  await datums.load()
}

test('a text that is neither JSON nor YAML is not sent, and is told where it breaks', async () => {
  datums.edit('pfs: [')

  await datums.load()

  expect(datums.state.problem).toBe('Poorly formatted input spec- must be either YAML or JSON')
  expect(datums.state.specProblems[0]?.message).toMatch(/^Neither YAML nor JSON/)
  expect(server.seen).toEqual([])
})

test('an input that cannot be is not sent', async () => {
  datums.edit('pfs: {glob: /}')

  await datums.load()

  expect(datums.state.problem).toBe('Bad data in input spec: see line 1')
  expect(datums.state.specProblems.map(({ message }) => message)).toEqual(['Name the repo that is read: "repo".'])
  expect(server.seen).toEqual([])
})

test('loading shows the first datum, and the next one after it', async () => {
  await loaded()
  expect(datums.state.place).toEqual({ index: 0, count: 4, isComplete: true })

  await datums.next()

  expect(datums.state.place).toMatchObject({ index: 1 })
})

test('the first datum follows the last, and the other way round', async () => {
  await loaded()

  await datums.previous()
  expect(datums.state.place).toMatchObject({ index: 3 })
  await datums.next()

  expect(datums.state.place).toMatchObject({ index: 0 })
})

test('a mount-server that does not know how many there are is asked until it says that this is the last one', async () => {
  datums.hear({ type: 'datums', data: { num_datums: 2, input: { pfs: { repo: 'a', glob: '/' } }, idx: 1, curr_idx: 1, all_datums_received: false } })
  server.refuse('PUT /datums/_next', 400, 'already at last datum')

  await datums.next()

  expect(datums.state).toMatchObject({ place: { index: 1, count: 2, isComplete: true }, problem: 'Reached final datum' })
})

test('any datum can be gone to, and the one that is shown is not asked for', async () => {
  await loaded()

  await datums.jump(2)
  const asked = server.seen.length
  await datums.jump(2)

  expect(datums.state.place).toMatchObject({ index: 2 })
  expect(server.seen).toHaveLength(asked)
})

test.each([
  ['pfs: {repo: a, glob: /*}', false],
  ['cross: [{pfs: {repo: a, glob: /}}, {join: [{pfs: {repo: b, glob: /(*), join_on: $1}}]}]', true],
  ['group: [{pfs: {repo: a, glob: /(*), group_by: $1}}]', true],
])('whether the order of %j means something is known: %j', async (spec, isUnordered) => {
  datums.edit(spec)

  await datums.load()

  expect(datums.state.isUnordered).toBe(isUnordered)
})

test('a refused input says what is wrong with it, and the text stays', async () => {
  server.refuse('PUT /datums/_mount', 400, 'spec produces zero datums; nothing to mount')

  await loaded()

  expect(datums.state).toMatchObject({ work: undefined, place: undefined, spec: SPEC, problem: 'Bad data in input spec: spec produces zero datums; nothing to mount' })
})

test('a load that takes long can be given up', async () => {
  const release = server.hold('PUT /datums/_mount')
  server.refuse('PUT /datums/_mount', 400, 'loading the datums was cancelled')
  const loading = loaded()
  expect(datums.state.work).toBe('loading')

  await datums.cancel()
  release()
  await loading

  expect(server.seen).toContain('PUT /datums/_cancel')
  expect(datums.state).toMatchObject({ work: undefined, problem: 'Bad data in input spec: loading the datums was cancelled' })
})

test('leaving mounts again what was mounted before, as it was', async () => {
  server.mounts = [mountEntry({ name: 'default_images', commit: 'b'.repeat(32), how_many_commits_behind: 3 }), mountEntry({ name: 'default_labels', following: true })]
  await mounts.refresh()
  await loaded()
  expect(mounts.state.mounts.map(mount => mount.name)).toEqual(['datum'])

  await datums.leave()

  expect(datums.state.place).toBeUndefined()
  expect(mounts.state.mounts.map(mount => mount.name)).toEqual(['default_images', 'default_labels'])
  const requests = server.bodies.filter((_, index) => server.seen[index] === 'PUT /_mount')
  expect(requests).toMatchObject([{ mounts: [{ commit: 'b'.repeat(32) }] }, { mounts: [{ follow: true }] }])
})

test('a page that was just opened asks what is mounted before it is replaced', async () => {
  server.mounts = [mountEntry({ name: 'default_images' })]

  await loaded()

  expect(datums.memory.mountedBefore).toMatchObject([{ name: 'default_images' }])
})

test('what was written to out is listed, cleared, and gone with the datum', async () => {
  files.names = ['result.csv']
  await loaded()
  expect(datums.state.output).toEqual(['result.csv'])

  await datums.clearOutput()

  expect(datums.state.output).toEqual([])
})

test('a download says where it is, until something else is done', async () => {
  await loaded()

  await datums.download()
  expect(datums.state).toMatchObject({ downloadedTo: 'datum-1', problem: undefined })
  await datums.next()

  expect(datums.state.downloadedTo).toBeUndefined()
})

test('a page that is opened while datums are shown goes on with them, and still knows what was mounted before', async () => {
  server.mounts = [mountEntry({ name: 'default_images' })]
  await mounts.refresh()
  await loaded()
  await datums.next()
  const kept = structuredClone(datums.memory)
  const next = new DatumModel(server.client, mounts, files, english)

  await next.open()
  next.recall(kept)

  expect(next.state).toMatchObject({ spec: SPEC, place: { index: 1, count: 4 } })
  await next.leave()
  expect(server.mounts.map(({ name }) => name)).toEqual(['default_images'])
})

test('datums that somebody else loaded are shown with their input', async () => {
  await server.client.mountDatums({ input: { pfs: { repo: 'a', glob: '/' } } })

  await datums.open()

  expect(datums.state).toMatchObject({ spec: 'pfs:\n  repo: a\n  glob: /\n', place: { index: 0, count: 4, isComplete: true } })
})

test('after mount-server was started again, the datum that was shown can be gone on with', async () => {
  server.mounts = [mountEntry({ name: 'default_images' })]
  await mounts.refresh()
  await loaded()
  await datums.jump(2)
  server.mounts = []
  await mounts.refresh()
  datums.hear({ type: 'datums', data: { num_datums: 0, input: null, idx: 0, curr_idx: 0, all_datums_received: false } })
  expect(datums.state).toMatchObject({ place: undefined, unfinished: 2, spec: SPEC })

  await datums.resume()

  expect(datums.state).toMatchObject({ place: { index: 2 }, unfinished: undefined })
  expect(datums.memory.mountedBefore).toMatchObject([{ name: 'default_images' }])
})

test('another input that is loaded after mount-server was started again does not forget what was mounted before', async () => {
  server.mounts = [mountEntry({ name: 'default_images' })]
  await mounts.refresh()
  await loaded()
  server.mounts = [mountEntry({ name: 'month' })]
  await mounts.refresh()
  datums.hear({ type: 'datums', data: { num_datums: 0, idx: 0, input: null, curr_idx: 0, all_datums_received: false } })

  datums.edit('pfs: {repo: b, glob: /*}')
  await datums.load()

  expect(datums.memory.mountedBefore).toMatchObject([{ name: 'default_images' }])
})

test('what is mounted is proposed until the user writes something, and again when that is wanted', async () => {
  server.mounts = [mountEntry({ name: 'default_images' })]
  await mounts.refresh()
  expect(datums.state.spec).toContain('name: default_images')
  datums.edit('mine')
  server.mounts = []
  await mounts.refresh()
  expect(datums.state.spec).toBe('mine')

  datums.reset()

  expect(datums.state.spec).toBe('')
})

import { beforeEach, expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { commitEntry, mountEntry, ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { ApiError } from '../server/api-error.js'
import { DatumModel } from './datum-model.js'
import { MountModel } from './mount-model.js'
import { pinsMetadata } from './notebook-pins.js'
import { PinsModel, type PinningNotebook } from './pins-model.js'

const [OLD, NEW] = ['0'.repeat(32), '1'.repeat(32)]
const pin = (name: string, commit: string) => ({ name, project: 'default', repo: name.replace('default_', ''), branch: 'master', commit })

class FakeNotebook implements PinningNotebook {
  readonly document = {}
  readonly written: unknown[] = []
  constructor(
    private value: unknown,
    readonly path = 'a.ipynb',
  ) {}
  readPins = () => this.value
  writePins = (value: Record<string, unknown> | undefined) => {
    this.value = value
    this.written.push(value)
  }
}

let server: ScriptedMountServer
let mounts: MountModel
let datums: DatumModel
let pins: PinsModel
let missing: Set<string>
beforeEach(() => {
  server = new ScriptedMountServer()
  mounts = new MountModel(server.client)
  datums = new DatumModel(server.client, mounts, { listOutput: () => Promise.resolve([]), clearOutput: () => Promise.resolve(), download: () => Promise.resolve('') }, english)
  missing = new Set()
  pins = new PinsModel({ listCommits: ({ branch = '' }) => (missing.has(branch) ? Promise.reject(new ApiError('not found', 404, 'NOT_FOUND')) : Promise.resolve({ commits: [commitEntry({ id: branch })], next: null })) }, mounts, datums)
})
const places = () => pins.state.rows.map(({ pin: { name }, place, isGone }) => `${name} ${place}${isGone ? ' gone' : ''}`)

test('what is mounted is written into the notebook when its user says so, and only then', async () => {
  const notebook = new FakeNotebook(undefined)
  server.mounts = [mountEntry({ name: 'default_images', commit: OLD }), mountEntry({ name: 'out', mode: 'rw' })]
  await pins.show(notebook)
  expect(pins.canRemember).toBe(false)
  await mounts.refresh()

  expect([pins.canRemember, notebook.written]).toEqual([true, []])
  expect(pins.remember()).toBe(1)
  expect(notebook.written).toEqual([pinsMetadata([pin('default_images', OLD)])])
  expect([places(), pins.state.isOffered]).toEqual([['default_images mounted'], false])

  pins.forget()
  expect(notebook.written.at(-1)).toBeUndefined()
  expect(places()).toEqual([])
})

test('what is not mounted as it was is offered: missing, moved on, and in use to write', async () => {
  server.mounts = [mountEntry({ name: 'default_images', commit: NEW }), mountEntry({ name: 'default_models', mode: 'rw' }), mountEntry({ name: 'default_labels', commit: OLD })]
  await mounts.refresh()

  await pins.show(new FakeNotebook(pinsMetadata([pin('default_images', OLD), pin('default_models', OLD), pin('default_labels', OLD), pin('default_sales', OLD)])))

  expect(places()).toEqual(['default_images other', 'default_models writable', 'default_labels mounted', 'default_sales free'])
  expect(pins.state).toMatchObject({ notebookPath: 'a.ipynb', isOffered: true, rows: [{ shownCommit: NEW }, {}, {}, { shownCommit: '' }] })
})

test('mounting them takes the place of read-only mounts, and leaves what is written to', async () => {
  server.mounts = [mountEntry({ name: 'default_images', commit: NEW }), mountEntry({ name: 'default_models', mode: 'rw' })]
  await mounts.refresh()
  await pins.show(new FakeNotebook(pinsMetadata([pin('default_images', OLD), pin('default_models', OLD), pin('default_sales', OLD)])))
  expect(pins.canMount).toBe(true)

  await pins.mountAll()

  expect(server.mounts.map(({ name, commit, mode }) => [name, commit, mode])).toEqual([['default_models', 'a'.repeat(32), 'rw'], ['default_images', OLD, 'ro'], ['default_sales', OLD, 'ro']])
  expect(places()).toEqual(['default_images mounted', 'default_models writable', 'default_sales mounted'])
  expect(pins.canMount).toBe(false)
})

test('a commit that pachd does not have any more is named, and what is mounted in its place stays', async () => {
  missing.add(OLD)
  server.mounts = [mountEntry({ name: 'default_images', commit: NEW })]
  await mounts.refresh()
  await pins.show(new FakeNotebook(pinsMetadata([pin('default_images', OLD), pin('default_sales', NEW)])))
  expect(places()).toEqual(['default_images other gone', 'default_sales free'])

  await pins.mountAll()

  expect(server.mounts.map(({ name, commit }) => [name, commit])).toEqual([['default_images', NEW], ['default_sales', NEW]])
})

test('a commit of which pachd cannot tell is not called gone', async () => {
  const unsure = new PinsModel({ listCommits: () => Promise.reject(new ApiError('away', 502, 'UNREACHABLE')) }, mounts, datums)
  await mounts.refresh()

  await unsure.show(new FakeNotebook(pinsMetadata([pin('default_images', OLD)])))

  expect(unsure.state.rows).toMatchObject([{ place: 'free', isGone: false }])
})

test('commits are looked for when there is a connection at last', async () => {
  missing.add(OLD)
  await pins.show(new FakeNotebook(pinsMetadata([pin('default_images', OLD)])))
  expect(pins.state).toMatchObject({ isOffered: false, rows: [{ isGone: false }] })

  await mounts.refresh()

  await expect.poll(places).toEqual(['default_images free gone'])
  expect(pins.state.isOffered).toBe(true)
})

test('who does not want them mounted is not asked again for this notebook', async () => {
  await mounts.refresh()
  const notebook = new FakeNotebook(pinsMetadata([pin('default_images', OLD)]))
  await pins.show(notebook)

  pins.dismiss()
  await pins.show(undefined)
  await pins.show(notebook)

  expect([pins.state.isOffered, pins.canMount]).toEqual([false, true])
  await pins.show(new FakeNotebook(notebook.readPins(), 'b.ipynb'))
  expect(pins.state.isOffered).toBe(true)
})

test('what cannot be unmounted is not mounted over, and its refusal stays', async () => {
  server.mounts = [mountEntry({ name: 'default_images', commit: NEW })]
  await mounts.refresh()
  await pins.show(new FakeNotebook(pinsMetadata([pin('default_images', OLD), pin('default_sales', OLD)])))
  server.refuse('PUT /_unmount', 500, 'a program works there')

  await pins.mountAll()

  expect(mounts.state.problems).toEqual(new Map([['default_images', 'a program works there']]))
  expect(places()).toEqual(['default_images other', 'default_sales mounted'])

  server.refuse('PUT /_unmount')
  await pins.mountAll()
  expect(places()).toEqual(['default_images mounted', 'default_sales mounted'])
})

test('while datums are shown nothing is offered, and datums are not remembered', async () => {
  await mounts.refresh()
  await pins.show(new FakeNotebook(pinsMetadata([pin('default_images', OLD)])))
  datums.edit('pfs: {repo: a, glob: /*}')

  await datums.load()
  expect([pins.state.isOffered, pins.canMount, pins.canRemember]).toEqual([false, false, false])

  await datums.leave()
  expect([pins.state.isOffered, pins.canMount]).toEqual([true, true])
})

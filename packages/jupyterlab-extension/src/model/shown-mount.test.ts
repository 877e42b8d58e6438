import { beforeEach, expect, test } from 'vitest'

import { mountEntry, ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { FilesModel } from './files-model.js'
import { MountModel } from './mount-model.js'
import { ShownMount } from './shown-mount.js'

let server: ScriptedMountServer
let mounts: MountModel
let files: FilesModel
let listed: number
let reloaded: string[]
let shown: ShownMount
beforeEach(async () => {
  server = new ScriptedMountServer()
  server.mounts = [mountEntry({ name: 'images' })]
  mounts = new MountModel(server.client)
  listed = 0
  reloaded = []
  files = new FilesModel(() => {
    listed++
    return Promise.resolve({ entries: [], total: 0, next: null, isWritable: false })
  })
  shown = new ShownMount(mounts, files, { reload: ref => Promise.resolve(void reloaded.push(ref?.repo ?? '')) })
  await mounts.refresh()
  await files.open('images/train')
  return () => shown.dispose()
})

const tell = async (mounted: Parameters<typeof mountEntry>[0][]) => {
  await mounts.hear({ type: 'mounts', data: { mounted: mounted.map(mountEntry) } })
}

test('nothing is listed again while the mount shows the same', async () => {
  await tell([{ name: 'images' }])
  await tell([{ name: 'images' }, { name: 'other' }])

  expect([shown.name, listed]).toEqual(['images', 1])
})

test('the first thing that is written after a mount was opened is listed', async () => {
  await tell([{ name: 'images', uncommitted: { added: 1, changed: 0, deleted: 0 } }])

  expect(listed).toBe(2)
})

test('another commit, and other changes, are listed anew', async () => {
  await tell([{ name: 'images' }])
  await tell([{ name: 'images', commit: 'b'.repeat(32) }])
  await tell([{ name: 'images', commit: 'b'.repeat(32), uncommitted: { added: 1, changed: 0, deleted: 0 } }])

  expect(listed).toBe(3)
})

test('a mount that is gone is not shown any more', async () => {
  await tell([])

  expect([shown.name, files.state.status]).toEqual([undefined, 'none'])
})

test('a new head of a mounted branch is a new row of its history', async () => {
  await tell([{ name: 'images' }])
  expect(reloaded).toEqual([])

  await tell([{ name: 'images', latest_commit: 'b'.repeat(32), how_many_commits_behind: 1 }])

  expect(reloaded).toEqual(['images'])
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { CommitTrees, FileReaders, FileSystem, StageDirectory, WorkingCopy } from '../src/index.js'
import { type Files, memoryPfs } from './memory-pfs.js'

async function workingCopy(files: Files) {
  const pachd = memoryPfs(files)
  const folder = await mkdtemp(join(tmpdir(), 'working-copy-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const source = { project: 'default', repo: 'r', branch: 'master' }
  const cluster = { client: pachd.client, trees: new CommitTrees(pachd.client), readers: new FileReaders(pachd.client) }
  const copy = WorkingCopy.open({ name: 'w', base: { commit: { ...source, id: pachd.head }, madeAtMs: 0 }, cluster, stage: new StageDirectory(join(folder, 'stage')), target: source })
  const fileSystem = new FileSystem()
  fileSystem.mounts.add({ name: 'w', source, mode: 'rw', paths: ['/'], commit: copy.commit, volume: copy.volume })
  return { pachd, copy, fileSystem }
}

async function contents(fileSystem: FileSystem, path = '/w', found = new Map<string, string>()): Promise<Map<string, string>> {
  for (const { name, attributes } of await fileSystem.readdir(path)) {
    const at = `${path}/${name}`
    if (attributes.kind === 'directory') await contents(fileSystem, at, found)
    else {
      const handle = await fileSystem.open(at)
      found.set(at.slice(2), Buffer.from(await fileSystem.read(handle, 0, 1 << 20)).toString())
      await fileSystem.release(handle)
    }
  }
  return found
}

/** A plain map of paths with the same operations: what the working copy should look like. */
class Model {
  readonly files = new Map<string, string>()
  readonly directories = new Set<string>([''])

  isFree(path: string): boolean {
    return !this.files.has(path) && !this.directories.has(path)
  }
  renameAll(from: string, to: string): void {
    for (const [path, text] of [...this.files]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.files.delete(path)
      this.files.set(to + path.slice(from.length), text)
    }
    for (const path of [...this.directories]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.directories.delete(path)
      this.directories.add(to + path.slice(from.length))
    }
  }
}

test('a rename that may not replace anything is EEXIST where something is, and nothing is changed', async () => {
  const { copy, fileSystem } = await workingCopy({ '/a': 'one', '/b': 'two', '/d/x': '' })

  for (const target of ['/w/b', '/w/d']) await expect(fileSystem.rename('/w/a', target, { replace: false })).rejects.toMatchObject({ code: 'EEXIST' })
  expect(copy.hasChanges).toBe(false)

  await fileSystem.rename('/w/a', '/w/c', { replace: false })
  expect(Object.fromEntries(await contents(fileSystem))).toEqual({ '/b': 'two', '/c': 'one', '/d/x': '' })
})

test('pages of a directory follow what is done to it, and are refused where there is none', async () => {
  const { copy, fileSystem } = await workingCopy({ '/d/a': '1', '/d/c': '3', '/d/e/x': '' })
  const page = async (after: string | undefined, limit: number) => {
    const { entries, total, isLast } = await fileSystem.readPage('/w/d', { search: '', after, limit })
    return `${entries.map(({ name }) => name).join(' ')} of ${String(total)}${isLast ? '' : ' …'}`
  }
  expect([await page(undefined, 2), await page('c', 2)]).toEqual(['a c of 3 …', 'e of 3'])

  await fileSystem.release(await fileSystem.create('/w/d/b', 0o644))
  await fileSystem.release(await fileSystem.create('/w/d/.fuse_hidden0001', 0o644))
  await fileSystem.rename('/w/d/a', '/w/d/f')
  expect([await page(undefined, 2), await page('c', 2)]).toEqual(['b c of 4 …', 'e f of 4'])

  await copy.discardChanges()
  expect(await page(undefined, 9)).toBe('a c e of 3')
  expect((await fileSystem.readPage('/', { search: '', after: undefined, limit: 9 })).entries).toMatchObject([{ name: 'w', attributes: { kind: 'directory' } }])
  await expect(fileSystem.readPage('/w/d/a', { search: '', after: undefined, limit: 9 })).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(fileSystem.readPage('/w/none', { search: '', after: undefined, limit: 9 })).rejects.toMatchObject({ code: 'ENOENT' })
})

test.each(Array.from({ length: 12 }, (_, index) => index + 1))('random operations and commits leave mount and branch as a plain map has them (seed %i)', async seed => {
  const start = { '/a/x': 'ax', '/a/y': 'ay', '/a/s/z': 'asz', '/b/x': 'bx', '/f': 'f' }
  const { pachd, copy, fileSystem } = await workingCopy(start)
  const model = new Model()
  for (const [path, text] of Object.entries(start)) model.files.set(path, text)
  for (const path of ['/a', '/a/s', '/b']) model.directories.add(path)
  let state = seed * 7919
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
  const pick = <T>(items: Iterable<T>): T | undefined => {
    const all = [...items]
    return all[random(Math.max(1, all.length))]
  }
  const newPath = () => `${pick(model.directories) ?? ''}/${'abcfxyz'[random(7)] ?? 'a'}`

  for (let step = 0; step < 120; step++) {
    const [file, directory, path] = [pick(model.files.keys()), pick([...model.directories].filter(one => one !== '')), newPath()]
    const text = `${String(seed)}-${String(step)}`
    switch (random(9)) {
      case 0:
      case 1: {
        if (model.directories.has(path)) break
        const handle = await fileSystem.create(`/w${path}`, 0o644)
        await fileSystem.truncateHandle(handle, 0)
        await fileSystem.write(handle, 0, Buffer.from(text))
        await fileSystem.release(handle)
        model.files.set(path, text)
        break
      }
      case 2:
        if (file === undefined) break
        await fileSystem.unlink(`/w${file}`)
        model.files.delete(file)
        break
      case 3:
        if (file === undefined || model.directories.has(path) || path === file) break
        await fileSystem.rename(`/w${file}`, `/w${path}`)
        model.files.set(path, model.files.get(file) ?? '')
        model.files.delete(file)
        break
      case 4:
        if (directory === undefined || !model.isFree(path) || path.startsWith(`${directory}/`)) break
        await fileSystem.rename(`/w${directory}`, `/w${path}`)
        model.renameAll(directory, path)
        break
      case 5:
        if (!model.isFree(path)) break
        await fileSystem.mkdir(`/w${path}`)
        model.directories.add(path)
        break
      case 6:
        if (file === undefined) break
        await fileSystem.truncate(`/w${file}`, 1)
        model.files.set(file, (model.files.get(file) ?? '').slice(0, 1).padEnd(1, '\0'))
        break
      case 7:
        if (directory === undefined || [...model.files.keys(), ...model.directories].some(one => one.startsWith(`${directory}/`))) break
        await fileSystem.rmdir(`/w${directory}`)
        model.directories.delete(directory)
        break
      default:
        if (random(3) === 0) {
          await copy.commitChanges()
          expect(pachd.filesOf(), `the branch after step ${String(step)}`).toEqual(Object.fromEntries(model.files))
        }
    }
  }

  expect(await contents(fileSystem)).toEqual(model.files)
  await copy.commitChanges()
  expect(pachd.filesOf()).toEqual(Object.fromEntries(model.files))
  expect(copy.hasChanges).toBe(false)
})

/** A journal with bits flipped, bytes overwritten or its end cut off at random places: nothing that was written is lost, and as much as can be is mounted. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'

import { CommitTrees, FileReaders, FileSystem, findLeftChanges, keptIn, StageDirectory, WorkingCopy } from '../../src/index.js'
import { readFrames } from '../../src/writing/journal-frames.js'
import { memoryPfs } from '../memory-pfs.js'

const source = { project: 'default', repo: 'r', branch: 'master' }
const committed = Object.fromEntries(Array.from({ length: 5 }, (_, number) => [`/old${String(number)}`, '.'.repeat(9000)]))
const created = Array.from({ length: 25 }, (_, number) => [number < 20 ? `/new${String(number)}` : `/made/${String(number)}`, `the text of new file ${String(number)};`] as const)
/** What is written over a part of each committed file. */
const writtenOver = Object.keys(committed).map((path, number) => [path, `the change of old file ${String(number)};`] as const)
const ROUNDS = 200

/** The stage directory of a server that was killed. */
let left: string
const pachd = memoryPfs(committed)
const cluster = { client: pachd.client, trees: new CommitTrees(pachd.client), readers: new FileReaders(pachd.client), id: 'c' }

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'damaged-journal-'))
  left = join(folder, 'stage')
  const copy = WorkingCopy.open({ name: 'w', base: { commit: { ...source, id: pachd.head }, madeAtMs: 0 }, cluster, stage: new StageDirectory(left), target: source })
  const fileSystem = shown(copy)
  const write = async (path: string, text: string, at: number) => {
    const handle = await fileSystem.create(`/w${path}`, 0o644)
    await fileSystem.write(handle, at, Buffer.from(text))
    await fileSystem.release(handle)
  }
  await fileSystem.mkdir('/w/made')
  for (const [path, text] of created) await write(path, text, 0)
  for (const [path, text] of writtenOver) await write(path, text, 5000)
  copy.close()
  return () => rm(folder, { recursive: true, force: true })
})

function shown(copy: WorkingCopy): FileSystem {
  const fileSystem = new FileSystem()
  fileSystem.mounts.add({ name: 'w', source, mode: 'rw', paths: ['/'], commit: undefined, volume: copy.volume })
  return fileSystem
}

/** Numbers below 1 that are the same each time. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32
  }
}

function damaged(bytes: Buffer, seed: number): Buffer {
  const next = random(seed * 7919 + 1)
  const at = Math.floor(next() * bytes.byteLength)
  if (seed % 3 === 0) return bytes.subarray(0, at)
  const result = Buffer.from(bytes)
  if (seed % 3 === 1) result[at] = (result[at] ?? 0) ^ (1 << Math.floor(next() * 8))
  else for (let index = at; index < Math.min(at + 64, result.byteLength); index++) result[index] = Math.floor(next() * 256)
  return result
}

async function readAll(fileSystem: FileSystem, path: string): Promise<string | undefined> {
  try {
    const { sizeBytes } = await fileSystem.stat(`/w${path}`)
    const handle = await fileSystem.open(`/w${path}`)
    const bytes = await fileSystem.read(handle, 0, sizeBytes)
    await fileSystem.release(handle)
    return Buffer.from(bytes).toString()
  } catch {
    return undefined
  }
}

const keptTexts = async (stage: string) => Promise.all(keptIn(stage).flatMap(({ directory, files }) => files.filter(({ name }) => name.startsWith('f')).map(({ name }) => readFile(join(directory, name), 'utf8'))))

/** Damages the journal and opens what is left; what went wrong, in a sentence each. */
async function problemsOf(seed: number, folder: string): Promise<string[]> {
  const stage = join(folder, String(seed))
  await cp(left, stage, { recursive: true })
  const [area = ''] = (await readdir(stage)).filter(name => name.startsWith('mount-'))
  const bytes = damaged(await readFile(join(stage, area, 'journal')), seed)
  await writeFile(join(stage, area, 'journal'), bytes)
  const named = new Set(readFrames(bytes).records.flatMap(record => (Array.isArray(record) && record[0] === 'put' ? [String(record[1])] : [])))

  const reasons: string[] = []
  const [changes] = findLeftChanges(new StageDirectory(stage), error => reasons.push(error.message))
  const copy = changes && (await WorkingCopy.resume(changes, cluster))
  const fileSystem = copy && shown(copy)
  const problems: string[] = []
  const lost = async (path: string, text: string) => {
    const isMounted = ((fileSystem && (await readAll(fileSystem, path))) ?? '').includes(text)
    if (isMounted) return
    if (named.has(path) && copy) problems.push(`${path} is not mounted, although its record checks out`)
    if (!(await keptTexts(stage)).some(kept => kept.includes(text))) problems.push(`the bytes of ${path} are lost`)
  }
  for (const [path, text] of [...created, ...writtenOver]) await lost(path, text)
  if (keptIn(stage).length > 0 && !(copy?.damage ?? reasons.join()).includes(join(stage, 'recovered'))) problems.push('nothing says where the bytes are kept')

  const before = await keptTexts(stage)
  copy?.close()
  const [again] = findLeftChanges(new StageDirectory(stage), error => problems.push(error.message))
  const next = again && (await WorkingCopy.resume(again, cluster))
  if (next?.damage !== undefined) problems.push(`the damage is found a second time: ${next.damage}`)
  await next?.discard()
  if ((await keptTexts(stage)).join() !== before.join()) problems.push('what was kept went with the changes')
  return problems
}

test(`of ${String(ROUNDS)} damaged journals none loses a file whose record checks out, or a byte that was written`, { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'damaged-journals-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const problems: string[] = []

  for (let seed = 0; seed < ROUNDS; seed++) problems.push(...(await problemsOf(seed, folder)).map(problem => `seed ${String(seed)}: ${problem}`))

  expect(problems).toEqual([])
})

test('after damage a commit takes what is mounted, and leaves what is kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'damaged-journal-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const stage = join(folder, 'stage')
  await cp(left, stage, { recursive: true })
  const [area = ''] = (await readdir(stage)).filter(name => name.startsWith('mount-'))
  const journal = await readFile(join(stage, area, 'journal'))
  const at = journal.indexOf('["put","/new7"')
  journal[at + 5] = (journal[at + 5] ?? 0) ^ 1
  await writeFile(join(stage, area, 'journal'), journal)
  const pachdOfCommit = memoryPfs(committed)
  const own = { client: pachdOfCommit.client, trees: new CommitTrees(pachdOfCommit.client), readers: new FileReaders(pachdOfCommit.client), id: 'c' }
  const [changes] = findLeftChanges(new StageDirectory(stage), error => expect.fail(error.message))
  if (!changes) throw new Error('nothing was left')

  const copy = await WorkingCopy.resume(changes, own)
  await copy.commitChanges()
  await copy.discard()

  expect(Object.keys(pachdOfCommit.filesOf()).filter(path => /new|made/.test(path)).length).toBe(24)
  expect(pachdOfCommit.filesOf()['/old3']).toContain('the change of old file 3;')
  expect(await keptTexts(stage)).toContain('the text of new file 7;')
  expect(copy.damage).toMatch(/cannot be read, \d+ records can\. What no record explains is kept in .*\/recovered\/w-.*Copy what you need into the mount, then remove the directory/)
})

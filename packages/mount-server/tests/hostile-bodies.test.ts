/** A server and its mount stay responsive while it is sent bodies that are made to keep a parser busy. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { readDatumInput } from '../src/datum-input.js'
import { testPachd, type TestPachd } from './running-server.js'
import { send, startProcess, untilAnswers } from './server-process.js'

/** Far above what any of it takes, and far below what a parser took whose time was not in proportion to its input. */
const HANG_MS = 10_000

const bodies: [name: string, url: string, body: string][] = [
  ['a string of escaped quotes that is not closed', '/_mount', `"${'\\"'.repeat(200_000)}`],
  ['a string of escaped quotes that is not closed, in a specification', '/datums/_mount', `{"input": "${'\\"'.repeat(125_000)}`],
  ['lists and mappings side by side', '/datums/_mount', '[]{}'.repeat(62_500)],
  ['quotes', '/datums/_mount', '"'.repeat(250_000)],
  ['a list of commas', '/datums/_mount', `[${','.repeat(250_000)}`],
  ['equal keys', '/datums/_mount', 'a: 1\n'.repeat(40_000)],
  ['different keys', '/datums/_mount', Array.from({ length: 20_000 }, (_, index) => `k${String(index)}: 1`).join('\n')],
  ['a mapping as the key of a mapping', '/datums/_mount', '? '.repeat(125_000)],
]

let pachd: TestPachd
let folder: string

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('cats', { '/a': 'meow' })
  folder = await mkdtemp(join(tmpdir(), 'mount-server-hostile-bodies-'))
})
afterAll(async () => {
  await pachd.stop()
  await rm(folder, { recursive: true, force: true })
})

test('requests, listings and writes go on while hostile bodies are parsed', async () => {
  const started = await startProcess([], { config: pachd.config, folder })
  const { mountDir } = started
  const server = { socketPath: started.socket }
  await untilAnswers(started)
  expect((await send(server, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'cats', mode: 'rw' }] })).status).toBe(200)

  for (const [name, url, body] of bodies) {
    const refused = send(server, 'PUT', url, body)
    const [health, names] = await within(name, Promise.all([send(server, 'GET', '/health'), readdir(join(mountDir, 'w')), writeFile(join(mountDir, 'w', 'new'), name)]))

    expect(health.status, name).toBe(200)
    expect(names, name).toContain('a')
    expect((await within(name, refused)).status, name).toBe(400)
  }
})

async function within<T>(name: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name}: no answer in ${String(HANG_MS)} ms`)), HANG_MS)
  })
  return Promise.race([work, hung]).finally(() => clearTimeout(timer))
}

describe('a specification is refused for', () => {
  const pfs = 'pfs: {repo: cats, glob: /}'

  test.each([
    ['a mistake, at its line', 'input:\n  pfs:\n    repo: cats\n   glob: /\n', 'line 4, column 4: '],
    ['a key that is there twice, at its line', 'input:\n  pfs: {repo: a, glob: /}\n  pfs: {repo: b, glob: /}\n', 'line 3, column 3: duplicated mapping key'],
    ['depth', `input: ${'{cross: ['.repeat(60)}`, 'nesting exceeded maxDepth (100)'],
    ['aliases', `a: &a {${pfs}}\ninput: {cross: [${'*a,'.repeat(60)}]}`, 'aliases'],
    ['inputs', `input: {cross: [${`{${pfs}},`.repeat(1001)}]}`, 'up to 1000 inputs'],
    ['inputs that aliases multiply', ['a: &a {cross: [', ...Array<string>(30).fill(`{${pfs}},`), ']}\n', 'b: &b {cross: [', '*a,'.repeat(24), ']}\n', 'input: {cross: [', '*b,'.repeat(24), ']}'].join(''), 'up to 1000 inputs'],
    ['a trigger that is no flat mapping', 'input: {pfs: {repo: cats, glob: /, trigger: {branch: [[]]}}}', 'trigger: unknown field, or a value of the wrong type'],
    ['having no content', '# nothing\n', 'it is empty'],
  ])('%s', (_name, text, reason) => {
    expect(() => readDatumInput(text)).toThrow(reason)
  })

  test('only the first document and the first entry of a list count', () => {
    expect(readDatumInput(`input: {${pfs}}\n---\na: 1\n`)).toMatchObject({ pfs: { repo: 'cats' } })
    expect(readDatumInput(`[{"input": {"pfs": {"repo": "cats", "glob": "/", "joinOn": ""}}}, 1]`)).toMatchObject({ pfs: { name: 'default_cats' } })
  })
})

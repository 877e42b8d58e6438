/** What is generated is committed, and fresh: packages/pachd-proto/src/generated against protos/, docs/openapi.json and the reference pages against the code. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { referencePages } from './docs/reference/pages.js'
import { openApiText } from './openapi-text.js'

const root = join(import.meta.dirname, '..')
const generated = 'packages/pachd-proto/src/generated'

async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.map(async path => [path.slice(folder.length), await readFile(path, 'utf8')] as const)))
}

test('npm run generate would change nothing', async () => {
  const output = await mkdtemp(join(tmpdir(), 'generated-'))
  try {
    await promisify(execFile)(join(root, 'node_modules/.bin/buf'), ['generate', '--output', output], { cwd: root })

    const fresh = await contents(join(output, generated))
    const committed = await contents(join(root, generated))

    expect(Array.from(committed.keys()).sort()).toEqual(Array.from(fresh.keys()).sort())
    expect(Array.from(fresh).filter(([path, text]) => committed.get(path) !== text).map(([path]) => path)).toEqual([])
  } finally {
    await rm(output, { recursive: true, force: true })
  }
})

test('the committed reference of the REST API is that of the route table', async () => {
  expect(await readFile(join(root, 'docs/openapi.json'), 'utf8')).toBe(openApiText())
})

test('the pages of the reference say what the programs and the route table say', async () => {
  const pages = await referencePages()

  const committed = await Promise.all(Array.from(pages.keys(), async path => [path, await readFile(join(root, path), 'utf8')] as const))

  expect(pages).toEqual(new Map(committed))
})

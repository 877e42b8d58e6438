/** Links between pages lead somewhere; the network is not asked. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { anchorsOf, linksOf, pathsNamedOn, type Page, readPages, root } from './pages.js'

let pages: readonly Page[]

beforeAll(async () => {
  pages = await readPages()
})

async function isBroken(target: string, anchor: string): Promise<boolean> {
  const exists = await access(join(root, target)).then(
    () => true,
    () => false,
  )
  if (!exists || target.startsWith('..')) return true
  if (anchor === '') return false
  const page = pages.find(({ path }) => path === target)
  return !page || !anchorsOf(page).has(anchor)
}

test('every link into the repository leads to a file, and to a heading of it', async () => {
  const broken: string[] = []
  for (const page of pages) {
    for (const { href, target, anchor } of linksOf(page)) if (await isBroken(target, anchor)) broken.push(`${page.path}: ${href}`)
  }

  expect(broken).toEqual([])
})

test('every path that a page names is there', async () => {
  const missing: string[] = []
  for (const page of pages) {
    for (const path of pathsNamedOn(page)) if (await isBroken(path, '')) missing.push(`${page.path}: ${path}`)
  }

  expect(missing).toEqual([])
  expect(pathsNamedOn({ path: 'probe.md', text: 'see `docs/no-such-page.md`, not `docs/` alone or `some code`' })).toEqual(['docs/no-such-page.md', 'docs/'])
})

test('every page of docs/ can be reached from the README', () => {
  const reached = new Set<string>(['README.md'])
  for (const path of reached) {
    const page = pages.find(candidate => candidate.path === path)
    for (const { target } of page ? linksOf(page) : []) reached.add(target)
  }

  expect(pages.map(({ path }) => path).filter(path => path.startsWith('docs/') && !reached.has(path))).toEqual([])
})

test('a link to a missing file and one to a missing heading are found', async () => {
  const page = { path: 'docs/probe.md', text: '[a](no-such-page.md) ![b](../README.md) [c](ERRORS.md#no-such-heading) [d](https://example.com/x#y) [e](#probe-it)\n\n# Probe `it`\n' }

  const broken = await Promise.all(linksOf(page).slice(0, 3).map(({ target, anchor }) => isBroken(target, anchor)))

  expect(broken).toEqual([true, false, true])
  expect(linksOf(page)).toHaveLength(4)
  expect(anchorsOf(page)).toEqual(new Set(['probe-it']))
})

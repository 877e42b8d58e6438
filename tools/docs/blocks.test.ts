/** Every block of code on every page works as it is printed, or its page says why nobody can try. */
import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'

import { type Block, blocksOf, indentedBlocks } from './blocks.js'
import { seedCluster } from './cluster.js'
import { type Page, readPages, root } from './pages.js'
import { readAloud } from './reader.js'

/** The recorded cases came with pages of their own, about a runner that only we use. */
const pages = (await readPages()).filter(({ path }) => !path.startsWith('tools/conformance/'))
let cluster: string

beforeAll(async () => {
  cluster = await mkdtemp(join(tmpdir(), 'reader-cluster-'))
  await seedCluster(cluster)
})
afterAll(() => rm(cluster, { recursive: true, force: true }))

function blocksBy<By extends Block['trial']['by']>(by: By, of: readonly Page[] = pages) {
  return of.flatMap(page => blocksOf(page).flatMap(block => (block.trial.by === by ? [{ place: `${page.path}:${block.line}`, page, block, trial: block.trial as Extract<Block['trial'], { by: By }> }] : [])))
}

test('of every block it is known how it is tried', () => {
  expect(blocksBy('mistake').map(({ place, trial }) => `${place} ${trial.problem}`)).toEqual([])
  expect(pages.filter(page => indentedBlocks(page) > 0).map(({ path }) => `${path}: write fences, not indentation`)).toEqual([])
})

test.each(blocksBy('test').map(({ place, page, trial }) => [place, trial.test, page] as const))('%s is run by %s', async (_, path, page) => {
  const text = await readFile(join(root, path), 'utf8')

  expect(path).toMatch(/\.test\.tsx?$|\/test_\w+\.py$/)
  expect(text.includes(basename(page.path)), `${path} should name ${page.path}, which it runs`).toBe(true)
})

test.each(blocksBy('parser').map(({ place, block, trial }) => [place, block.text, trial.parser] as const))('%s can be read', (_, text, parser) => {
  expect(() => (parser === 'json' ? (JSON.parse(text) as unknown) : (parseYaml(text) as unknown))).not.toThrow()
})

describe('what a reader types works as it is printed', () => {
  const read = pages.filter(page => blocksBy('reader', [page]).length > 0)

  test.concurrent.each(read.map(page => [page.path, page] as const))('%s', { timeout: 300_000 }, async (path, page) => {
    const { failedAt, printed, end } = await readAloud(page, cluster)

    if (failedAt !== undefined) expect.fail(`${path}:${failedAt} failed:\n${end}`)
    for (const [before, { line, text, trial }] of pairs(blocksOf(page))) {
      if (trial.by === 'sight' && trial.isPrinted) expect(printed.get(before.line), `${path}:${line} is what line ${before.line} prints`).toMatch(asPattern(text))
    }
  })
})

/** Each block with the one before it. */
function pairs(blocks: readonly Block[]): [Block, Block][] {
  return blocks.slice(1).map((block, index) => [blocks[index] ?? block, block])
}

/** What is printed, where `…` stands for anything. */
function asPattern(text: string): RegExp {
  const words = (line: string) => line.trim().split('…').map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+')).join('.*')
  return new RegExp(text.split('\n').map(words).join('\\s*\\n\\s*'))
}

describe('a page that does not work is noticed', () => {
  const probe = (text: string): Page => ({ path: 'docs/probe.md', text })

  test('a command that fails is named by its line', async () => {
    const { failedAt, end } = await readAloud(probe('# A\n\n```sh\ntrue\n```\n\n```sh\ncat no-such-file\n```\n'), cluster)

    expect(failedAt).toBe(7)
    expect(end).toContain('no-such-file')
  })

  test('a server that ends at once is not waited for', async () => {
    expect((await readAloud(probe('```sh\nfalse &\n```\n'), cluster)).failedAt).toBe(1)
  })

  test('a block without a language, one without a reason, and one by indentation', () => {
    const page = probe('```\nls\n```\n\n<!-- not run: -->\n```sh\nls\n```\n\ntext\n\n    ls\n')

    expect(blocksOf(page).map(({ trial }) => trial.by)).toEqual(['mistake', 'reader'])
    expect(indentedBlocks(page)).toBe(1)
  })

  test('something else than was printed', () => {
    expect('images  master\nlabels\n').toMatch(asPattern('images master\n…bels'))
    expect('images\nlabels\n').not.toMatch(asPattern('labels\nimages'))
  })
})

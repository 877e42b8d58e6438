/** What pages say of the code: the messages that it prints, and the tests that prove something. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { root, trackedFiles } from './pages.js'

let sources: string

beforeAll(async () => {
  const paths = (await trackedFiles()).filter(path => /^packages\/[\w-]+\/(src|jupyterlab_pachyderm)\/.*\.(ts|tsx|py)$/.test(path) && !/\.test\.|\/generated\//.test(path))
  const texts = await Promise.all(paths.map(path => readFile(join(root, path), 'utf8').catch(() => '')))
  // Sentences go over several lines of source, and quotes in them are escaped.
  sources = texts.join('\n').replaceAll(/"[^\S\n]*\n\s*f?"/g, '').replaceAll(/\\(['"`])/g, '$1')
})

/** The first cells of the tables of a page, without their heads. */
function firstCells(text: string, head: string): string[] {
  const [, ...tables] = text.split(`| ${head} |`)
  return tables.flatMap(table => Array.from((table.split('\n\n')[0] ?? '').matchAll(/^\| (?!---)(.*?) \|/gm), ([, cell = '']) => cell))
}

/** The parts of a message that are the same each time. */
function fixedParts(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, message = '']) => message).flatMap(message => message.split('…')).map(part => part.trim()).filter(part => part !== '')
}

test('every message in docs/troubleshooting.md is one that the code says', async () => {
  const cells = firstCells(await readFile(join(root, 'docs/troubleshooting.md'), 'utf8'), 'it says')

  const parts = cells.flatMap(fixedParts)

  expect(parts.length).toBeGreaterThan(40)
  expect(parts.filter(part => !sources.includes(part))).toEqual([])
})

/** Where a program is told of its system, and nothing of ours. */
const VARIABLES_OF_THE_SYSTEM = ['HOME', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'LOG_LEVEL', 'PATH', 'XDG_CACHE_HOME', 'XDG_STATE_HOME']

test('every environment variable that the code reads is in docs/configuration.md', async () => {
  const page = await readFile(join(root, 'docs/configuration.md'), 'utf8')

  const read = new Set(Array.from(sources.matchAll(/\benv\['([A-Z_]+)'\]|environ\.get\("([A-Z_]+)"|_flag\("([A-Z_]+)"|_VARIABLE = "([A-Z_]+)"|\.env\('([A-Z_]+)'\)/g), found => found.slice(1).join('')))

  expect(read.size).toBeGreaterThan(20)
  expect(Array.from(read).filter(name => !VARIABLES_OF_THE_SYSTEM.includes(name) && !page.includes(`\`${name}`))).toEqual([])
})

test('what docs/jupyterlab.md and README.md print in bold is written on the panel', async () => {
  const pages = await Promise.all(['docs/jupyterlab.md', 'README.md'].map(path => readFile(join(root, path), 'utf8')))

  const labels = new Set(pages.flatMap(text => Array.from(text.matchAll(/\*\*(.+?)\*\*/g), ([, label = '']) => label)))

  expect(labels.size).toBeGreaterThan(8)
  // The name of the product is the same in all languages.
  expect(Array.from(labels).filter(label => label !== 'Pachyderm' && !sources.includes(`__('${label}'`))).toEqual([])
})

test('the changelog begins with what is not released, in one section', async () => {
  const headings = Array.from((await readFile(join(root, 'CHANGELOG.md'), 'utf8')).matchAll(/^## (.*)$/gm), ([, heading]) => heading)

  expect(headings.indexOf('Unreleased')).toBe(0)
  expect(headings.lastIndexOf('Unreleased')).toBe(0)
})

test('every threat in docs/security.md is tested by a test of the name that is given', async () => {
  const page = 'docs/security.md'
  const [, table = ''] = (await readFile(join(root, page), 'utf8')).split('| | threat |')
  const lines = (table.split('\n\n')[0] ?? '').split('\n').slice(2)

  const rows = lines.map(line => {
    const [, threat = line, cell = ''] = /^\| ?(.*?) ?\| .* \| (\[.*\)) \|$/.exec(line) ?? []
    return { threat, tests: Array.from(cell.matchAll(/\[([^[\]]*)\]\(([^()]*)\)/g), ([, title = '', path = '']) => ({ title, path })) }
  })

  const unproven: string[] = []
  for (const { threat, tests } of rows) {
    if (tests.length === 0) unproven.push(`${threat} names no test`)
    for (const { title, path } of tests) {
      const text = await readFile(join(root, dirname(page), path), 'utf8').catch(() => '')
      if (!testLines(text).some(line => line.includes(title))) unproven.push(`${threat}: ${path} has no test "${title}"`)
    }
  }

  expect(unproven).toEqual([])
  expect(rows.flatMap(({ threat }) => threat.split(', '))).toEqual(Array.from({ length: 30 }, (_, index) => `T${String(index + 1)}`))
})

/** The lines that give a test or a group of tests its name; a list of cases gives it on its last line. */
function testLines(text: string): string[] {
  return text.split('\n').filter(line => /^\s*(?:(?:test|it|describe)\b|\]+\)\(|(?:async )?def test_)/.test(line))
}

test('every test that docs/features.md names is there', async () => {
  const page = 'docs/features.md'
  const rows = (await readFile(join(root, page), 'utf8')).split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| what |'))

  const unproven: string[] = []
  for (const row of rows) {
    const [, title = row, path = ''] = / \[(.*?)\]\((.*?)\) \|$/.exec(row) ?? []
    const text = path === '' ? '' : await readFile(join(root, dirname(page), path), 'utf8')
    if (!text.includes(title)) unproven.push(row)
  }

  expect(unproven).toEqual([])
  expect(rows.length).toBeGreaterThan(60)
})

test('a message that nobody says would be found', () => {
  expect(fixedParts('`a … that nobody says`').filter(part => !sources.includes(part))).toEqual(['that nobody says'])
  expect(sources).toContain('No mount-server answers at')
})

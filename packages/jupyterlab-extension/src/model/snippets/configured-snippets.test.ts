import { expect, test } from 'vitest'

import { mountEntry } from '../../../tests/scripted-mount-server.js'
import { readSnippets, snippetCode, snippetsFor, type SnippetFile } from './configured-snippets.js'

const mount = mountEntry({ name: 'shop', project: 'retail', repo: 'sales', branch: 'dev', commit: 'c'.repeat(32) })
const file = (path: string): SnippetFile => ({ path, kind: 'file', place: `/pfs/${path}`, mount })
const setting = (part: object) => ({ label: 'Scan', pattern: '\\.csv$', template: 'scan("{path}")', ...part })
const code = (template: string, path: string, language = 'python') => {
  const [snippet] = readSnippets([setting({ template })]).snippets
  return snippet && snippetCode(snippet, file(path), language)
}

test('each placeholder stands for its part of the file, and other braces for themselves', () => {
  const template = '{path} {name} {mount} {project} {repo} {branch} {commit} {uri} {other} {}'

  expect(code(template, 'shop/2026/a.csv')).toBe(`/pfs/shop/2026/a.csv a.csv shop retail sales dev ${'c'.repeat(32)} retail/sales@dev:/2026/a.csv {other} {}`)
})

test('no name of a file ends the string that it stands in', () => {
  expect(code('scan("{path}")', 'shop/a"); evil("b.csv')).toBe('scan("/pfs/shop/a\\"); evil(\\"b.csv")')
  expect(code("scan('{name}')", "shop/a'\n\\.csv")).toBe("scan('a\\'\\n\\\\.csv')")
  expect(code('scan("{name}")', 'shop/$a.csv', 'Julia')).toBe('scan("\\$a.csv")')
})

test('a snippet is for the files whose path matches, in kernels of its language', () => {
  const { snippets } = readSnippets([setting({}), setting({ label: 'Scan in R', language: 'R' }), setting({ label: 'Folder', pattern: '^shop/.*/$' })])
  const labels = (path: string, kind: SnippetFile['kind'], language: string) => snippetsFor(snippets, { path, kind }, language).map(({ label }) => label)

  expect(labels('shop/a.csv', 'file', 'python')).toEqual(['Scan'])
  expect(labels('shop/a.csv', 'file', 'r')).toEqual(['Scan', 'Scan in R'])
  expect(labels('shop/a.csv', 'directory', 'r')).toEqual(['Folder'])
  expect(labels('shop/a.txt', 'file', 'r')).toEqual([])
})

test('a pattern that is none is told by its label, and the others work', () => {
  const { snippets, problems } = readSnippets([setting({ label: 'Broken', pattern: '(' }), setting({}), 7, setting({ template: 3 })])

  expect(snippets.map(({ label }) => label)).toEqual(['Scan'])
  expect(problems).toEqual([{ label: 'Broken', reason: expect.stringContaining('(') as string }])
})

/** What must not be in the repository: places of one machine, registries of one network, things that are left to do. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { root, trackedFiles } from './docs/pages.js'

/** Directories in which somebody keeps a checkout. The people of our examples are not somebody. */
const OWN_PLACE = /(?<![\w./{}-])\/(?:home|Users|work|workspace|builds)\/(?!(?:ana|jovyan|me|node|pachyderm|u|user)\/)[\w.-]+\//
/** A package index that is not the public default. */
const OWN_REGISTRY = /(?:registry|index-url)\s*[=:]\s*["']?https?:\/\/(?!registry\.npmjs\.org|pypi\.org)|https?:\/\/(?!registry\.npmjs\.org)[\w.-]*(?:artifactory|mirror|nexus|registry|verdaccio)[\w.-]*[:/]/
const LEFT_TO_DO = /\b(?:TODO(?!\(#\d+\))|FIXME|HACK)\b/

let texts: ReadonlyMap<string, string>

beforeAll(async () => {
  const files = await Promise.all((await trackedFiles()).map(async path => [path, await readFile(join(root, path), 'utf8').catch(() => '')] as const))
  texts = new Map(files.filter(([path, text]) => !text.includes('\0') && path !== 'tools/repository.test.ts'))
})

function linesWith(pattern: RegExp, texts: ReadonlyMap<string, string>): string[] {
  return Array.from(texts).flatMap(([path, text]) => (pattern.test(text) ? text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${String(index + 1)}: ${line.trim().slice(0, 120)}`] : [])) : []))
}

test.each([
  ['a place of one machine', OWN_PLACE],
  ['a registry of one network', OWN_REGISTRY],
  ['something that is left to do', LEFT_TO_DO],
])('no file names %s', (_, pattern) => {
  expect(linesWith(pattern, texts)).toEqual([])
})

test('the lock file says nothing of where packages came from, but for our own', () => {
  const resolved = Array.from((texts.get('package-lock.json') ?? '').matchAll(/"resolved": "([^"]*)"/g), ([, from]) => from)

  expect(resolved.length).toBeGreaterThan(0)
  expect(resolved.filter(from => !from?.startsWith('packages/'))).toEqual([])
})

test.each([
  ['cd /home/bob/pachyderm/docs', OWN_PLACE],
  ['"/Users/bob/src/"', OWN_PLACE],
  ['registry = https://npm.example.com', OWN_REGISTRY],
  ['see https://registry.example.com/left-pad', OWN_REGISTRY],
  ['// TODO: later', LEFT_TO_DO],
])('%s would be found', (line, pattern) => {
  expect(linesWith(pattern, new Map([['probe', line]]))).toHaveLength(1)
})

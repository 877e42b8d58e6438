import { expect, test } from 'vitest'

import { repoEntry } from '../../tests/scripted-mount-server.js'
import { completionAt } from './spec-completion.js'

const repos = [repoEntry({ repo: 'images', branches: ['master', 'dev'] }), repoEntry({ repo: 'labels' }), repoEntry({ project: 'lab', repo: 'scans', branches: ['v1'] })]

/** What fits at the bar in the text, and the text that it takes the place of. */
function at(text: string) {
  const place = text.indexOf('|')
  const found = completionAt(text.replace('|', ''), place, repos)
  return found && { options: found.options, typed: text.slice(found.from, place) }
}

test('a repo is one of the project that the input names, or of the default one', () => {
  expect(at('pfs:\n  repo: im|')).toEqual({ options: ['images', 'labels'], typed: 'im' })
  expect(at('cross:\n- pfs:\n    project: lab\n    repo: |')).toEqual({ options: ['scans'], typed: '' })
  expect(at('pfs:\n  repo: "l|\n  project: lab')).toEqual({ options: ['scans'], typed: 'l' })
})

test('a branch is one of the repo', () => {
  expect(at('pfs:\n  branch: |\n  repo: images')?.options).toEqual(['dev', 'master'])
  expect(at('pfs:\n  repo: nothing\n  branch: |')?.options).toEqual([])
})

test('a project is one of those with repos', () => {
  expect(at('pfs:\n  project: |')?.options).toEqual(['default', 'lab'])
})

test('the input beside this one does not count', () => {
  expect(at('cross:\n- pfs:\n    project: lab\n    repo: scans\n- pfs:\n    repo: |')?.options).toEqual(['images', 'labels'])
})

test('words are those of an input, or of pfs', () => {
  expect(at('cr|')).toEqual({ options: expect.arrayContaining(['pfs: ', 'cross: ']) as string[], typed: 'cr' })
  expect(at('cross:\n- p|')?.options).toContain('pfs: ')
  expect(at('pfs:\n  gl|')?.options).toContain('glob: ')
  expect(at('pfs:\n  gl|')?.options).not.toContain('cross: ')
})

test('of a glob nothing is known', () => {
  expect(at('pfs:\n  glob: /|')).toBeUndefined()
})

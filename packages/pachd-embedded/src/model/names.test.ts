import { describe, expect, test } from 'vitest'

import { checkBranchName, checkProjectName, checkRepoName, isId, newId, showBranch, showCommit, showRepo } from './names.js'

const repo = (name: string, type = 'user') => ({ project: 'default', name, type })

test('ids are random UUIDs without dashes, and nothing else is one', () => {
  expect(isId(newId())).toBe(true)
  expect(newId()).not.toBe(newId())
  for (const text of ['', 'master', '0123456789ab3def0123456789abcdef', '0123456789AB4DEF0123456789ABCDEF', `${newId()}0`]) expect(isId(text)).toBe(false)
})

test('text forms name the project, and the type of system repos', () => {
  expect(showRepo(repo('r'))).toBe('default/r')
  expect(showRepo(repo('r', 'meta'))).toBe('default/r.meta')
  expect(showBranch({ repo: repo('r'), name: 'b' })).toBe('default/r@b')
  expect(showCommit({ repo: repo('r'), id: 'x' })).toBe('default/r@x')
})

describe('names', () => {
  test.each(['r', 'R_2-x', '0', '-', '_', 'x'.repeat(500)])('of repos and branches may be %s', name => {
    expect(() => checkRepoName(repo(name))).not.toThrow()
    expect(() => checkBranchName(name)).not.toThrow()
  })

  test.each(['', 'a.b', 'a b', 'a/b', 'ä', 'a\0', 'a\n', '..'])('of repos and branches may not be %j', name => {
    const text = `name (${name}) invalid: only alphanumeric characters, underscores, and dashes are allowed`

    expect(() => checkRepoName(repo(name))).toThrow(text)
    expect(() => checkBranchName(name)).toThrow(text)
  })

  test('have an end', () => {
    expect(() => checkRepoName(repo('x'.repeat(501)))).toThrow('it is longer than 500 characters')
  })

  test('may not be what means something else', () => {
    expect(() => checkRepoName(repo('__filesets__'))).toThrow('__filesets__ is a reserved name')
    expect(() => checkBranchName(newId())).toThrow('branch name cannot be a UUID V4')
  })

  test.each([
    ['-x', /^invalid project name: /],
    ['a.b', /^invalid project name: /],
    ['', /^invalid project name: /],
    ['x'.repeat(54), /^project name "x+" is 3 characters longer than the 51 max$/],
  ])('of projects may not be %s', (name, text) => {
    expect(() => checkProjectName(name)).toThrow(text)
  })

  test.each(['a', '0-_x', 'x'.repeat(51)])('of projects may be %s', name => {
    expect(() => checkProjectName(name)).not.toThrow()
  })
})

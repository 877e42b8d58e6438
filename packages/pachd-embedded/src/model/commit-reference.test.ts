import { beforeEach, describe, expect, test } from 'vitest'

import { ModelScene, branch, repo } from '../../tests/scene.js'
import { parseAncestry, resolveCommit } from './commit-reference.js'
import type { CommitRecord } from './records.js'

describe('ancestry', () => {
  test.each([
    ['master', 'master', 'back', 0],
    ['master^', 'master', 'back', 1],
    ['master~', 'master', 'back', 1],
    ['master^^~', 'master', 'back', 3],
    ['master^12', 'master', 'back', 12],
    ['master~2', 'master', 'back', 2],
    ['master.3', 'master', 'from-first', 3],
    ['^', '', 'back', 1],
  ])('of %s is taken off', (text, base, kind, count) => {
    expect(parseAncestry(text)).toEqual({ base, ancestry: { kind, count } })
  })

  test.each(['master^x', 'master.x', 'master.', 'master^-1', 'master^2^', 'master~1~1', 'master^1.5', `master^${'9'.repeat(11)}`])('%s is none', text => {
    expect(parseAncestry(text)).toBeUndefined()
  })
})

describe('a reference', () => {
  const scene = { model: new ModelScene(), commits: [] as CommitRecord[] }
  const resolve = (id: string, name = '') => resolveCommit(scene.model.rows, { repo: repo('r'), id, branch: name }).commit.id
  const idOf = (i: number) => scene.commits[i]?.commit.id

  beforeEach(async () => {
    scene.model = new ModelScene()
    await scene.model.repos('r', 'other')
    scene.commits = []
    for (let i = 0; i < 4; i++) scene.commits.push(await scene.model.commit('r'))
  })

  test('is a branch, an id, or either with steps back or from the first', () => {
    expect(resolve('', 'master')).toBe(idOf(3))
    expect(resolve('master')).toBe(idOf(3))
    expect(resolve(idOf(1) ?? '')).toBe(idOf(1))
    expect(resolve('master^')).toBe(idOf(2))
    expect(resolve('', 'master~3')).toBe(idOf(0))
    expect(resolve(`${idOf(2)}^2`)).toBe(idOf(0))
    expect(resolve('master.1')).toBe(idOf(0))
    expect(resolve('master.4')).toBe(idOf(3))
  })

  test.each([['^2', 1], ['^', 2], ['~1', 2], ['.1', 0]])('starts from the branch where the id is "%s"', (id, found) => {
    expect(resolve(id, 'master')).toBe(idOf(found))
  })

  test('means its id where it has a branch, too', () => {
    expect(resolve(idOf(0) ?? '', 'master')).toBe(idOf(0))
  })

  test.each([
    ['', '', 'UNKNOWN', 'pick commit tx: cannot pick commit with no ID or branch'],
    ['', 'none', 'NOT_FOUND', 'pick commit tx: commit default/r@ not found\nbranch "none" not found in repo default/r'],
    ['none^', '', 'NOT_FOUND', 'pick commit tx: commit default/r@none^ not found\nbranch "none" not found in repo default/r'],
    ['0123456789ab4def8123456789abcdef', '', 'NOT_FOUND', 'pick commit tx: commit default/r@0123456789ab4def8123456789abcdef not found\ncommit default/r@0123456789ab4def8123456789abcdef not found'],
    ['master^2^', '', 'UNKNOWN', 'pick commit tx: calculate offset default/r@master^2^: count offset and clean: invalid ancestry format'],
    ['master^4', '', 'NOT_FOUND', 'has only 3 ancestors, ancestor 4 not found'],
    ['master.5', '', 'NOT_FOUND', 'is commit 4 of its branch, commit 5 not found'],
    ['master.0', '', 'NOT_FOUND', 'commit 0 not found'],
  ])('"%s" with branch "%s" is refused', (id, name, code, text) => {
    const failure = (() => {
      try {
        return resolve(id, name)
      } catch (error) {
        return error
      }
    })()

    expect(failure).toMatchObject({ code, message: expect.stringContaining(text) as string })
  })

  test('to a repo that there is not says so', () => {
    expect(() => resolveCommit(scene.model.rows, { repo: repo('nowhere'), id: '', branch: 'master' })).toThrow('repo default/nowhere not found')
  })

  test('by the id of a set finds what the set is built on, and not what is built on it', async () => {
    const { model } = scene
    await model.branch('other', 'master', { provenance: [branch('r')] })
    const built = model.head('other')

    expect(resolve(built.commit.id)).toBe(idOf(3))
    expect(() => resolveCommit(model.rows, { repo: repo('other'), id: idOf(0) ?? '', branch: '' })).toThrow('not found')
  })
})

import { beforeEach, describe, expect, test } from 'vitest'

import { ModelScene, branch } from '../../tests/scene.js'
import { findCommit } from './commit-reference.js'
import { commitsOfSet, listSets, removeCommit, removeSet } from './commit-sets.js'
import type { Removal } from './commit-sets.js'
import { inspectRecords } from './inspection.js'
import type { CommitRecord } from './records.js'

let model: ModelScene
beforeEach(async () => {
  model = new ModelScene()
  await model.repos('up', 'down')
})

const names = (records: readonly CommitRecord[]) => records.map(({ commit }) => commit.repo.name)
const remove = (id: string, removal: Removal) => model.change(change => removeSet(change, id, removal))
const exists = ({ commit }: CommitRecord) => findCommit(model.rows, commit) !== undefined
const isWhole = () => expect([...inspectRecords(model.rows)]).toEqual([])

describe('a set', () => {
  test('is its commits and those that they are built on, in that order the other way round', async () => {
    await model.commit('up')
    await model.branch('down', 'master', { provenance: [branch('up')] })
    const own = model.head('down')
    const both = await model.commit('up')

    expect(names(commitsOfSet(model.rows, own.commit.id))).toEqual(['up', 'down'])
    expect(names(commitsOfSet(model.rows, both.commit.id))).toEqual(['up', 'down'])
    expect(() => commitsOfSet(model.rows, 'none')).toThrow('no commits found for commitset none')
  })

  test('is listed with its own commits, the newest first', async () => {
    const [first, second] = [await model.commit('up'), await model.commit('up')]

    expect([...listSets(model.rows, '')].map(({ id }) => id)).toEqual([second.commit.id, first.commit.id])
    expect([...listSets(model.rows, 'elsewhere')]).toEqual([])
  })
})

describe('dropping', () => {
  test('takes the last commit away, and the branch goes back to its parent', async () => {
    const [first, second] = [await model.commit('up'), await model.commit('up')]
    await remove(second.commit.id, 'drop')

    expect(exists(second)).toBe(false)
    expect(model.head('up').commit.id).toBe(first.commit.id)
    isWhole()
  })

  test('of the only commit leaves an empty one, since a branch has a head', async () => {
    const only = await model.commit('up')
    await remove(only.commit.id, 'drop')

    expect(model.head('up')).toMatchObject({ origin: 'AUTO', finished: expect.anything() as object })
    isWhole()
  })

  test('is refused where something comes after it', async () => {
    const [first] = [await model.commit('up'), await model.commit('up')]

    await expect(remove(first.commit.id, 'drop')).rejects.toThrow(`cannot drop a commit that has children: default/up@${first.commit.id}`)
  })

  test('is refused where other sets are built on it', async () => {
    const source = await model.commit('up')
    await model.branch('down', 'master', { provenance: [branch('up')] })
    const built = model.head('down').commit.id

    await expect(remove(source.commit.id, 'drop')).rejects.toThrow(`commit set "id:\\"${source.commit.id}\\"" cannot be dropped because it has subvenant commit sets: [id:"${built}"]`)
  })

  test('of one commit takes what is built on it along, if that is asked for', async () => {
    await model.branch('down', 'master', { provenance: [branch('up')] })
    const source = await model.commit('up')
    const built = model.head('down')
    const drop = (recursive: boolean) => model.change(change => removeCommit(change, model.now(source), 'drop', { recursive }))

    await expect(drop(false)).rejects.toThrow(`cannot drop commit (default/up@${source.commit.id}) with subvenance without recursive`)
    await drop(true)

    expect([exists(source), exists(built)]).toEqual([false, false])
    isWhole()
  })
})

describe('squashing', () => {
  test('gives the children to the parent', async () => {
    const [first, second, third] = [await model.commit('up'), await model.commit('up'), await model.commit('up')]
    await remove(second.commit.id, 'squash')

    expect(exists(second)).toBe(false)
    expect(model.now(third).parent).toBe(first.commit.id)
    isWhole()
  })

  test('of the first commit leaves its child without a parent', async () => {
    const [first, second] = [await model.commit('up'), await model.commit('up')]
    await remove(first.commit.id, 'squash')

    expect(model.now(second).parent).toBeUndefined()
  })

  test('is refused for the last commit, whose data would be lost, and before an open one', async () => {
    const only = await model.commit('up')
    await expect(remove(only.commit.id, 'squash')).rejects.toThrow('cannot squash a commit that has no children as that would cause data loss')
    const open = await model.start('up')
    await expect(remove(only.commit.id, 'squash')).rejects.toThrow(`cannot squash until child commit default/up@${open.commit.id} is finished`)
  })

  test('of an unknown set is nothing', async () => {
    await expect(remove('0123456789ab4def8123456789abcdef', 'squash')).resolves.toBeUndefined()
  })
})

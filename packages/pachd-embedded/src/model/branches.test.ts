import { beforeEach, describe, expect, test } from 'vitest'

import { ModelScene, branch, repo } from '../../tests/scene.js'
import { createBranch, deleteBranch, requireBranch } from './branches.js'
import type { Change } from './change.js'
import { childrenOf, startCommit, subvenantCommits } from './commits.js'
import type { BranchName } from './names.js'
import { tables } from './records.js'

let model: ModelScene
beforeEach(async () => {
  model = new ModelScene()
  await model.repos('up', 'mid', 'down')
})

describe('a new branch', () => {
  test('has an empty commit for a head, closed where it is built on nothing and open where it is', async () => {
    await model.branch('up', 'master')
    await model.branch('down', 'master', { provenance: [branch('up')] })

    expect(model.head('up')).toMatchObject({ origin: 'AUTO', finished: expect.anything() as object })
    expect(model.head('down')).toMatchObject({ origin: 'AUTO', provenance: [{ repo: repo('up'), id: model.head('up').commit.id }] })
    expect(model.head('down').finished).toBeUndefined()
  })

  test('makes the branches that it is built on', async () => {
    await model.branch('down', 'master', { provenance: [branch('up', 'fresh')] })

    expect(model.head('up', 'fresh').finished).toBeDefined()
  })

  test('begins where it is told to', async () => {
    const [first] = [await model.commit('up'), await model.commit('up')]
    await model.branch('up', 'old', { head: { repo: repo('up'), id: 'master^', branch: '' } })

    expect(model.head('up', 'old').commit.id).toBe(first.commit.id)
  })
})

describe('a branch that is there', () => {
  test('keeps its head, gets what it is built on, and loses it without a new commit', async () => {
    await model.branch('up', 'master')
    const own = await model.commit('down')
    await model.branch('down', 'master', { provenance: [branch('up')] })
    const built = model.head('down')

    expect(built.parent).toBe(own.commit.id)
    await model.branch('down', 'master', { provenance: [] })
    expect(model.head('down').commit.id).toBe(built.commit.id)
    expect(model.provenance('down')).toEqual([])
  })

  test('keeps its trigger when none is given', async () => {
    const trigger = { branch: 'master', all: false, rateLimitSpec: '', size: '', commits: 2, cronSpec: '' }
    await model.branch('up', 'master')
    await model.branch('up', 'slow', { trigger })
    await model.branch('up', 'slow')

    expect(requireBranch(model.rows, branch('up', 'slow')).trigger).toEqual(trigger)
    await expect(model.branch('up', 'slow', { provenance: [branch('down')] })).rejects.toThrow('a branch cannot have both provenance and a trigger')
  })
})

describe('in one change', () => {
  const create = (change: Change, of: string, provenance: readonly BranchName[]) => createBranch(change, { branch: branch(of), head: undefined, provenance, silent: [], trigger: undefined })

  test('a commit that is started after its branch has got something built on it is what that is built on', async () => {
    await model.commit('up')
    const { commit } = await model.change(change => {
      create(change, 'mid', [branch('up')])
      create(change, 'down', [branch('mid')])
      return startCommit(change, { branch: branch('up'), parent: undefined, description: '' })
    })

    expect(model.head('mid')).toMatchObject({ commit: { id: commit.id }, provenance: [{ repo: repo('up'), id: commit.id }] })
    expect(model.head('down')).toMatchObject({ commit: { id: commit.id }, provenance: [{ repo: repo('mid'), id: commit.id }] })
    expect(subvenantCommits(model.rows, commit)).toEqual([model.head('mid').commit])
  })

  test('a branch may be built on this and then on that', async () => {
    await model.commit('up')
    await model.commit('mid')
    await model.change(change => {
      create(change, 'down', [branch('up')])
      create(change, 'down', [branch('mid'), branch('up')])
    })

    expect(model.head('down').provenance.map(source => source.repo.name)).toEqual(['mid', 'up'])
    expect(subvenantCommits(model.rows, model.head('mid').commit)).toEqual([model.head('down').commit])
  })
})

describe('commits', () => {
  test('spread along branches under one id, each on the heads of that moment', async () => {
    await model.branch('mid', 'master', { provenance: [branch('up')] })
    await model.branch('down', 'master', { provenance: [branch('mid'), branch('up')] })

    const { commit } = await model.commit('up')

    expect([model.head('mid'), model.head('down')].map(head => head.commit.id)).toEqual([commit.id, commit.id])
    expect(model.head('down').provenance.map(source => `${source.repo.name}@${source.id}`)).toEqual([`mid@${commit.id}`, `up@${commit.id}`])
    expect(childrenOf(model.rows, model.head('down'))).toEqual([])
  })

  test('do not spread along a quiet edge', async () => {
    await model.branch('down', 'master', { provenance: [branch('up')], silent: [branch('up')] })
    const before = model.head('down').commit.id

    await model.commit('up')

    expect(model.head('down').commit.id).toBe(before)
  })

  test('are not started by hand on what is built on something', async () => {
    await model.branch('down', 'master', { provenance: [branch('up')] })

    await expect(model.start('down')).rejects.toThrow('cannot start a commit on an output branch: default/down@master')
  })

  test('follow each other only when they are finished', async () => {
    const open = await model.start('up')

    await expect(model.start('up')).rejects.toThrow(`create commit: parent commit default/up@${open.commit.id} has not been finished`)
  })
})

describe('what cannot be', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ['a branch on its own repo', () => model.branch('up', 'x', { provenance: [branch('up')] }), 'repo default/up cannot be in the provenance of its own branch'],
    ['a circle', async () => (await model.branch('down', 'master', { provenance: [branch('up')] }), model.branch('up', 'master', { provenance: [branch('down')] })), 'the other way round it is already'],
    ['two branches of one repo', () => model.branch('down', 'master', { provenance: [branch('up'), branch('up', 'dev')] }), 'multiple branches from the same repo, default/up, cannot participate in a DAG'],
    ['a head in another repo', async () => (await model.commit('mid'), model.branch('up', 'x', { head: { repo: repo('mid'), id: '', branch: 'master' } })), 'branch and head commit must belong to the same repo'],
    ['a name that is an id', () => model.branch('up', '0123456789ab4def8123456789abcdef'), 'branch name cannot be a UUID V4'],
    ['a branch of no repo', () => model.branch('nowhere', 'master'), 'repo default/nowhere not found'],
    ['a branch that follows itself', () => model.branch('up', 'x', { trigger: { branch: 'x', all: false, rateLimitSpec: '', size: '', commits: 1, cronSpec: '' } }), 'triggers cannot form a loop'],
  ])('is %s', async (_, work, text) => {
    await expect(work()).rejects.toThrow(text)
  })
})

describe('deleting a branch', () => {
  const remove = (of: string, name: string, force = false) => model.change(change => deleteBranch(change, branch(of, name), { force }))

  test('leaves its commits, which belong to no branch any more', async () => {
    const { commit } = await model.commit('up')
    await remove('up', 'master')

    expect(tables.commits.get(model.rows, 'default', 'up', 'user', commit.id)).toMatchObject({ branch: '' })
    expect(() => requireBranch(model.rows, branch('up'))).toThrow('branch (id=0, branch=default/up@master) not found\nbranch "master" not found in repo default/up')
    await expect(remove('up', 'master')).rejects.toThrow('get branch "default/up@master"')
  })

  test('is refused while others need it, and takes it away from them by force', async () => {
    await model.branch('down', 'master', { provenance: [branch('up')] })
    await model.branch('up', 'slow', { trigger: { branch: 'master', all: false, rateLimitSpec: '', size: '', commits: 1, cronSpec: '' } })

    await expect(remove('up', 'master')).rejects.toThrow(`branch "default/up@master" cannot be deleted because it's in the direct provenance of [default/down@master]`)
    await expect(remove('up', 'slow')).rejects.toThrow('because it is triggered by branches [default/up@master]')
    await remove('up', 'master', true)

    expect(model.provenance('down')).toEqual([])
    expect(requireBranch(model.rows, branch('up', 'slow')).trigger).toBeUndefined()
  })
})

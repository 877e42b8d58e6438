import { status } from '@grpc/grpc-js'
import { metadata } from '@jupyterlab-pachyderm/pachd-proto'
import { beforeAll, describe, expect, test } from 'vitest'

import { serving } from './serving.js'
import { add, at, codeOf, failureOf, on } from './wire-client.js'

const now = serving()
const repoPicker = (name: string) => ({ picker: { $case: 'name', name: { name } } })
const branchPicker = (repo: string, name = 'master') => ({ picker: { $case: 'name', name: { repo: repoPicker(repo), name } } })
const headPicker = (repo: string) => ({ picker: { $case: 'branchHead', branchHead: branchPicker(repo) } })
const branchNames = (infos: readonly { branch?: { repo?: { name: string } | undefined } | undefined }[]) => infos.map(info => info.branch?.repo?.name)
const commitRepos = (infos: readonly { commit?: { repo?: { name: string } | undefined } | undefined }[]) => infos.map(info => info.commit?.repo?.name)

/** raw → clean → model → report, and report reads raw as well. */
beforeAll(async () => {
  const { client } = now()
  const built: readonly [string, readonly string[]][] = [['raw', []], ['clean', ['raw']], ['model', ['clean']], ['report', ['model', 'raw']]]
  for (const [name, sources] of built) {
    await client.createRepo(name)
    await client.pfs('createBranch', { branch: { repo: { name }, name: 'master' }, provenance: sources.map(source => ({ repo: { name: source }, name: 'master' })) })
  }
  await client.modify(on('raw', 'master'), [add('/a', '1')])
})

describe('a walk along branches', () => {
  test('finds what a branch is built on, the nearest first, each once', async () => {
    expect(branchNames(await now().client.pfsList('walkBranchProvenance', { start: [branchPicker('report')] }))).toEqual(['model', 'raw', 'clean'])
    expect(branchNames(await now().client.pfsList('walkBranchSubvenance', { start: [branchPicker('raw')] })).sort()).toEqual(['clean', 'model', 'report'])
  })

  test('goes as deep and gives as much as is asked for', async () => {
    expect(branchNames(await now().client.pfsList('walkBranchProvenance', { start: [branchPicker('report')], maxDepth: 1 }))).toEqual(['model', 'raw'])
    expect(branchNames(await now().client.pfsList('walkBranchProvenance', { start: [branchPicker('report')], maxBranches: 1 }))).toEqual(['model'])
  })
})

describe('a walk along commits', () => {
  test('finds what a commit is built on, and what is built on it', async () => {
    expect(commitRepos(await now().client.pfsList('walkCommitProvenance', { start: [headPicker('model')] }))).toEqual(['clean', 'raw'])
    expect(commitRepos(await now().client.pfsList('walkCommitSubvenance', { start: [headPicker('clean')] }))).toEqual(['model', 'report'])
  })

  test('starts from commits picked in any way', async () => {
    const { client } = now()
    await client.createRepo('steps')
    const ids: (string | undefined)[] = []
    for (const content of ['1', '2', '3']) {
      await client.modify(on('steps', 'master'), [add('/a', content)])
      ids.push((await client.inspectCommit(on('steps', 'master'))).commit?.id)
    }
    await client.createRepo('watch')
    await client.pfs('createBranch', { branch: { repo: { name: 'watch' }, name: 'master' }, head: undefined, provenance: [{ repo: { name: 'steps' }, name: 'master' }] })
    const picked = async (picker: object) => commitRepos(await client.pfsList('walkCommitSubvenance', { start: [{ picker }] }))

    expect(await picked({ $case: 'id', id: { repo: repoPicker('steps'), id: ids[2] } })).toEqual(['watch'])
    expect(await picked({ $case: 'branchRoot', branchRoot: { offset: 2, branch: branchPicker('steps') } })).toEqual(['watch'])
    expect(await picked({ $case: 'ancestor', ancestor: { offset: 1, start: headPicker('steps') } })).toEqual([])
  })

  test.each([
    [{}, status.INVALID_ARGUMENT, 'the picker names no commit'],
    [headPicker('nowhere'), status.NOT_FOUND, 'repo default/nowhere not found'],
    [{ picker: { $case: 'branchRoot', branchRoot: { offset: 99, branch: branchPicker('raw') } } }, status.NOT_FOUND, 'was not found'],
    [{ picker: { $case: 'ancestor', ancestor: { offset: 99, start: headPicker('raw') } } }, status.NOT_FOUND, 'not found'],
  ])('says what is wrong with %j', async (picker, code, text) => {
    const failure = await failureOf(now().client.pfsList('walkCommitProvenance', { start: [picker] }))

    expect(failure.code).toBe(code)
    expect(failure.text).toContain('walk commit provenance: ')
    expect(failure.text).toContain(text)
  })
})

describe('repos that are built on each other', () => {
  test('are deleted together, though neither could be deleted first', async () => {
    const { client } = now()
    const project = { name: 'island' }
    await client.pfs('createProject', { project })
    for (const name of ['a', 'b']) await client.pfs('createRepo', { repo: { project, name } })
    await client.pfs('createBranch', { branch: { repo: { project, name: 'b' }, name: 'master' }, provenance: [{ repo: { project, name: 'a' }, name: 'master' }] })

    expect((await failureOf(client.pfs('deleteRepo', { repo: { project, name: 'a' } }))).text).toContain("it's in the direct provenance of [island/b@master]")
    expect((await client.pfs('deleteRepos', { projects: [project] })).repos.map(repo => repo.name)).toEqual(['a', 'b'])
    expect(await client.pfsList('listRepo', { projects: [project] })).toEqual([])
  })
})

describe('metadata', () => {
  const edit = (...edits: object[]) => now().client.unary(metadata.APIDefinition, metadata.APIDefinition.methods.editMetadata, { edits })
  const on_ = ($case: string, target: object) => ({ target: { $case, [$case]: target } })
  const set = (key: string, value: string) => ({ op: { $case: 'editKey', editKey: { key, value } } })

  test('is put on a project, a repo, a branch, a commit and the cluster, and is shown with them', async () => {
    const { client } = now()
    await edit(
      { ...on_('project', { picker: { $case: 'name', name: 'default' } }), ...set('of', 'project') },
      { ...on_('repo', repoPicker('raw')), ...set('of', 'repo') },
      { ...on_('branch', branchPicker('raw')), ...set('of', 'branch') },
      { ...on_('commit', headPicker('raw')), ...set('of', 'commit') },
    )

    expect(await client.pfs('inspectProject', { project: { name: 'default' } })).toMatchObject({ metadata: { of: 'project' } })
    expect(await client.pfs('inspectRepo', { repo: { name: 'raw' } })).toMatchObject({ metadata: { of: 'repo' } })
    expect(await client.pfs('inspectBranch', { branch: { repo: { name: 'raw' }, name: 'master' } })).toMatchObject({ metadata: { of: 'branch' } })
    expect(await client.inspectCommit(on('raw', 'master'))).toMatchObject({ metadata: { of: 'commit' } })
  })

  test('is changed as a whole or not at all', async () => {
    const repo = on_('repo', repoPicker('clean'))
    const addKey = (key: string) => ({ ...repo, op: { $case: 'addKey', addKey: { key, value: 'v' } } })
    await edit(addKey('first'))

    expect(await codeOf(edit(addKey('second'), addKey('first')))).toBe(status.ALREADY_EXISTS)
    expect(await codeOf(edit({ ...repo, op: { $case: 'deleteKey', deleteKey: { key: 'none' } } }))).toBe(status.NOT_FOUND)
    expect(await now().client.pfs('inspectRepo', { repo: { name: 'clean' } })).toMatchObject({ metadata: { first: 'v' } })
    await edit({ ...repo, op: { $case: 'replace', replace: { replacement: { a: '1' } } } })
    expect(await now().client.pfs('inspectRepo', { repo: { name: 'clean' } })).toMatchObject({ metadata: { a: '1' } })
  })
})

describe('a commit set', () => {
  test('leads from the id of what was built to what it was built on, for reading and not for writing', async () => {
    const { client } = now()
    await client.createRepo('origin')
    await client.createRepo('late')
    await client.modify(on('origin', 'master'), [add('/a', '1')])
    const source = await client.inspectCommit(on('origin', 'master'))
    await client.pfs('createBranch', { branch: { repo: { name: 'late' }, name: 'master' }, provenance: [{ repo: { name: 'origin' }, name: 'master' }] })
    const { commit } = await client.inspectCommit(on('late', 'master'))

    expect((await client.inspectCommit(at('origin', commit?.id ?? ''))).commit?.id).toBe(source.commit?.id)
    expect((await failureOf(client.modify(at('origin', commit?.id ?? ''), [add('/b', '2')]))).text).toBe(`commit default/origin@${source.commit?.id} has already finished`)
  })
})

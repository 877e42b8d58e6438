import { describe, expect, test } from 'vitest'

import { mountEntry, repoEntry } from '../../tests/scripted-mount-server.js'
import { repoRows, wholeTree, type RepoRow } from './repo-tree.js'

const repos = [
  repoEntry({ project: 'vision', repo: 'models', branches: ['v2', 'master'] }),
  repoEntry({ repo: 'labels', branches: ['dev'] }),
  repoEntry({ repo: 'images', branches: ['master', 'feature/x'] }),
  repoEntry({ repo: 'secret', branches: null, authorization: 'none' }),
  repoEntry({ repo: 'hollow', branches: [] }),
]
const text = (row: RepoRow) => (row.kind === 'project' ? `# ${row.project}` : row.kind === 'repo' ? row.entry.repo : `  ${row.ref.branch}`)
const texts = (view = wholeTree) => repoRows(repos, [], view).map(text)

describe('the rows', () => {
  test('projects stand in order, their repos below them in order, branches closed', () => {
    expect(texts()).toEqual(['# default', 'hollow', 'images', 'labels', 'secret', '# vision', 'models'])
  })

  test('an opened repo shows its branches, in the order of pachd', () => {
    expect(texts({ ...wholeTree, openRepos: new Set(['vision/models']) }).slice(-3)).toEqual(['models', '  v2', '  master'])
  })

  test('a closed project shows no repos', () => {
    expect(texts({ ...wholeTree, closedProjects: new Set(['default']) })).toEqual(['# default', '# vision', 'models'])
  })

  test('one project may be chosen', () => {
    expect(texts({ ...wholeTree, project: 'vision' })).toEqual(['# vision', 'models'])
  })

  test('all words of a search must be in project, repo or branch', () => {
    expect(texts({ ...wholeTree, search: 'VIS mod' })).toEqual(['# vision', 'models'])
    expect(texts({ ...wholeTree, search: 'vis images' })).toEqual([])
  })

  test('a search that meets a branch opens its repo', () => {
    expect(texts({ ...wholeTree, search: 'feature' })).toEqual(['# default', 'images', '  master', '  feature/x'])
  })

  test('a search opens closed projects', () => {
    expect(texts({ ...wholeTree, search: 'labels', closedProjects: new Set(['default']) })).toEqual(['# default', 'labels'])
  })
})

describe('a repo', () => {
  const rowOf = (repo: string, mounts = [mountEntry({ name: 'x', repo: 'images' })]) =>
    repoRows(repos, mounts, wholeTree).find((row): row is RepoRow & { kind: 'repo' } => row.kind === 'repo' && row.entry.repo === repo)

  test('is mounted with master when it has one, else with its first branch', () => {
    expect(rowOf('models')?.target?.branch).toBe('master')
    expect(rowOf('labels')?.target?.branch).toBe('dev')
  })

  test('says when it may not be read and when it has no branches', () => {
    expect([rowOf('images')?.access, rowOf('secret')?.access, rowOf('hollow')?.access]).toEqual(['mountable', 'no-access', 'no-branches'])
  })

  test('is mounted when its default branch is, under any name', () => {
    expect(rowOf('images')?.mounted).toBe(true)
    expect(rowOf('images', [mountEntry({ name: 'x', repo: 'images', branch: 'feature/x' })])?.mounted).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'

import { commitEntry, mountEntry, repoEntry } from '../../tests/scripted-mount-server.js'
import type { History, HistoryState } from './history-model.js'
import { mountSpecOf, repoRows, targetOf, wholeTree, type RepoRow } from './repo-tree.js'

const repos = [
  repoEntry({ project: 'vision', repo: 'models', branches: ['v2', 'master'] }),
  repoEntry({ repo: 'labels', branches: ['dev'] }),
  repoEntry({ repo: 'images', branches: ['master', 'feature/x'] }),
  repoEntry({ repo: 'secret', branches: null, authorization: 'none' }),
  repoEntry({ repo: 'hollow', branches: [] }),
]
const noHistory: HistoryState = { histories: new Map(), heads: new Map() }

function text(row: RepoRow): string {
  if (row.kind === 'project') return `# ${row.project}`
  if (row.kind === 'repo') return row.entry.repo
  if (row.kind === 'branch') return `  ${row.target.branch}`
  return row.kind === 'commit' ? `    ${row.commit.id}` : `    (${row.state})`
}

const texts = (view = wholeTree, history = noHistory) => repoRows({ repos, mounts: [], ...history }, view).map(text)

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
    repoRows({ repos, mounts, ...noHistory }, wholeTree).find((row): row is RepoRow & { kind: 'repo' } => row.kind === 'repo' && row.entry.repo === repo)

  test('is mounted with master when it has one, else with its first branch', () => {
    expect(rowOf('models')?.target?.branch).toBe('master')
    expect(rowOf('labels')?.target?.branch).toBe('dev')
  })

  test('says when it may not be read and when it has no branches', () => {
    expect([rowOf('images')?.access, rowOf('secret')?.access, rowOf('hollow')?.access]).toEqual(['mountable', 'no-access', 'no-branches'])
  })

  test('without branches means the one that its first commit makes, and one without access means none', () => {
    expect(rowOf('hollow')?.target).toMatchObject({ branch: 'master', isWritable: true })
    expect(rowOf('secret')?.target).toBeUndefined()
  })

  test('is mounted when its default branch is, under any name', () => {
    expect(rowOf('images')?.mounted).toBe(true)
    expect(rowOf('images', [mountEntry({ name: 'x', repo: 'images', branch: 'feature/x' })])?.mounted).toBe(false)
  })
})

describe('the order', () => {
  test('may be the other way round', () => {
    expect(texts({ ...wholeTree, isDescending: true })).toEqual(['# vision', 'models', '# default', 'secret', 'labels', 'images', 'hollow'])
  })
})

describe('an opened branch', () => {
  const key = 'vision/models@v2'
  const view = { ...wholeTree, project: 'vision', openRepos: new Set(['vision/models']), openBranches: new Set([key]) }
  const a = commitEntry({ id: 'a'.repeat(32) })
  const listed: History = { commits: [a], next: null, isLoading: false, problem: undefined }
  const below = (part: Partial<History>) =>
    texts(view, { ...noHistory, histories: new Map([[key, { ...listed, ...part }]]) }).slice(3, -1)

  test('shows its commits, and that there are more', () => {
    expect(below({})).toEqual([`    ${a.id}`])
    expect(below({ next: a.id })).toEqual([`    ${a.id}`, '    (next)'])
  })

  test('says that it is asked for, that it has none, and that asking failed', () => {
    expect(texts(view).slice(3, -1)).toEqual(['    (loading)'])
    expect(below({ commits: [] })).toEqual(['    (empty)'])
    expect(below({ problem: 'away' })).toEqual([`    ${a.id}`, '    (failed)'])
  })

  test('its commits are mounted under names of their own, and only to read', () => {
    const rows = repoRows({ repos, mounts: [mountEntry({ name: 'vision_models_v2_aaaaaaaa', project: 'vision', repo: 'models', branch: 'v2', commit: a.id })], heads: new Map([[key, a]]), histories: new Map([[key, listed]]) }, view)
    const [, , branch, commit] = rows

    expect(branch).toMatchObject({ kind: 'branch', mounted: false, head: a })
    expect(commit).toMatchObject({ kind: 'commit', mounted: true, target: { isWritable: false } })
    expect(mountSpecOf(targetOf(commit!)!)).toEqual({ name: 'vision_models_v2_aaaaaaaa', project: 'vision', repo: 'models', branch: 'v2', commit: a.id, mode: 'ro' })
  })
})

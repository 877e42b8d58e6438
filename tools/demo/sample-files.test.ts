import { expect, test } from 'vitest'

import { sampleBranches } from './sample-files.js'

test('the sample data has history worth browsing', async () => {
  const branches = await sampleBranches()

  expect(new Set(branches.map(({ project }) => project)).size).toBeGreaterThanOrEqual(2)
  expect(new Set(branches.map(({ project, repo }) => `${project}/${repo}`)).size).toBeGreaterThanOrEqual(3)
  expect(branches.filter(({ repo }) => repo === 'weather').map(({ branch }) => branch)).toEqual(['master', 'snow-only'])
  expect(branches.flatMap(({ commits }) => commits).every(({ files }) => files.size > 0)).toBe(true)
})

test('the years of the weather are the whole dataset, line for line', async () => {
  const master = (await sampleBranches()).find(({ repo, branch }) => repo === 'weather' && branch === 'master')
  const lines = master?.commits.flatMap(({ files }) => Array.from(files.values(), content => content.toString().trimEnd().split('\n').length - 1))

  expect(lines).toEqual([366, 365, 365, 365])
})

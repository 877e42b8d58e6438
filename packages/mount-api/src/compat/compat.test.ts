import { expect, test } from 'vitest'

import type { MountList } from '../mounts.js'
import { mountMap23, repoMap23 } from './v2.3.js'
import { mountList26 } from './v2.6.js'
import { mountList29 } from './v2.9.js'

const commit = 'c'.repeat(32)
const shown = { mode: 'ro', state: 'mounted', status: 'up to date', mountpoint: '/pfs/m', latest_commit: commit, how_many_commits_behind: 0 } as const
const list: MountList = {
  mounted: [
    { name: 'm', project: 'default', repo: 'cats', branch: 'master', commit, paths: ['/'], ...shown },
    { name: 'n', project: 'lab', repo: 'cats', branch: 'master', commit, paths: ['/'], ...shown },
  ],
  unmounted: [
    { project: 'default', repo: 'cats', branches: ['master', 'dev'], authorization: 'off' },
    { project: 'default', repo: 'secret', branches: null, authorization: 'none' },
    { project: 'lab', repo: 'cats', branches: ['master'], authorization: 'off' },
  ],
}
const none = { name: '', mode: '', state: 'unmounted', status: '', mountpoint: '', actual_mounted_commit: '', latest_commit: '', how_many_commits_behind: 0 }
const m23 = { name: 'm', mount_key: { repo: 'cats', branch: 'master', commit: '' }, actual_mounted_commit: commit, ...shown }

test('2.6 names the shown commit actual_mounted_commit, and has files instead of paths', () => {
  const { mounted, unmounted } = mountList26(list)

  expect(mounted[0]).toEqual({ name: 'm', project: 'default', repo: 'cats', branch: 'master', commit: '', files: null, actual_mounted_commit: commit, ...shown })
  expect(unmounted).toBe(list.unmounted)
})

test('2.3 lists the repos of the default project by name, each branch with its mounts or one placeholder', () => {
  expect(repoMap23(list)).toEqual({
    cats: {
      name: 'cats', authorization: 'off',
      branches: { master: { name: 'master', mount: [m23] }, dev: { name: 'dev', mount: [{ ...none, mount_key: { repo: 'cats', branch: 'dev', commit: '' } }] } },
    },
    secret: { name: 'secret', authorization: 'none', branches: {} },
  })
})

test('2.3 lists mounts by name, and the branches that are not mounted', () => {
  const { mounted, unmounted } = mountMap23(list)

  expect(mounted['m']).toEqual(m23)
  expect(unmounted).toEqual([{ ...none, mount_key: { repo: 'cats', branch: 'dev', commit: '' } }])
})

test.each([
  [['/'], false, ''],
  [['/'], true, '/'],
  [['/a/b'], false, '/a/b'],
  [['show'], false, 'show'],
  [['/a/b/c', '/a/b/d'], true, '/a/b'],
  [['/a/b/c', '/a/d'], false, '/a'],
  [['/a', '/b'], true, '/'],
])('2.9 has one path instead of %j', (paths, isDatum, path) => {
  const [first] = list.mounted
  const { paths: _paths, ...entry } = first!

  expect(mountList29({ ...list, mounted: [{ ...entry, paths }] }, { isDatum }).mounted).toEqual([{ ...entry, path }])
})

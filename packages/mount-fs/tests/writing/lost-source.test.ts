/** Commits of a working copy whose repo or branch was deleted meanwhile. */
import { branchReference, commitReference, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { CommitTrees, FileReaders, FileSystem, StageDirectory, WorkingCopy } from '../../src/index.js'
import { type BranchPachd, startBranchPachd } from './branch-pachd.js'

let pachd: BranchPachd
let repos = 0
beforeAll(async () => {
  pachd = await startBranchPachd()
})
afterAll(() => pachd.stop())

const files = { '/a': 'a', '/b': 'b', '/d/x': 'x' }

/** A mounted branch with a renamed file, a renamed directory and a new file. */
async function changedBranch() {
  const repo = `lost${String(repos++)}`
  await pachd.repo(repo, files)
  const { client } = pachd
  const source = { project: 'default', repo, branch: 'master' }
  const base = { commit: { ...source, id: (await pachd.head(repo)) ?? '' }, madeAtMs: 0 }
  const copy = WorkingCopy.open({ name: 'w', base, cluster: { client, trees: new CommitTrees(client), readers: new FileReaders(client) }, stage: new StageDirectory(join(pachd.folder, repo)), target: source })
  onTestFinished(() => copy.discard())
  const fileSystem = new FileSystem()
  fileSystem.mounts.add({ name: 'w', source, mode: 'rw', paths: ['/'], commit: undefined, volume: copy.volume })
  await fileSystem.rename('/w/a', '/w/renamed')
  await fileSystem.rename('/w/d', '/w/e')
  const handle = await fileSystem.create('/w/new', 0o644)
  await fileSystem.write(handle, 0, Buffer.from('new'))
  await fileSystem.release(handle)
  return { repo, copy, base: base.commit.id }
}

const shown = async (repo: string) => Object.fromEntries([...(await pachd.files(repo))].map(([path, bytes]) => [path, bytes.toString()]))

test.each([[undefined], ['m']])('files whose source was deleted are named, and when they are discarded the rest is committed (message %s)', async message => {
  const { repo, copy, base } = await changedBranch()
  await pachd.client.pfs.deleteRepo({ repo: repoReference({ name: repo }) })
  await pachd.repo(repo, { '/other': 'o' })

  await expect(copy.commitChanges({ message })).rejects.toMatchObject({ code: 'ESTALE', message: `/renamed, /e/ cannot be committed: the content is in commit ${base}, which was deleted; discard the changes of these paths, or write the files again, and then commit the rest` })
  await copy.discardChanges(['/renamed', '/e'])
  await copy.commitChanges({ message })

  expect(await shown(repo)).toEqual({ '/other': 'o', '/new': 'new' })
  expect(copy.hasChanges).toBe(false)
})

test('a branch that was deleted is not made again before the first commit has said so', async () => {
  const { repo, copy, base } = await changedBranch()
  await pachd.client.pfs.deleteBranch({ branch: branchReference({ repo, branch: 'master' }) })

  await expect(copy.commitChanges()).rejects.toMatchObject({ code: 'ESTALE', message: `branch master of ${repo} was deleted; to go on from its last commit, make it again with the head ${base}; to begin it again with these changes alone, commit once more` })
  expect(await pachd.head(repo)).toBeUndefined()
  await copy.commitChanges()

  expect(await shown(repo)).toEqual({ '/renamed': 'a', '/e/x': 'x', '/new': 'new' })
})

test('a branch that was deleted and made again from its last commit gets the changes on top', async () => {
  const { repo, copy, base } = await changedBranch()
  const branch = branchReference({ repo, branch: 'master' })
  await pachd.client.pfs.deleteBranch({ branch })
  await expect(copy.commitChanges({ message: 'm' })).rejects.toThrow('was deleted')

  await pachd.client.pfs.createBranch({ branch, head: commitReference({ repo, id: base }) })
  await copy.commitChanges({ message: 'm' })

  expect(await shown(repo)).toEqual({ '/b': 'b', '/renamed': 'a', '/e/x': 'x', '/new': 'new' })
})

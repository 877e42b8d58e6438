/** What hangs together: branches that follow others, and changes made in one transaction. */
import { expect, test } from 'vitest'

import { branchReference, commitReference, repoReference, type PachdClient } from '../../src/index.js'
import { all, commitFiles, newScene, writes } from './scene.js'

/** The suite; `connect` gives the client of a running pachd. */
export function provenanceContract(connect: () => PachdClient): void {
  test('a branch with provenance gets a commit of the same id for each commit before it', async () => {
    const before = await newScene(connect())
    const { client, repo: after } = await newScene(connect())
    await commitFiles(before, 'master', { '/a': '1' })
    await client.pfs.createBranch({ branch: branchReference({ repo: after, branch: 'master' }), provenance: [branchReference({ repo: before.repo, branch: 'master' })] })

    const id = await commitFiles(before, 'master', { '/a': '2' })

    const { head, directProvenance } = await client.pfs.inspectBranch({ branch: branchReference({ repo: after, branch: 'master' }) })
    expect(head?.id).toBe(id)
    expect(directProvenance.map(({ repo }) => repo?.name)).toEqual([before.repo])
    expect(await client.pfs.inspectCommit({ commit: commitReference({ repo: after, id }) })).toMatchObject({ origin: { kind: 'AUTO' }, finished: undefined })
    const set = await all(client.pfs.inspectCommitSet({ commitSet: { id } }))
    expect(set.map(({ commit }) => commit?.repo?.name)).toEqual([before.repo, after])
  })

  test('what is done in a transaction is there when it is finished, all under one id', async () => {
    const [one, two] = [await newScene(connect()), await newScene(connect())]
    const { client } = one
    const { id } = await client.transaction.startTransaction({})

    for (const { repo } of [one, two]) await client.pfs.startCommit({ branch: branchReference({ repo, branch: 'master' }) }, { transaction: id })
    const during = await all(client.pfs.listCommit({ repo: repoReference({ name: one.repo }) }))
    await client.transaction.finishTransaction({ transaction: { id } })

    expect(during).toEqual([])
    for (const { repo } of [one, two]) expect((await client.pfs.inspectCommit({ commit: commitReference({ repo, branch: 'master' }) })).commit?.id).toBe(id)
  })

  test('a transaction that is deleted leaves nothing', async () => {
    const { client, repo } = await newScene(connect())
    const { id } = await client.transaction.startTransaction({})
    await client.pfs.startCommit({ branch: branchReference({ repo, branch: 'master' }) }, { transaction: id })

    await client.transaction.deleteTransaction({ transaction: { id } })

    expect(await all(client.pfs.listCommit({ repo: repoReference({ name: repo }) }))).toEqual([])
    await expect(client.transaction.finishTransaction({ transaction: { id } })).rejects.toThrow('not found')
  })

  test('a file set is written first and added to a commit later', async () => {
    const { client, repo } = await newScene(connect())
    const [, ...operations] = writes(commitReference({ repo }), { '/a': 'one', '/b': 'two' })
    const { fileSetId } = await client.pfs.createFileSet(operations)
    const { id } = await client.pfs.startCommit({ branch: branchReference({ repo, branch: 'master' }) })
    const commit = commitReference({ repo, id })

    await client.pfs.addFileSet({ commit, fileSetId })
    await client.pfs.finishCommit({ commit })

    const files = await all(client.pfs.listFile({ file: { commit, path: '/' } }))
    expect(files.map(({ file, sizeBytes }) => [file?.path, sizeBytes])).toEqual([
      ['/a', 3],
      ['/b', 3],
    ])
  })
}

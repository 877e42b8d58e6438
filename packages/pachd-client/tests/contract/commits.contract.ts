/** Commits: opening, finishing, history, waiting, and leaving. */
import { expect, test } from 'vitest'

import { branchReference, commitReference, isNotFound, repoReference, type PachdClient } from '../../src/index.js'
import { all, commitFiles, newScene, writes } from './scene.js'

/** The suite; `connect` gives the client of a running pachd. */
export function commitsContract(connect: () => PachdClient): void {
  test('a commit goes from started to finished and keeps its message', async () => {
    const { client, repo } = await newScene(connect())
    const { id } = await client.pfs.startCommit({ branch: branchReference({ repo, branch: 'master' }), description: 'first light' })
    const commit = commitReference({ repo, id })

    const open = await client.pfs.inspectCommit({ commit })
    await client.pfs.finishCommit({ commit })
    const finished = await client.pfs.inspectCommit({ commit, wait: 'FINISHED' })

    expect(id).toMatch(/^[0-9a-f]{12}4[0-9a-f]{19}$/)
    expect(open).toMatchObject({ description: 'first light', finished: undefined })
    expect(finished.finished?.seconds).toBeGreaterThanOrEqual(open.started?.seconds ?? Infinity)
  })

  test('history goes from the newest commit to the oldest, and ancestry names its members', async () => {
    const scene = await newScene(connect())
    const first = await commitFiles(scene, 'master', { '/a': '1' })
    const second = await commitFiles(scene, 'master', { '/a': '2' })
    const third = await commitFiles(scene, 'master', { '/a': '3' })
    const { client, repo } = scene

    const history = await all(client.pfs.listCommit({ repo: repoReference({ name: repo }), to: commitReference({ repo, branch: 'master' }) }))
    const before = await client.pfs.inspectCommit({ commit: { ...commitReference({ repo }), id: 'master^' } })

    expect(history.map(({ commit }) => commit?.id)).toEqual([third, second, first])
    expect(before.commit?.id).toBe(second)
  })

  test('what is written into an open commit belongs to it when it is finished', async () => {
    const { client, repo } = await newScene(connect())
    const { id } = await client.pfs.startCommit({ branch: branchReference({ repo, branch: 'master' }) })
    const commit = commitReference({ repo, id })
    await client.pfs.modifyFile(writes(commit, { '/a': 'one' }))
    await client.pfs.modifyFile(writes(commit, { '/b': 'two' }))
    await client.pfs.finishCommit({ commit })

    const { details } = await client.pfs.inspectCommit({ commit, wait: 'FINISHED' })

    expect(details?.sizeBytes).toBe(6)
    await expect(client.pfs.modifyFile(writes(commit, { '/c': 'late' }))).rejects.toThrow('has already finished')
  })

  test('a subscription tells of commits that were there and of those that come', async () => {
    const scene = await newScene(connect())
    const first = await commitFiles(scene, 'master', { '/a': '1' })
    const seen: string[] = []
    let second = ''

    for await (const { commit } of scene.client.pfs.subscribeCommit({ repo: repoReference({ name: scene.repo }), branch: 'master', state: 'FINISHED' })) {
      seen.push(commit?.id ?? '')
      if (seen.length === 1) second = await commitFiles(scene, 'master', { '/a': '2' })
      if (seen.length === 2) break
    }

    expect(seen).toEqual([first, second])
  })

  test('a caller that stops waiting gets its answer at once', async () => {
    const { client, repo } = await newScene(connect())
    const { id } = await client.pfs.startCommit({ branch: branchReference({ repo, branch: 'master' }) })
    const cancel = new AbortController()

    const waiting = client.pfs.inspectCommit({ commit: commitReference({ repo, id }), wait: 'FINISHED' }, { signal: cancel.signal })
    cancel.abort()

    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('a deadline ends a wait', async () => {
    const { client, repo } = await newScene(connect())
    const { id } = await client.pfs.startCommit({ branch: branchReference({ repo, branch: 'master' }) })

    const waiting = client.pfs.inspectCommit({ commit: commitReference({ repo, id }), wait: 'FINISHED' }, { timeoutMs: 100 })

    await expect(waiting).rejects.toMatchObject({ code: expect.stringMatching(/DEADLINE_EXCEEDED|UNKNOWN/) as string })
  })

  test('a commit that is dropped is not found any more', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/a': '1' })
    const last = await commitFiles(scene, 'master', { '/a': '2' })
    await scene.client.pfs.dropCommitSet({ commitSet: { id: last } })

    const error: unknown = await scene.client.pfs.inspectCommit({ commit: commitReference({ repo: scene.repo, id: last }) }).catch((thrown: unknown) => thrown)

    expect(isNotFound(error)).toBe(true)
  })
}

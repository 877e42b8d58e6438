import type { RepoEntry } from '@jupyterlab-pachyderm/mount-api'
import { createPachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { describe, expect, test, vi } from 'vitest'

import { RepoListing, selectRepos } from './repo-listing.js'

/** A pachd that lists repos `count` of which each has nine branches, and counts how often it is asked. */
function listing(count: number) {
  const { pfs } = createPachdClient({ address: 'unix:/nowhere' })
  const calls = { number: 0, repos: count }
  const listRepo: typeof pfs.listRepo = async function* () {
    calls.number += 1
    const branches = await Promise.resolve(Array.from({ length: 9 }, (_, index) => ({ name: `b${String(index)}`, repo: undefined })))
    for (let index = 0; index < calls.repos; index++) yield { repo: { name: `r${String(index)}`, type: 'user', project: undefined }, branches, authInfo: undefined, created: undefined, sizeBytesUpperBound: 0, description: '', details: undefined, metadata: {} }
  }
  return { calls, repos: new RepoListing({ pfs: { ...pfs, listRepo } }) }
}

test('a listing of few repos is made for each who asks', async () => {
  const { calls, repos } = listing(10)

  await repos.list()
  calls.repos = 11

  expect([(await repos.list()).length, calls.number]).toEqual([11, 2])
})

describe('many repos', () => {
  test('the last listing is answered at once, and made anew behind it', async () => {
    const { calls, repos } = listing(1000)
    await repos.list()
    calls.repos = 1001

    expect((await repos.list()).length).toBe(1000)
    await vi.waitFor(async () => expect((await repos.list()).length).toBe(1001))
  })

  test('those who ask at the same time cost one listing', async () => {
    const { calls, repos } = listing(1000)
    await repos.list()

    await Promise.all(Array.from({ length: 20 }, () => repos.list()))

    expect(calls.number).toBe(2)
  })

  test('after a change the next listing is new', async () => {
    const { calls, repos } = listing(1000)
    await repos.list()
    calls.repos = 1001

    repos.forget()

    expect((await repos.list()).length).toBe(1001)
  })
})

describe('a query', () => {
  const entry = (project: string, repo: string, branches: string[] | null = ['master']): RepoEntry => ({ project, repo, branches, authorization: 'off' })
  const all = [entry('default', 'cats'), entry('default', 'dogs', ['master', 'Kittens']), entry('lab', 'cats', null), entry('lab', 'mice')]

  test.each([
    [{}, all],
    [{ search: 'CAT' }, [all[0], all[2]]],
    [{ search: 'lab/' }, [all[2], all[3]]],
    [{ search: 'kitten' }, [all[1]]],
    [{ project: 'lab' }, [all[2], all[3]]],
    [{ limit: 2 }, [all[0], all[1]]],
    [{ limit: 1, after: 'default/cats' }, [all[1]]],
    [{ project: 'lab', after: 'lab/cats' }, [all[3]]],
    [{ after: 'lab/mice' }, []],
  ])('%j', (query, wanted) => {
    expect(selectRepos(all, query)).toEqual(wanted)
  })

  test('a page behind a repo that is gone is refused', () => {
    expect(() => selectRepos(all, { after: 'default/gone' })).toThrow('begin again')
  })
})

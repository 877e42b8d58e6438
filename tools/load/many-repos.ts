/** A cluster with many repos and branches. */
import { branchReference, repoReference } from '@jupyterlab-pachyderm/pachd-client'

import { type Figure, quantile } from './figures.js'
import type { Stack } from './stack.js'

const REPOS = Number(process.env.LOAD_REPOS ?? 2000)
const BRANCHES = 20
const PARALLEL = 16

/** Lists them. */
export async function manyRepos({ pachd, call }: Stack): Promise<Figure[]> {
  const names = Array.from({ length: REPOS }, (_, index) => `r${String(index).padStart(4, '0')}`)
  const make = async (name: string) => {
    await pachd.pfs.createRepo({ repo: repoReference({ name }) })
    for (let branch = 0; branch < BRANCHES; branch++) await pachd.pfs.createBranch({ branch: branchReference({ repo: name, branch: `b${String(branch)}` }) })
  }
  for (let at = 0; at < names.length; at += PARALLEL) await Promise.all(names.slice(at, at + PARALLEL).map(make))
  const all = await times(() => call('GET', '/repos'))
  const page = await times(() => call('GET', '/repos?search=r01&limit=50'))
  return [
    { what: `GET /repos of ${String(REPOS)} × ${String(BRANCHES)} branches, warm`, figure: `${all.toFixed(0)} ms`, goal: '300 ms', isMet: all < 300 },
    { what: 'a page of 50 of them that match a search', figure: `${page.toFixed(0)} ms`, goal: '', isMet: true },
  ]
}

async function times(work: () => Promise<unknown>): Promise<number> {
  await work()
  const elapsed: number[] = []
  for (let round = 0; round < 7; round++) {
    const begun = performance.now()
    await work()
    elapsed.push(performance.now() - begun)
  }
  return quantile(elapsed, 0.5)
}

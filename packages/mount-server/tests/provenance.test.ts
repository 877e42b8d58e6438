import type { Provenance } from '@jupyterlab-pachyderm/mount-api'
import { branchReference, commitReference, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { commitProvenance } from '../src/history/provenance.js'
import { ProvenanceCommits } from '../src/history/provenance-commits.js'
import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let server: ServingApp
const ids = new Map<string, string>()

/** images and labels are joined by the pipeline `edges`, from which the branch of `report` is built. */
beforeAll(async () => {
  pachd = await testPachd()
  server = await serveApp({ config: pachd.config, folder: pachd.folder })
  const { pfs, pps } = pachd.client
  for (const repo of ['labels', 'images']) ids.set(repo, await pachd.repo(repo, { '/a': '0' }))
  const pfsInput = (repo: string) => ({ pfs: { repo, glob: '/*' } })
  await pps.createPipeline({ pipeline: { project: { name: 'default' }, name: 'edges' }, transform: { image: 'python:3', cmd: ['true'] }, input: { cross: [pfsInput('images'), pfsInput('labels')] } })
  await pfs.createRepo({ repo: repoReference({ name: 'report' }) })
  await pfs.createBranch({ branch: branchReference({ repo: 'report', branch: 'master' }), provenance: [branchReference({ repo: 'edges', branch: 'master' })] })
  ids.set('newer', await pachd.commit('images', { '/b': '1' }))
})
afterAll(async () => {
  await server.stop()
  await pachd.stop()
})

const get = (repo: string, commit: string) => server.call('GET', `/repos/default/${repo}/commits/${commit}/provenance`).then(answer => ({ status: answer.status, body: answer.json() as unknown as Provenance }))
const seen = ({ nodes }: Provenance) => nodes.map(({ repo, branch, id, relation, pipeline }) => [relation, `${repo}@${branch}=${id}`, ...(pipeline === undefined ? [] : [pipeline])])
const linked = ({ nodes, edges }: Provenance) => edges.map(({ from, to }) => `${nodes[from]?.repo ?? ''} -> ${nodes[to]?.repo ?? ''}`).sort()

describe('where a commit comes from', () => {
  test('is told over all steps, with the pipeline that made it, and without the repos in which pipelines keep their own', async () => {
    const { status, body } = await get('report', 'master')

    const newer = ids.get('newer') ?? ''
    expect(status).toBe(200)
    expect(seen(body)).toEqual([
      ['self', `report@master=${newer}`],
      ['upstream', `edges@master=${newer}`, 'edges'],
      ['upstream', `images@master=${newer}`],
      ['upstream', `labels@master=${ids.get('labels') ?? ''}`],
    ])
    expect(linked(body)).toEqual(['edges -> report', 'images -> edges', 'labels -> edges'])
    expect(body).toMatchObject({ truncated: false, nodes: [{ commit: { state: 'open', origin: 'AUTO' } }, {}, { commit: { state: 'finished', size_bytes: 2 } }, {}] })
  })

  test('and what was made from it, also by commits of other sets', async () => {
    const { body } = await get('labels', ids.get('labels') ?? '')

    const downstream = body.nodes.filter(({ relation }) => relation === 'downstream').map(({ repo, id }) => `${repo}=${id}`)
    expect(downstream).toContain(`edges=${ids.get('newer') ?? ''}`)
    expect(downstream).toContain(`report=${ids.get('newer') ?? ''}`)
    expect(body.nodes.filter(({ relation }) => relation === 'upstream')).toEqual([])
  })

  test('a commit that nothing was made from stands alone', async () => {
    const id = await pachd.repo('alone', { '/a': '0' })

    expect((await get('alone', id)).body).toMatchObject({ nodes: [{ relation: 'self', repo: 'alone', branch: 'master', id }], edges: [], truncated: false })
  })

  test('what is not there is 404', async () => {
    expect(await get('images', 'none')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    expect(await get('never', 'master')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  })

  test('the nearest are told when there are too many', async () => {
    const { nodes, edges, truncated } = await commitProvenance(pachd.client, { project: 'default', repo: 'report', commit: 'master' }, 2)

    expect(nodes.map(({ repo }) => repo)).toEqual(['report', 'edges'])
    expect([edges, truncated]).toEqual([[{ from: 1, to: 0 }], true])
  })
})

test('of a large set it is known that not all of it was read', async () => {
  const id = ids.get('newer') ?? ''

  expect(await new ProvenanceCommits(pachd.client).learnSet(id, 2)).toBe(false)
  expect(await new ProvenanceCommits(pachd.client).learnSet(id)).toBe(true)
})

test('a commit that may not be read is named all the same', async () => {
  const { inspectCommit } = pachd.client.pfs
  const refusing = withPfs({
    inspectCommit: (request: Parameters<typeof inspectCommit>[0]) => inspectCommit(request.commit?.repo?.name === 'edges' ? { ...request, commit: commitReference({ repo: 'nowhere', id: request.commit.id }) } : request),
    // pachd refuses the whole set then.
    inspectCommitSet: () => pachd.client.pfs.inspectCommitSet({ commitSet: { id: 'nowhere' } }),
  })

  const { nodes } = await commitProvenance(refusing, { project: 'default', repo: 'report', commit: 'master' })

  expect(nodes.map(({ repo, commit }) => [repo, commit === null])).toEqual([
    ['report', false],
    ['edges', true],
  ])
})

test('where commits do not name what they were made from, their branches do', async () => {
  const { pfs } = pachd.client
  const withoutProvenance = <Info extends object>(info: Info) => ({ ...info, directProvenance: [], directSubvenance: [] })
  const old = withPfs({
    inspectCommit: async (...args: Parameters<typeof pfs.inspectCommit>) => withoutProvenance(await pfs.inspectCommit(...args)),
    inspectCommitSet: async function* (...args: Parameters<typeof pfs.inspectCommitSet>) {
      for await (const info of pfs.inspectCommitSet(...args)) yield withoutProvenance(info)
    },
  })
  const version = { ...pachd.client.version, getVersion: async () => ({ ...(await pachd.client.version.getVersion({})), major: 2, minor: 3 }) }

  const provenance = await commitProvenance({ ...old, version }, { project: 'default', repo: 'edges', commit: 'master' })

  expect(provenance.nodes.map(({ repo, relation }) => [relation, repo])).toEqual([
    ['self', 'edges'],
    ['upstream', 'images'],
    ['upstream', 'labels'],
    ['downstream', 'report'],
  ])
})

/** The real pachd, with some methods that answer as another one would. */
function withPfs(methods: Partial<Record<keyof PachdClient['pfs'], unknown>>): PachdClient {
  return { ...pachd.client, pfs: { ...pachd.client.pfs, ...methods } as PachdClient['pfs'] }
}

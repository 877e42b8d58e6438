/** Projects, repos and branches: what every pachd does. */
import { expect, test } from 'vitest'

import { branchReference, isNotFound, repoReference, type PachdClient } from '../../src/index.js'
import { all, commitFiles, headOf, newScene, uniqueName } from './scene.js'

/** The suite; `connect` gives the client of a running pachd. */
export function reposContract(connect: () => PachdClient): void {
  test('a repo that was created is listed and inspected with its description', async () => {
    const client = connect()
    const name = uniqueName('repo')
    await client.pfs.createRepo({ repo: repoReference({ name }), description: 'three words long' })

    const listed = (await all(client.pfs.listRepo({ type: 'user' }))).find(({ repo }) => repo?.name === name)
    const inspected = await client.pfs.inspectRepo({ repo: repoReference({ name }) })

    expect(listed?.description).toBe('three words long')
    expect(inspected).toMatchObject({ repo: { name, type: 'user', project: { name: 'default' } }, branches: [] })
    expect(inspected.created?.seconds).toBeGreaterThan(1_600_000_000)
  })

  test('creating a repo twice is refused, updating it is not', async () => {
    const { client, repo } = await newScene(connect())

    await expect(client.pfs.createRepo({ repo: repoReference({ name: repo }) })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await client.pfs.createRepo({ repo: repoReference({ name: repo }), description: 'new', update: true })

    expect((await client.pfs.inspectRepo({ repo: repoReference({ name: repo }) })).description).toBe('new')
  })

  test('a repo that is missing is recognised as not found', async () => {
    const error: unknown = await connect().pfs.inspectRepo({ repo: repoReference({ name: uniqueName('none') }) }).catch((thrown: unknown) => thrown)

    expect(isNotFound(error)).toBe(true)
  })

  test('a repo lives in its project, and a project with repos is not deleted', async () => {
    const client = connect()
    const project = uniqueName('p')
    await client.pfs.createProject({ project: { name: project } })
    await client.pfs.createRepo({ repo: repoReference({ project, name: 'data' }) })

    await expect(client.pfs.deleteProject({ project: { name: project } })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' })
    expect((await all(client.pfs.listRepo({ type: 'user', projects: [{ name: project }] }))).map(({ repo }) => repo?.name)).toEqual(['data'])

    await client.pfs.deleteRepo({ repo: repoReference({ project, name: 'data' }) })
    await client.pfs.deleteProject({ project: { name: project } })
    expect((await all(client.pfs.listProject({}))).map(info => info.project?.name)).not.toContain(project)
  })

  test('deleting a repo that is gone is no failure', async () => {
    const { client, repo } = await newScene(connect())
    const request = { repo: repoReference({ name: repo }) }
    await client.pfs.deleteRepo(request)

    await expect(client.pfs.deleteRepo(request)).resolves.toMatchObject({ deleted: false })
  })

  test('a branch can point at the head of another one and keeps it when that one moves', async () => {
    const scene = await newScene(connect())
    const first = await commitFiles(scene, 'master', { '/a': '1' })
    await scene.client.pfs.createBranch({ branch: branchReference({ repo: scene.repo, branch: 'copy' }), head: { repo: repoReference({ name: scene.repo }), id: first, branch: branchReference({ repo: scene.repo, branch: '' }) } })

    await commitFiles(scene, 'master', { '/a': '2' })

    expect(await headOf(scene, 'copy')).toBe(first)
    expect((await all(scene.client.pfs.listBranch({ repo: repoReference({ name: scene.repo }) }))).map(({ branch }) => branch?.name).sort()).toEqual(['copy', 'master'])
  })

  test('provenance makes the commits of the downstream branch appear by themselves', async () => {
    const input = await newScene(connect())
    const output = await newScene(input.client)
    await commitFiles(input, 'master', { '/a': '1' })
    await input.client.pfs.createBranch({ branch: branchReference({ repo: output.repo, branch: 'master' }), provenance: [branchReference({ repo: input.repo, branch: 'master' })] })

    const id = await commitFiles(input, 'master', { '/a': '2' })

    expect(await headOf(output, 'master')).toBe(id)
  })
}

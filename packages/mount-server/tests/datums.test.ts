import { branchReference } from '@jupyterlab-pachyderm/pachd-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { DatumCursor } from '../src/index.js'
import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let served: ServingApp

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('numbers', { '/a1': '1', '/a2': '2', '/b1': '3', '/b2': '4' })
  await pachd.repo('words', { '/a1': 'x', '/c1': 'y', '/deep/d/file': 'z' })
})
afterAll(() => pachd.stop())
beforeEach(async () => {
  served = await serveApp({ config: pachd.config, folder: pachd.folder })
})
afterEach(() => served.stop())

const load = async (specification: unknown) => (await served.call('PUT', '/datums/_mount', specification)).json()

/** All files of the shown datum, by directory. */
async function shown(): Promise<Record<string, string[]>> {
  const directories = served.fileSystem.mounts.list().map(({ name }) => name)
  return Object.fromEntries(await Promise.all(directories.map(async name => [name, await files(`/${name}`, '')] as const)))
}

async function files(root: string, below: string): Promise<string[]> {
  const entries = await served.fileSystem.readdir(root + below)
  const found = await Promise.all(entries.map(({ name, attributes: { kind } }) => (kind === 'directory' ? files(root, `${below}/${name}`) : Promise.resolve([`${below}/${name}`]))))
  return found.flat()
}

async function walk(): Promise<Record<string, string[]>[]> {
  const all = [await shown()]
  while ((await served.call('PUT', '/datums/_next')).status === 200) all.push(await shown())
  return all
}

describe('what pachd lists is what is shown', () => {
  const numbers = (more: object) => ({ pfs: { repo: 'numbers', name: 'n', ...more } })
  const words = (more: object) => ({ pfs: { repo: 'words', name: 'w', ...more } })

  test.each([
    ['pfs', numbers({ glob: '/a*' })],
    ['a directory', words({ glob: '/deep' })],
    ['the whole repo', numbers({ glob: '/' })],
    ['cross', { cross: [numbers({ glob: '/*1' }), words({ glob: '/*1' })] }],
    ['union', { union: [numbers({ glob: '/a1' }), words({ glob: '/c1' })] }],
    ['a union whose parts give the same datum', { union: [numbers({ glob: '/a*' }), numbers({ glob: '/*1' })] }],
    ['a union of one branch by two names', { union: [numbers({ glob: '/a1' }), { pfs: { repo: 'numbers', name: 'm', glob: '/a1' } }] }],
    ['join', { join: [numbers({ glob: '/(*)', join_on: '$1' }), words({ glob: '/(*)', join_on: '$1' })] }],
    ['an outer join', { join: [numbers({ glob: '/(*)', join_on: '$1', outer_join: true }), words({ glob: '/(*)', join_on: '$1' })] }],
    ['a group with several files of one input', { group: [numbers({ glob: '/([a-z])*', group_by: '$1' }), words({ glob: '/([a-z])1', group_by: '$1' })] }],
    ['a cross of a join and a union', { cross: [{ join: [numbers({ glob: '/(*)', join_on: '$1' }), words({ glob: '/(*)', join_on: '$1' })] }, { union: [{ pfs: { repo: 'numbers', name: 'u', glob: '/b1' } }, { pfs: { repo: 'words', name: 'v', glob: '/c1' } }] }] }],
  ])('%s', async (_name, input) => {
    const inputs = (node: Record<string, unknown>): object => {
      const [[kind, value]] = Object.entries(node) as [[string, unknown]]
      if (kind !== 'pfs') return { [kind]: (value as Record<string, unknown>[]).map(inputs) }
      const { join_on: joinOn = '', group_by: groupBy = '', outer_join: outerJoin = false, ...rest } = value as Record<string, unknown>
      return { pfs: { ...rest, project: 'default', branch: 'master', repoType: 'user', joinOn, groupBy, outerJoin } }
    }
    const listed: string[] = []
    const paths: string[][] = []
    for await (const { datum, data } of pachd.client.pps.listDatum({ input: inputs(input) })) {
      listed.push(datum?.id ?? '')
      paths.push(data.map(({ file }) => file?.path ?? ''))
    }

    const first = await load({ input })
    const ids = [first['id']]
    const all = [await shown()]
    for (let next = await served.call('PUT', '/datums/_next'); next.status === 200; next = await served.call('PUT', '/datums/_next')) {
      ids.push(next.json()['id'])
      all.push(await shown())
    }

    expect(first['num_datums']).toBe(listed.length)
    expect([...ids].sort()).toEqual([...listed].sort())
    const countOf = (id: unknown) => new Set(paths[listed.indexOf(String(id))]).size
    for (const [index, id] of ids.entries()) if (!paths[listed.indexOf(String(id))]?.some(path => path.endsWith('/'))) expect(new Set(Object.values(all[index]!).flat()).size, String(id)).toBe(countOf(id))
  })
})

describe('defects of the original that are mended', () => {
  test('W5: a cross of four and more inputs shows each combination once', async () => {
    const cross = ['a', 'b', 'c', 'd', 'e'].map(name => ({ pfs: { repo: 'numbers', name, glob: '/a*' } }))

    expect(await load({ input: { cross } })).toMatchObject({ num_datums: 32 })

    const combinations = (await walk()).map(datum => JSON.stringify(datum))
    expect(new Set(combinations).size).toBe(32)
  })

  test('W6: members of a union on one branch keep their own names', async () => {
    await load({ input: { union: [{ pfs: { repo: 'numbers', name: 'one', glob: '/a1' } }, { pfs: { repo: 'numbers', name: 'two', glob: '/a1' } }] } })

    expect((await walk()).map(datum => Object.keys(datum))).toEqual(expect.arrayContaining([['one'], ['two']]))
  })

  test('names in a join of two globs of one branch follow what pachd means', async () => {
    await load({ input: { join: [{ pfs: { repo: 'numbers', name: 'left', glob: '/([a-z])1', join_on: '$1' } }, { pfs: { repo: 'numbers', name: 'right', glob: '/([a-z])*', join_on: '$1' } }] } })

    const pairs = (await walk()).map(({ left, right }) => `${String(left)} ${String(right)}`)
    expect(pairs.sort()).toEqual(['/a1 /a1', '/a1 /a2', '/b1 /b1', '/b1 /b2'])
  })

  test('W6: a group shows several files of one input', async () => {
    expect(await load({ input: { group: [{ pfs: { repo: 'numbers', name: 'n', glob: '/([a-z])*', group_by: '$1' } }] } })).toMatchObject({ num_datums: 2 })

    expect(await walk()).toEqual(expect.arrayContaining([{ n: ['/a1', '/a2'] }, { n: ['/b1', '/b2'] }]))
  })

  test('W7: a glob shows a file and not its neighbours whose names begin alike', async () => {
    await pachd.repo('alike', { '/file': '1', '/files': '2', '/file.txt': '3' })

    await load({ input: { pfs: { repo: 'alike', glob: '/file' } } })

    expect(await shown()).toEqual({ default_alike: ['/file'] })
  })

  test.each([
    ['a broken body', '{'],
    ['a repo that is not there', { input: { pfs: { repo: 'none', glob: '/' } } }],
    ['a specification without datums', { input: { pfs: { repo: 'numbers', glob: '/nothing' } } }],
    ['a cross of nothing', { input: { cross: [] } }],
    ['a cron input', { input: { cron: { name: 'tick', spec: '@daily' } } }],
    ['an s3 input', { input: { pfs: { repo: 'numbers', glob: '/', s3: true } } }],
  ])('W14: %s is 400 and takes no mount away', async (_name, specification) => {
    await served.call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'numbers' }] })

    expect((await served.call('PUT', '/datums/_mount', specification)).status).toBe(400)

    expect(served.fileSystem.mounts.listedNames()).toEqual(['m'])
    expect((await served.call('GET', '/datums')).json()).toMatchObject({ num_datums: 0, input: null })
  })

  test('R5: requests for the next datum at the same time move one by one', async () => {
    await load({ input: { pfs: { repo: 'numbers', glob: '/*' } } })

    const answers = await Promise.all(Array.from({ length: 5 }, () => served.call('PUT', '/datums/_next')))

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400, 400])
    expect((await served.call('GET', '/datums')).json()).toMatchObject({ idx: 3 })
    expect(Object.keys(await shown())).toEqual(['default_numbers'])
  })
})

describe('the specification', () => {
  test.each([
    ['JSON', '{"input": {"pfs": {"repo": "numbers", "glob": "/*"}}}'],
    ['JSON with single quotes', "{'input': {'pfs': {'repo': 'numbers', 'glob': '/*'}}}"],
    ['YAML', 'pipeline:\n  name: p\ninput:\n  pfs:\n    repo: numbers\n    glob: "/*"\n'],
    ['a list whose first element counts', '[{"input": {"pfs": {"repo": "numbers", "glob": "/*"}}}, 1]'],
    ['several documents of which the first counts', 'input: {pfs: {repo: numbers, glob: "/*"}}\n---\nother: 1\n'],
    ['keys of the wire', '{"input": {"pfs": {"repo": "numbers", "glob": "/*", "joinOn": ""}}}'],
    ['an alias', 'x: &g "/*"\ninput: {pfs: {repo: numbers, glob: *g}}'],
  ])('%s', async (_name, text) => {
    expect(await load(text)).toMatchObject({ num_datums: 4 })
    expect((await served.call('GET', '/datums')).json()).toMatchObject({ input: { pfs: { project: 'default', name: 'default_numbers', repo: 'numbers', branch: 'master', glob: '/*' } } })
  })

  test('another branch is part of the directory name, a name of its own is all of it', async () => {
    const { repo } = branchReference({ repo: 'numbers', branch: '' })
    await pachd.client.pfs.createBranch({ branch: branchReference({ repo: 'numbers', branch: 'dev' }), head: { id: '', repo, branch: branchReference({ repo: 'numbers', branch: 'master' }) } })

    await load({ input: { pfs: { repo: 'numbers', branch: 'dev', glob: '/a1' } } })
    expect(Object.keys(await shown())).toEqual(['default_numbers_dev'])
    await load({ input: { pfs: { repo: 'numbers', branch: 'dev', name: 'mine', glob: '/a1' } } })
    expect(Object.keys(await shown())).toEqual(['mine'])
  })
})

describe('moving', () => {
  test('with wrap the first datum follows the last, in both directions and by any number', async () => {
    await load({ input: { pfs: { repo: 'numbers', glob: '/*' } } })
    const move = async (body: object) => (await served.call('PUT', '/datums/_move', body)).json()['idx']

    expect([await move({ by: -1, wrap: true }), await move({ by: 1, wrap: true }), await move({ by: 2 }), await move({ by: 7, wrap: true }), await move({ by: -9, wrap: true })]).toEqual([3, 0, 2, 1, 0])
    expect((await served.call('PUT', '/datums/_move', { by: -1 })).json()).toMatchObject({ code: 'NO_DATUM', message: 'already at first datum' })
  })

  test('what was written to out is there until the next datum', async () => {
    await load({ input: { pfs: { repo: 'numbers', glob: '/*' } } })
    await served.write('/out/result', 'x')
    expect(await served.names('/out')).toEqual(['result'])

    await served.call('PUT', '/datums/_next')

    expect(await served.names('/out')).toEqual([])
    await served.write('/out/result', 'y')
    await served.call('PUT', '/_unmount_all')
    await expect(served.names('/out')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('after _unmount_all repos are mounted again as before', async () => {
    await load({ input: { pfs: { repo: 'numbers', glob: '/*' } } })
    expect((await served.call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'numbers' }] })).status).toBe(400)
    expect((await served.call('PUT', '/_unmount', { mounts: ['default_numbers'] })).status).toBe(400)

    await served.call('PUT', '/_unmount_all')

    expect((await served.call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'numbers' }] })).status).toBe(200)
  })

  test('what was written in a repo before is committed when datums are shown', async () => {
    await pachd.repo('kept', { '/a': '1' })
    await served.call('PUT', '/_mount', { mounts: [{ name: 'w', repo: 'kept', mode: 'rw' }] })
    await served.write('/w/new', 'saved')

    await load({ input: { pfs: { repo: 'numbers', glob: '/*' } } })

    expect(await pachd.read('kept', '/new')).toBe('saved')
  })
})

test('a load that is cancelled is refused, and what was shown stays', async () => {
  const datums = new DatumCursor(served.connection, served.mounts)
  await datums.load('input: {pfs: {repo: numbers, glob: "/a*"}}')

  const loading = datums.load('input: {pfs: {repo: words, glob: /**}}')
  datums.cancelLoad()

  await expect(loading).rejects.toMatchObject({ code: 'BAD_REQUEST', message: 'loading the datums was cancelled' })
  expect(datums.state()).toMatchObject({ num_datums: 2, input: { pfs: { repo: 'numbers' } } })
})

test('cancelling when nothing is loaded changes nothing', async () => {
  await load({ input: { pfs: { repo: 'numbers', glob: '/a*' } } })

  const { status, json } = await served.call('PUT', '/datums/_cancel', {})

  expect([status, json()]).toEqual([200, (await served.call('GET', '/datums')).json()])
})

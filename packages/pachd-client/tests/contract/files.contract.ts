/** Files: writing, reading, listing, globbing and comparing. */
import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { commitReference, fileReference, isNotFound, readFile, type PachdClient } from '../../src/index.js'
import { all, commitFiles, newScene, text, writes } from './scene.js'

/** The suite; `connect` gives the client of a running pachd. */
export function filesContract(connect: () => PachdClient): void {
  test('a file is read back from any offset', async () => {
    const scene = await newScene(connect())
    const content = randomBytes(3_000_000)
    const id = await commitFiles(scene, 'master', { '/dir/big.bin': content })
    const file = fileReference(commitReference({ repo: scene.repo, id }), '/dir/big.bin')

    const whole = Buffer.concat(await all(readFile(scene.client, file)))
    const tail = Buffer.concat(await all(readFile(scene.client, file, { offset: 2_999_990 })))

    expect(whole.equals(content)).toBe(true)
    expect(tail.equals(content.subarray(2_999_990))).toBe(true)
    expect(await all(readFile(scene.client, file, { offset: 3_000_000 }))).toEqual([])
  })

  test('a directory lists its children in byte order with sizes, and nothing below them', async () => {
    const scene = await newScene(connect())
    const id = await commitFiles(scene, 'master', { '/d/a.txt': 'aa', '/d/a/x': '1', '/d/a/y/z': '22', '/d/b': '' })
    const commit = commitReference({ repo: scene.repo, id })

    const listed = await all(scene.client.pfs.listFile({ file: fileReference(commit, '/d') }))

    expect(listed.map(({ file, fileType, sizeBytes }) => [file?.path, fileType, sizeBytes])).toEqual([
      ['/d/a.txt', 'FILE', 2],
      ['/d/a/', 'DIR', 3],
      ['/d/b', 'FILE', 0],
    ])
  })

  test('adding appends, deleting first replaces, and a deleted directory is gone', async () => {
    const scene = await newScene(connect())
    const { client, repo } = scene
    await commitFiles(scene, 'master', { '/log': 'one\n', '/old/a': '1', '/old/b': '2' })
    await client.pfs.modifyFile([
      { body: { $case: 'setCommit', setCommit: commitReference({ repo, branch: 'master' }) } },
      { body: { $case: 'addFile', addFile: { path: '/log', source: { $case: 'raw', raw: Buffer.from('two\n') } } } },
      { body: { $case: 'deleteFile', deleteFile: { path: '/old/' } } },
    ])
    const head = commitReference({ repo, branch: 'master' })

    expect(await text(readFile(client, fileReference(head, '/log')))).toBe('one\ntwo\n')
    expect((await all(client.pfs.walkFile({ file: fileReference(head, '/') }))).map(({ file }) => file?.path)).toEqual(['/', '/log'])
  })

  test('an older commit still has what a newer one changed', async () => {
    const scene = await newScene(connect())
    const first = await commitFiles(scene, 'master', { '/a': 'old' })
    await commitFiles(scene, 'master', { '/a': 'new' })

    expect(await text(readFile(scene.client, fileReference(commitReference({ repo: scene.repo, id: first }), '/a')))).toBe('old')
  })

  test('a glob finds files at any depth', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/2023/jan.csv': '1', '/2023/feb.txt': '2', '/2024/jan.csv': '3', '/jan.csv': '4' })

    const found = await all(scene.client.pfs.globFile({ commit: commitReference({ repo: scene.repo, branch: 'master' }), pattern: '/*/*.csv' }))

    expect(found.map(({ file }) => file?.path)).toEqual(['/2023/jan.csv', '/2024/jan.csv'])
  })

  test('equal content has equal hashes, other content has others', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/a': 'same', '/b': 'same', '/c': 'other' })
    const hash = async (path: string) => Buffer.from((await scene.client.pfs.inspectFile({ file: fileReference(commitReference({ repo: scene.repo, branch: 'master' }), path) })).hash).toString('hex')

    expect(await hash('/a')).toBe(await hash('/b'))
    expect(await hash('/a')).not.toBe(await hash('/c'))
  })

  test('a tar stream carries a directory with all files below it', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/d/a': 'first', '/d/e/b': 'second', '/f': 'not this' })

    const chunks = await all(scene.client.pfs.getFileTAR({ file: fileReference(commitReference({ repo: scene.repo, branch: 'master' }), '/d') }))
    const tar = Buffer.concat(chunks.map(({ value }) => value))

    expect(tar.length % 512).toBe(0)
    expect(tar.toString('latin1')).toContain('first')
    expect(tar.toString('latin1')).toContain('second')
    expect(tar.toString('latin1')).not.toContain('not this')
  })

  test('a difference names what was added, changed and deleted', async () => {
    const scene = await newScene(connect())
    const { client, repo } = scene
    const first = await commitFiles(scene, 'master', { '/changed': '1', '/deleted': '1', '/same': '1' })
    await client.pfs.modifyFile([
      ...writes(commitReference({ repo, branch: 'master' }), { '/changed': '2', '/added': '1' }),
      { body: { $case: 'deleteFile', deleteFile: { path: '/deleted' } } },
    ])

    const differences = await all(client.pfs.diffFile({ newFile: fileReference(commitReference({ repo, branch: 'master' }), '/'), oldFile: fileReference(commitReference({ repo, id: first }), '/') }))

    expect(differences.map(({ newFile, oldFile }) => [newFile?.file?.path, oldFile?.file?.path])).toEqual([
      ['/', '/'],
      ['/added', undefined],
      ['/changed', '/changed'],
      [undefined, '/deleted'],
    ])
  })

  test('a walk goes through all directories, page by page and backwards', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/a': '1', '/d/e/f': '1', '/d-1': '1', '/d/g': '1' })
    const root = fileReference(commitReference({ repo: scene.repo, branch: 'master' }), '/')
    const walk = async (page: object) => (await all(scene.client.pfs.walkFile({ file: root, ...page }))).map(({ file }) => file?.path ?? '')
    const whole = ['/', '/a', '/d-1', '/d/', '/d/e/', '/d/e/f', '/d/g']

    const first = await walk({ number: 4 })
    const second = await walk({ number: 4, paginationMarker: { ...root, path: first.at(-1) } })

    expect([...first, ...second]).toEqual(whole)
    expect(await walk({ number: 10, reverse: true })).toEqual(whole.reverse())
  })

  test('a missing file is not found, and listing it is empty', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/a': '1' })
    const missing = fileReference(commitReference({ repo: scene.repo, branch: 'master' }), '/none')

    const error: unknown = await scene.client.pfs.inspectFile({ file: missing }).catch((thrown: unknown) => thrown)

    expect(isNotFound(error)).toBe(true)
    expect(await all(scene.client.pfs.listFile({ file: missing }))).toEqual([])
  })

  test.each(['/a*', '/a/../b', '/ü', '/a[1]'])('the name %s is refused and nothing of the upload is kept', async path => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/kept': '1' })

    await expect(scene.client.pfs.modifyFile(writes(commitReference({ repo: scene.repo, branch: 'master' }), { '/lost': '1', [path]: '1' }))).rejects.toThrow(path)

    expect((await all(scene.client.pfs.listFile({ file: fileReference(commitReference({ repo: scene.repo, branch: 'master' }), '/') }))).map(({ file }) => file?.path)).toEqual(['/kept'])
  })

  test('leaving a stream of bytes early ends it, and the connection goes on', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/big': randomBytes(8_000_000), '/small': 'here' })
    const head = commitReference({ repo: scene.repo, branch: 'master' })

    for await (const chunk of readFile(scene.client, fileReference(head, '/big'))) {
      expect(chunk.byteLength).toBeGreaterThan(0)
      break
    }

    expect(await text(readFile(scene.client, fileReference(head, '/small')))).toBe('here')
  })
}

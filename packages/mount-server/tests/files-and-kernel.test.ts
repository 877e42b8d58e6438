import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, untilAnswers } from './server-process.js'

let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

test('what is written over HTTP is seen below the mount at once, and the other way round', async () => {
  await pachd.repo('both', { '/old': 'before', '/d/x': '1' })
  const server = await startProcess([], { config: pachd.config })
  await untilAnswers(server)
  await expect.poll(() => isMounted(server.mountDir), { timeout: 20_000 }).toBe(true)
  const http = (method: string, path: string, body?: string) => send({ socketPath: server.socket }, method, path, body)
  const at = (...path: string[]) => join(server.mountDir, 'w', ...path)
  await http('PUT', '/_mount', JSON.stringify({ mounts: [{ name: 'w', repo: 'both', mode: 'rw' }] }))
  expect([await readdir(at()), await readFile(at('old'), 'utf8')]).toEqual([['d', 'old'], 'before'])

  await http('PUT', '/files/w/old', 'after!')
  await http('PUT', '/files/w/made/deep', 'new')
  await http('DELETE', '/files/w/d?recursive=true')

  expect((await readdir(at())).sort()).toEqual(['made', 'old'])
  expect([await readFile(at('old'), 'utf8'), await readFile(at('made/deep'), 'utf8')]).toEqual(['after!', 'new'])
  await mkdir(at('kernel'))
  await writeFile(at('kernel/file'), 'k')
  expect((await http('GET', '/files/w/kernel/file')).text).toBe('k')
  expect((await http('PUT', '/_unmount_all')).status).toBe(200)
  expect([await pachd.read('both', '/old'), await pachd.read('both', '/kernel/file')]).toEqual(['after!', 'k'])
})

test('without FUSE a file is written, committed and read back over HTTP alone', async () => {
  await pachd.repo('plain', { '/a': '1' })
  const server = await startProcess(['--no-fuse'], { config: pachd.config })
  await untilAnswers(server)
  const http = (method: string, path: string, body?: string) => send({ socketPath: server.socket }, method, path, body)

  await http('PUT', '/_mount', JSON.stringify({ mounts: [{ name: 'w', repo: 'plain', mode: 'rw' }] }))
  expect((await http('PUT', '/files/w/dir/b', 'two')).status).toBe(200)
  expect((await http('PUT', '/_commit', JSON.stringify({ mount: 'w' }))).status).toBe(200)

  expect(await pachd.read('plain', '/dir/b')).toBe('two')
  expect((await http('GET', '/files/w/dir/')).text).toContain('"name":"b"')
  expect((await http('GET', '/files/w/dir/b')).text).toBe('two')
  expect(await isMounted(server.mountDir)).toBe(false)
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { contentOf, tarEntries } from './tar-files.js'

async function* pieces(archive: Uint8Array, size: number) {
  for (let at = 0; at < archive.byteLength; at += size) {
    await Promise.resolve()
    yield { value: archive.subarray(at, at + size) }
  }
}

async function filesOf(archive: Uint8Array, size = 1000): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for await (const entry of tarEntries(pieces(archive, size))) files[entry.path] = Buffer.from(await contentOf(entry)).toString()
  return files
}

test.each(['ustar', 'pax', 'gnu'])('the files of a real %s archive come out whole, in pieces of any size', async format => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-files-'))
  const name = format === 'ustar' ? 'plain' : `${'long'.repeat(60)}é`
  mkdirSync(join(folder, 'd'))
  writeFileSync(join(folder, 'd', name), 'x'.repeat(5000))
  writeFileSync(join(folder, 'd', 'empty'), '')
  const archive = execFileSync('tar', ['-c', `--format=${format}`, '-f', '-', '--sort=name', 'd'], { cwd: folder })
  rmSync(folder, { recursive: true })

  for (const size of [1, 511, 100_000]) expect(await filesOf(archive, size)).toEqual({ [`/d/${name}`]: 'x'.repeat(5000), '/d/empty': '' })
})

test('an archive that is cut off is an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-files-'))
  writeFileSync(join(folder, 'f'), 'x'.repeat(5000))
  const archive = execFileSync('tar', ['-c', '-f', '-', 'f'], { cwd: folder })
  rmSync(folder, { recursive: true })

  await expect(filesOf(archive.subarray(0, 2000))).rejects.toThrow('ends in the middle of a file')
})

test('what is not taken of a file is passed over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-files-'))
  for (const [name, length] of Object.entries({ a: 10, b: 5000, c: 20 })) writeFileSync(join(folder, name), 'x'.repeat(length))
  const archive = execFileSync('tar', ['-c', '-f', '-', '--sort=name', 'a', 'b', 'c'], { cwd: folder })
  rmSync(folder, { recursive: true })

  const sizes: Record<string, number> = {}
  for await (const { path, sizeBytes, pieces: take } of tarEntries(pieces(archive, 700))) {
    sizes[path] = sizeBytes
    if (path === '/b') await take().next()
  }

  expect(sizes).toEqual({ '/a': 10, '/b': 5000, '/c': 20 })
})

/** What earlier releases left on a disk is used by this one; what a later one left is refused with a sentence, and stays as it is. */
import { checkDataDirectory, type EmbeddedPachd, startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, commitReference, createPachdClient, type PachdClient, readFile as readCommitted, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { isMounted, send, startProcess, type ServerProcess } from '../server-process.js'
import { images, labels, LARGE_FILE, opened } from './kept-repos.js'

const run = promisify(execFile)
const releases = (await readdir(import.meta.dirname)).filter(name => name.endsWith('.tar.gz'))

/** A disk as a release left it, and a pachd on it. */
interface KeptDisk {
  readonly folder: string
  readonly pachd: EmbeddedPachd
  readonly client: PachdClient
  readonly config: string
}

async function unpacked(release: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'upgrade-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }))
  await run('tar', ['--extract', '--no-same-owner', '--same-permissions', `--file=${join(import.meta.dirname, release)}`, '--directory', folder])
  return folder
}

async function withPachd(folder: string): Promise<KeptDisk> {
  const pachd = await startEmbeddedPachd({ dataDir: join(folder, 'pachd'), port: 0 })
  onTestFinished(() => pachd.stop())
  const client = createPachdClient({ address: pachd.address })
  onTestFinished(() => client.close())
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'kept', contexts: { kept: { pachd_address: pachd.address } } } }), { mode: 0o600 })
  return { folder, pachd, client, config }
}

/** A server that finds stage and cache where it looks for them: the stage goes by the mount directory, which is another one here. */
async function startOn({ folder, config }: KeptDisk): Promise<ServerProcess> {
  const [kept = ''] = await readdir(join(folder, 'stage'))
  const place = await StageDirectory.claim(join(folder, 'place'), join(folder, 'pfs'))
  place.release()
  await mkdir(join(folder, 'place'), { recursive: true })
  await rename(join(folder, 'stage', kept), place.path)
  const server = await startProcess(['--stage-dir', join(folder, 'place'), '--cache-dir', join(folder, 'cache')], { config, folder })
  await vi.waitFor(async () => expect(await isMounted(server.mountDir), server.log()).toBe(true), { timeout: 20_000 })
  return server
}

async function ask(server: ServerProcess, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const { status, text } = await send({ socketPath: server.socket }, method, path, body)
  expect(status, text).toBe(200)
  return JSON.parse(text) as Record<string, unknown>
}

async function committed(client: PachdClient, repo: string, path: string): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of readCommitted(client, { commit: commitReference({ repo, branch: 'master' }), path })) parts.push(part)
  return Buffer.concat(parts).toString()
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe.each(releases)('what %s left', release => {
  test('is a data directory that is whole, and in which work goes on', async () => {
    const folder = await unpacked(release)

    expect(await all(checkDataDirectory(join(folder, 'pachd')))).toEqual([])
    const { client } = await withPachd(folder)

    expect((await all(client.pfs.listRepo({ type: 'user' }))).map(({ repo, description }) => [repo?.name, description]).sort()).toEqual([['images', 'pictures'], ['labels', 'what they show'], ['later', '']])
    for (const [path, bytes] of Object.entries(images)) expect(await committed(client, 'images', path)).toBe(bytes.toString())
    expect((await all(client.pfs.listCommit({ repo: repoReference({ name: 'labels' }), all: true }))).length).toBe(labels.length)
    expect((await client.pfs.inspectBranch({ branch: branchReference({ repo: 'later', branch: 'derived' }) })).provenance.map(({ repo, name }) => `${repo?.name ?? ''}@${name}`)).toEqual(['images@master'])
    await client.pfs.finishCommit({ commit: commitReference({ repo: 'later', branch: 'master' }) })
    expect(await committed(client, 'later', 'begun.txt')).toBe(opened['begun.txt'])
  })

  test('are changes that are mounted as they were, and can be committed', async () => {
    const disk = await withPachd(await unpacked(release))
    const server = await startOn(disk)
    const w = join(server.mountDir, 'w')

    await vi.waitFor(async () => expect(await ask(server, 'GET', '/mounts/details'), server.log()).toMatchObject({ mounted: [{ name: 'w', repo: 'labels', mode: 'rw' }] }), { timeout: 20_000 })
    expect((await readdir(w)).sort()).toEqual(['changed.txt', 'empty directory', 'link', 'new name.txt', 'new.txt'])
    expect(await readFile(join(w, 'changed.txt'), 'utf8')).toBe('second\nappended\n')
    expect(await readFile(join(w, 'new name.txt'), 'utf8')).toBe('renamed\n')
    expect(await readlink(join(w, 'link'))).toBe('new.txt')
    await ask(server, 'PUT', '/_commit', { mount: 'w' })

    expect(await committed(disk.client, 'labels', 'new.txt')).toBe('new\n')
    expect(await committed(disk.client, 'labels', 'changed.txt')).toBe('second\nappended\n')
    await expect(committed(disk.client, 'labels', 'deleted.txt')).rejects.toThrow('not found')
  })

  test('is a cache out of which files come while pachd is away', async () => {
    const disk = await withPachd(await unpacked(release))
    const server = await startOn(disk)
    await ask(server, 'PUT', '/_mount', { mounts: [{ name: 'images', repo: 'images' }] })
    const paths = Object.keys(images).map(name => join(server.mountDir, 'images', name))
    for (const path of await readdir(join(server.mountDir, 'images'))) await stat(join(server.mountDir, 'images', path))

    await disk.pachd.stop()

    expect((await Promise.all(paths.map(path => readFile(path)))).map(bytes => bytes.equals(images['cat.png']) || bytes.equals(images[LARGE_FILE]))).toEqual([true, true])
  })
})

describe('what a later release left is refused, and not touched', () => {
  const [release = ''] = releases

  test('a data directory', async () => {
    const dataDir = join(await unpacked(release), 'pachd')
    await writeFile(join(dataDir, 'format.json'), '{"format":1000}\n')
    const before = await sumsOf(dataDir)

    await expect(startEmbeddedPachd({ dataDir, port: 0 })).rejects.toThrow(/was written by a newer pachd-embedded \(format 1000, this one knows up to \d+\); update pachd-embedded, or choose another directory with --data-dir/)

    expect(await sumsOf(dataDir)).toEqual(before)
  })

  test('changes, and a cache, without which the server runs', async () => {
    const disk = await withPachd(await unpacked(release))
    const [stage = ''] = await readdir(join(disk.folder, 'stage'))
    const [area = ''] = (await readdir(join(disk.folder, 'stage', stage))).filter(name => name.startsWith('mount-'))
    await raiseVersion(join(disk.folder, 'stage', stage, area, 'journal'))
    await writeFile(join(disk.folder, 'cache', 'format'), 'jupyterlab-pachyderm cache, format 1000\n')
    const before = [await sumsOf(join(disk.folder, 'stage', stage, area)), await sumsOf(join(disk.folder, 'cache'))]

    const server = await startOn(disk)

    expect(await ask(server, 'GET', '/mounts')).toMatchObject({ mounted: [] })
    await vi.waitFor(() => expect(server.log()).toMatch(/were written by a newer mount-server \(format 1000, this one knows \d+\); start that version to commit them/), { timeout: 20_000 })
    expect(server.log()).toMatch(/was written by a later version \(format 1000, this version knows \d+\); choose another directory with --cache-dir, or remove it/)
    const [place = ''] = await readdir(join(disk.folder, 'place'))
    expect([await sumsOf(join(disk.folder, 'place', place, area)), await sumsOf(join(disk.folder, 'cache'))]).toEqual(before)
  })
})

/** Every file below a directory with a checksum of its bytes. */
async function sumsOf(directory: string): Promise<Record<string, string>> {
  const entries = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Object.fromEntries(await Promise.all(entries.sort().map(async path => [path.slice(directory.length), createHash('sha256').update(await readFile(path)).digest('hex')] as const)))
}

/** Makes the first record of a journal say that a later version wrote it. */
async function raiseVersion(journal: string): Promise<void> {
  const bytes = await readFile(journal)
  const end = 8 + bytes.readUInt32LE(0)
  const [kind, header] = JSON.parse(bytes.subarray(8, end).toString()) as [string, object]
  const text = Buffer.from(JSON.stringify([kind, { ...header, version: 1000 }]))
  const head = Buffer.alloc(8)
  head.writeUInt32LE(text.byteLength, 0)
  head.writeUInt32LE(crc32(text), 4)
  await writeFile(journal, Buffer.concat([head, text, bytes.subarray(end)]))
}

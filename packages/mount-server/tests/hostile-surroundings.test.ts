/** The threats from a pachd that means harm and from other programs of this machine; the numbers are those of the threat table. */
import type { DirectoryPage } from '@jupyterlab-pachyderm/mount-api'
import { mountPointAt } from '@jupyterlab-pachyderm/mount-fs'
import { pfs } from '@jupyterlab-pachyderm/pachd-proto'
import { once } from 'node:events'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'

import { WatchedMount } from '../src/watchdog/watched-mount.js'
import { hostilePaths, shownName } from './hostile-names.js'
import { type PachdBorder, startPachdBorder } from './pachd-border.js'
import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, type ServerProcess, untilAnswers } from './server-process.js'
import { serveApp } from './serving-app.js'

const run = promisify(execFile)
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('cats', { '/a': 'meow' })
})
afterAll(() => pachd.stop())

/** A pachd that lies, and a config file that names it. */
async function lyingPachd(): Promise<PachdBorder & { config: string }> {
  const border = await startPachdBorder(pachd.pachd.address)
  onTestFinished(() => border.stop())
  const config = join(await newFolder(), 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: border.address } } } }), { mode: 0o600 })
  return { ...border, config }
}

/** The message of a google.protobuf.BytesValue. */
const bytesValue = (text: string) => Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)])

/** The paths that a process has open. */
async function openFiles({ child }: ServerProcess): Promise<string[]> {
  const descriptors = `/proc/${String(child.pid)}/fd`
  const targets = await Promise.all((await readdir(descriptors)).map(descriptor => readlink(join(descriptors, descriptor)).catch(() => '')))
  return targets.filter(target => target.startsWith('/'))
}

const newFolder = () => mkdtemp(join(pachd.folder, 'case-'))

const mount = (server: ServerProcess, mode: 'ro' | 'rw' = 'ro') => send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats', mode }] })

async function end(server: ServerProcess): Promise<void> {
  server.child.kill('SIGTERM')
  await server.exit
}

test('T14: names from pachd that lead elsewhere are neither shown nor followed', async () => {
  const border = await lyingPachd()
  const { call, names, fileSystem } = await serveApp({ config: border.config, folder: await newFolder() }).then(served => {
    onTestFinished(() => served.stop())
    return served
  })
  await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })
  const paths = ['/..', '/.', '/../etc/passwd', '//', '', '/a/../b', '/nul\0byte', `/${'x'.repeat(5000)}`, 'etc/passwd', '/good']

  border.answer('/pfs_v2.API/ListFile', paths.map(path => pfs.FileInfo.encode(pfs.FileInfo.fromPartial({ file: { path }, fileType: 'FILE', sizeBytes: 1 })).finish()))

  expect(await names('/m')).toEqual(['good'])
  expect((await call('GET', '/files/m/')).json()).toMatchObject({ entries: [{ name: 'good' }], total: 1 })
  for (const path of ['/m/..', '/m/../etc/passwd', '/m/a/../b', '/m/nul\0byte']) await expect(fileSystem.stat(path), path).rejects.toMatchObject({ code: expect.stringMatching(/ENOENT|EINVAL|ENOTDIR/) as string })
})

test('T14: of a million names from pachd exactly those are shown that are names, and no file is opened outside of the directories of the server', { timeout: 180_000 }, async () => {
  const border = await lyingPachd()
  const directories = Array.from({ length: 20 }, (_, index) => `/d${String(index)}`)
  const list = (paths: readonly string[], fileType: 'FILE' | 'DIR') => border.answer('/pfs_v2.API/ListFile', paths.map(path => pfs.FileInfo.encode(pfs.FileInfo.fromPartial({ file: { path }, fileType, sizeBytes: 4 })).finish()))
  border.answer('/pfs_v2.API/GetFile', bytesValue('meow'))
  const server = await startProcess(['--no-fuse'], { config: border.config, folder: await newFolder() })
  await untilAnswers(server)
  await mount(server, 'rw')
  const ask = (method: string, url: string, body?: string) => send({ socketPath: server.socket }, method, url, body)
  const statuses = new Set<number>()
  const openBefore = new Set(await openFiles(server))
  const opened = new Set<string>()
  list(directories.map(directory => `${directory}/`), 'DIR')
  expect(JSON.parse((await ask('GET', '/files/m/')).text)).toMatchObject({ total: directories.length })

  for (const [seed, directory] of directories.entries()) {
    const paths = [...hostilePaths(50_000, directory, seed + 1)]
    list(paths, 'FILE')

    const listed: string[] = []
    for (let after: string | null = ''; after !== null;) {
      const page = JSON.parse((await ask('GET', `/files/m${directory}?limit=10000&after=${encodeURIComponent(after)}`)).text) as DirectoryPage
      listed.push(...page.entries.map(({ name }) => name))
      after = page.next
    }
    expect(listed.sort()).toEqual([...new Set(paths.flatMap(path => shownName(path, directory) ?? []))].sort())

    // Reading fills the cache, writing the stage.
    for (let index = 0; index < paths.length; index += 2500) {
      const url = `/files/m${directory}/${encodeURIComponent((paths[index] ?? '').slice(directory.length + 1))}`
      for (const body of [undefined, 'mine']) {
        const answer = ask(body === undefined ? 'GET' : 'PUT', url, body)
        for (const target of await openFiles(server)) opened.add(target)
        statuses.add((await answer).status)
      }
    }
  }

  expect([...statuses].filter(status => status >= 500)).toEqual([])
  expect(statuses).toContain(200)
  expect([...opened].filter(target => !target.startsWith(server.folder) && !openBefore.has(target))).toEqual([])
  expect([...opened].filter(target => target.startsWith(join(server.folder, 'state'))), 'the journal of the stage, at least').not.toEqual([])
})

describe('T16: links in the directories of the server lead nowhere', () => {
  /** Directories of a server that has read and written, and a place outside of them that must stay as it is. */
  async function usedDirectories() {
    const folder = await newFolder()
    const [cache, stage, outside] = [join(folder, 'cache'), join(folder, 'stage'), join(folder, 'outside')]
    await mkdir(outside)
    await writeFile(join(outside, 'journal'), 'precious')
    const start = async () => {
      const server = await startProcess(['--no-fuse', '--no-commit-on-exit', '--cache-dir', cache, '--stage-dir', stage], { config: pachd.config, folder })
      onTestFinished(() => void server.child.kill('SIGKILL'))
      return server
    }
    const server = await start()
    await untilAnswers(server)
    await mount(server, 'rw')
    expect((await send({ socketPath: server.socket }, 'GET', '/files/m/a')).text).toBe('meow')
    expect((await send({ socketPath: server.socket }, 'PUT', '/files/m/new', 'changed')).status).toBeLessThan(300)
    await end(server)
    const [claimed = ''] = await readdir(stage)
    return { cache, stage: join(stage, claimed), outside, start }
  }

  test('what is planted while the server is away is not written through', async () => {
    const { cache, stage, outside, start } = await usedDirectories()
    const precious = join(outside, 'journal')
    const area = join(stage, (await readdir(stage)).find(name => name.startsWith('mount-')) ?? '')
    for (const part of ['blocks', 'packs', 'scratch']) {
      await rm(join(cache, part), { recursive: true })
      await symlink(outside, join(cache, part))
    }
    await rm(join(stage, 'reserve'), { force: true })
    await symlink(precious, join(stage, 'reserve'))
    await symlink(outside, join(stage, 'mount-planted'))
    await writeFile(join(area, 'journal'), 'half a record', { flag: 'a' })
    for (const name of ['journal.cut', 'journal.next']) await symlink(precious, join(area, name))

    const server = await start()
    await untilAnswers(server)
    await vi.waitFor(async () => expect((await send({ socketPath: server.socket }, 'GET', '/files/m/new')).text).toBe('changed'), { timeout: 20_000 })
    expect((await send({ socketPath: server.socket }, 'GET', '/files/m/a')).text).toBe('meow')
    expect((await send({ socketPath: server.socket }, 'PUT', '/files/m/more', 'more')).status).toBeLessThan(300)
    await end(server)

    expect([await readdir(outside), await readFile(precious, 'utf8')]).toEqual([['journal'], 'precious'])
  })

  test('what is planted 10,000 times while the server reads and writes is not followed', async () => {
    const { cache, stage, outside, start } = await usedDirectories()
    const precious = join(outside, 'journal')
    const server = await start()
    await untilAnswers(server)
    const ask = (method: string, url: string, body?: unknown) => send({ socketPath: server.socket }, method, url, body)
    await vi.waitFor(async () => expect((await ask('GET', '/files/m/new')).text).toBe('changed'), { timeout: 20_000 })
    const area = join(stage, (await readdir(stage)).find(name => name.startsWith('mount-')) ?? '')

    let written = 0
    const race = { isOn: true }
    const working = (async () => {
      const answers = new Set<string>()
      while (race.isOn || written < 50) {
        const name = `w${String(written++)}`
        await ask('PUT', `/files/m/${name}`, 'harmless')
        for (const read of [name, 'a']) answers.add((await ask('GET', `/files/m/${read}`)).text)
        if (written % 20 === 0) await ask('PUT', '/_commit', { mount: 'm' })
      }
      return answers
    })()
    let planted = 0
    for (let last = 0; planted < 10_000; ) {
      const cached = await readdir(cache, { recursive: true, withFileTypes: true })
      // The names that come next, and those that are written anew.
      last = Math.max(last, ...(await readdir(area)).map(name => Number(/^f(\d+)$/.exec(name)?.[1] ?? 0)))
      const places = [
        ...Array.from({ length: 60 }, (_, ahead) => join(area, `f${String(last + 1 + ahead)}`)), join(area, 'journal.next'), join(area, 'journal.cut'), join(stage, 'reserve'),
        ...cached.filter(entry => entry.isFile() && entry.name !== 'format').map(entry => join(entry.parentPath, entry.name)),
      ]
      for (const place of places) {
        if (!place.startsWith(area)) await rm(place, { force: true })
        planted += await symlink(precious, place).then(() => 1, () => 0)
      }
      for (const place of places) if ((await lstat(place).catch(() => undefined))?.isSymbolicLink()) await rm(place, { force: true })
    }
    race.isOn = false
    const answers = await working

    expect([...answers].filter(text => text.includes('precious'))).toEqual([])
    expect(answers).toContain('harmless')
    expect([await readdir(outside), await readFile(precious, 'utf8')]).toEqual([['journal'], 'precious'])
    expect((await ask('GET', '/files/m/a')).text).toBe('meow')
  })

  test('a link in the place of a staged file is an error of that file', async () => {
    const { stage, outside, start } = await usedDirectories()
    const area = join(stage, (await readdir(stage)).find(name => name.startsWith('mount-')) ?? '')
    const staged = (await readdir(area)).find(name => /^f\d+$/.test(name)) ?? ''
    await rename(join(area, staged), join(area, 'aside'))
    await symlink(join(outside, 'journal'), join(area, staged))

    const server = await start()
    await untilAnswers(server)

    await vi.waitFor(async () => expect((await send({ socketPath: server.socket }, 'GET', '/files/m/a')).text).toBe('meow'), { timeout: 20_000 })
    expect(await send({ socketPath: server.socket }, 'GET', '/files/m/new')).toMatchObject({ text: expect.stringContaining('ELOOP') as string })
  })

  test.each([
    ['a link', async (stage: string, outside: string) => { await rm(stage, { recursive: true }); await symlink(outside, stage) }],
    ['a directory of another user', (stage: string) => run('chown', ['65534', stage])],
  ])('%s in the place of the stage directory is refused', async (_what, plant) => {
    const { stage, outside, start } = await usedDirectories()
    await plant(stage, outside)

    const server = await start()
    await untilAnswers(server)
    const refused = await mount(server, 'rw')

    for (const text of [server.log(), refused.text]) expect(text).toContain('is a link or belongs to another user; choose another --stage-dir')
    expect(await readdir(outside)).toEqual(['journal'])
  })

  test('a cache directory of another user is not used', async () => {
    const { cache, start } = await usedDirectories()
    await run('chown', ['65534', cache])

    const server = await start()
    await untilAnswers(server)

    await vi.waitFor(() => expect(server.log()).toContain('belongs to another user; choose another one with --cache-dir'), { timeout: 20_000 })
  })
})

describe('T20: what is not the file that pachd lists is an input/output error, and a line in the log', () => {
  test.each([['fewer bytes', 'me', 'pachd lists 4 bytes and sends 2'], ['more bytes', 'meow meow', 'pachd lists 4 bytes and sends more than 4'], ['other bytes', 'mEow', 'pachd sends other bytes than those that it has hashed']])('%s', async (_what, sent, reason) => {
    const border = await lyingPachd()
    border.answer('/pfs_v2.API/GetFile', bytesValue(sent))
    const server = await startProcess(['--log-format', 'json'], { config: border.config })
    await untilAnswers(server)
    await vi.waitFor(async () => expect(await isMounted(server.mountDir)).toBe(true), { timeout: 20_000 })
    await mount(server)

    await expect(readFile(join(server.mountDir, 'm/a'))).rejects.toMatchObject({ code: 'EIO' })

    await vi.waitFor(() => expect(server.log()).toMatch(new RegExp(`"path":"/m/a".*${reason}`)))
  })
})

test('T25: the programs that the server starts are those of the system, and get nothing of its environment', async () => {
  const folder = await newFolder()
  const trap = join(folder, 'trap')
  await mkdir(join(folder, 'bin'))
  for (const name of ['fusermount', 'fusermount3', 'umount', 'stat', 'node', 'sh', 'sudo']) {
    await writeFile(join(folder, 'bin', name), `#!/bin/sh\necho ${name} >> ${trap}\nexit 1\n`)
    await chmod(join(folder, 'bin', name), 0o755)
  }
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']!}`, NODE_OPTIONS: '--no-deprecation', LD_PRELOAD: join(folder, 'none.so'), CANARY: 'of the server' }
  const first = await startProcess([], { config: pachd.config, folder, env })
  await vi.waitFor(async () => expect(await isMounted(first.mountDir)).toBe(true), { timeout: 20_000 })

  const watchdog = await vi.waitFor(() => childNamed(first, 'pfs-watchdog'), { timeout: 20_000 })
  const environment = await readFile(`/proc/${watchdog}/environ`, 'utf8')
  const directory = await readlink(`/proc/${watchdog}/cwd`)
  first.child.kill('SIGKILL')
  await first.exit
  // What the first one left is unmounted by programs of the system.
  const second = await startProcess([], { config: pachd.config, folder, env })
  await untilAnswers(second)
  await vi.waitFor(async () => expect((await send({ socketPath: second.socket }, 'GET', '/ready')).status).toBe(200), { timeout: 20_000 })
  await end(second)

  expect(environment).not.toMatch(/PATH=|NODE_OPTIONS|LD_PRELOAD|CANARY|PACH_CONFIG|HOME/)
  expect(directory).toBe(new URL('../src/watchdog', import.meta.url).pathname)
  await expect(readFile(trap)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await isMounted(second.mountDir)).toBe(false)
})

/** The id of a child process by its title. */
async function childNamed({ child }: ServerProcess, title: string): Promise<string> {
  const pids = (await readFile(`/proc/${String(child.pid)}/task/${String(child.pid)}/children`, 'utf8')).trim().split(' ')
  for (const pid of pids) if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).startsWith(title)) return pid
  throw new Error(`no child is called ${title}`)
}

describe('T26: what a server of before left behind never hits another process', () => {
  test('a socket that another program has taken meanwhile is left to it, and the program lives', async () => {
    const folder = await newFolder()
    const first = await startProcess(['--no-fuse'], { config: pachd.config, folder })
    await untilAnswers(first)
    first.child.kill('SIGKILL')
    await first.exit
    await rm(first.socket)
    const other = createServer(socket => socket.on('error', () => undefined).end('other')).listen(first.socket)
    await once(other, 'listening')
    onTestFinished(() => void other.close())

    const second = await startProcess(['--no-fuse'], { config: pachd.config, folder })

    expect([await second.exit, second.log()]).toEqual([1, expect.stringContaining('another server listens')])
    const [answer] = (await once(createConnection(first.socket), 'data')) as [Buffer]
    expect(answer.toString()).toBe('other')
  })

  test('no process is signalled or let in because its id is written down', async () => {
    const folder = await newFolder()
    const first = await startProcess(['--no-fuse'], { config: pachd.config, folder })
    await untilAnswers(first)
    const pid = String(first.child.pid)
    first.child.kill('SIGKILL')
    await first.exit
    const bystander = spawn('/bin/sleep', ['600'])
    onTestFinished(() => void bystander.kill('SIGKILL'))
    // What other programs keep in such files is no business of the server.
    for (const name of ['pfs.sock.lock', 'pfs.pid', 'mount-server.pid']) await writeFile(join(folder, name), String(bystander.pid))
    const [stage = ''] = await readdir(join(folder, 'state/jupyterlab-pachyderm/stage'))
    await writeFile(join(folder, 'state/jupyterlab-pachyderm/stage', stage, 'lock'), `${String(bystander.pid)} here now\n`)

    const second = await startProcess(['--no-fuse'], { config: pachd.config, folder })
    await untilAnswers(second)
    expect(second.log()).not.toContain('is in use by')
    await end(second)

    expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null])
    const written = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile())
    for (const entry of written) expect(await readFile(join(entry.parentPath, entry.name), 'utf8'), entry.name).not.toBe(pid)
  })

  test('what somebody else has mounted on the mount directory meanwhile stays', async () => {
    const place = join(await newFolder(), 'pfs')
    await mkdir(place)
    await run('mount', ['-t', 'tmpfs', 'other', place])
    onTestFinished(() => run('umount', [place]).then(() => undefined))
    await writeFile(join(place, 'kept'), 'kept')
    const present = await mountPointAt(place)
    const watched = new WatchedMount({ directory: place, id: (present?.id ?? 0) + 1, minor: 1, type: 'fuse.pfs', source: 'pfs' })

    await watched.takeAway()

    expect([await watched.health(1000), await readFile(join(place, 'kept'), 'utf8')]).toEqual(['gone', 'kept'])
  })
})

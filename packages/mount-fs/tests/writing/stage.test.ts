/** What lies in the stage directory, and what is made of it after a restart. */
import { execFile } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'

import { findLeftChanges, FsError, keptIn, StageDirectory } from '../../src/index.js'
import { stagedRepo } from './staged-repo.js'

const run = promisify(execFile)
const MIB = 1024 * 1024

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stage-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const stagedFiles = async (area: string) => (await readdir(area)).filter(name => /^f\d+$/.test(name))

describe('after a restart', () => {
  test('files, directories, links, modes and times are as they were, and a commit sends them', async () => {
    const before = await stagedRepo({ '/a/x': 'x', '/a/y': 'y', '/b': 'b' })
    await before.write('/new', 'new')
    await before.write('/b', 'B', 0)
    await before.fileSystem.rename('/w/a', '/w/moved')
    await before.fileSystem.unlink('/w/moved/y')
    await before.fileSystem.mkdir('/w/empty')
    await before.fileSystem.symlink('new', '/w/link')
    await before.fileSystem.change('/w/new', { mode: 0o600, modified: { ms: 1_000_000_000_000, ns: 0 } })

    const { read, fileSystem, copy, pachd } = await before.restart()

    expect((await fileSystem.readdir('/w')).map(({ name }) => name).sort()).toEqual(['b', 'empty', 'link', 'moved', 'new'])
    expect([await read('/new'), await read('/b'), await read('/moved/x'), await fileSystem.readlink('/w/link')]).toEqual(['new', 'B', 'x', 'new'])
    expect(await fileSystem.stat('/w/new')).toMatchObject({ mode: 0o600, modifiedMs: 1_000_000_000_000 })
    expect(await copy.countChanges()).toEqual({ added: 3, changed: 1, deleted: 1 })
    await copy.commitChanges()
    expect(pachd.filesOf()).toEqual({ '/b': 'B', '/moved/x': 'x', '/new': 'new', '/link': 'new' })
  })

  test('nothing is asked from pachd', async () => {
    const before = await stagedRepo({ '/a/x': 'x' })
    await before.fileSystem.unlink('/w/a/x')
    before.pachd.calls.clear()

    await before.restart()

    expect([...before.pachd.calls.keys()]).toEqual([])
  })

  test('a commit that pachd made while nobody listened is found, and not made again', async () => {
    const before = await stagedRepo({ '/a': 'a' })
    await before.write('/new', 'new')
    await before.fileSystem.unlink('/w/a')
    before.pachd.before = method => (method === 'inspectBranch' && before.pachd.calls.get('modifyFile') ? new Promise<void>(() => undefined) : undefined)
    void before.copy.commitChanges()
    await expect.poll(() => before.pachd.calls.get('modifyFile')).toBe(1)
    await expect.poll(() => before.pachd.filesOf()).toEqual({ '/new': 'new' })
    await before.write('/later', 'later')
    before.pachd.before = () => undefined

    const { copy, pachd } = await before.restart()
    await copy.commitChanges()

    expect(pachd.calls.get('modifyFile')).toBe(2)
    expect(pachd.filesOf()).toEqual({ '/new': 'new', '/later': 'later' })
  })

  test('a commit that did not reach pachd is made by the next try', async () => {
    const before = await stagedRepo()
    await before.write('/new', 'new')
    before.pachd.before = method => (method === 'modifyFile' ? new Promise<void>(() => undefined) : undefined)
    void before.copy.commitChanges()
    await expect.poll(() => before.pachd.calls.get('modifyFile')).toBe(1)
    before.pachd.before = () => undefined

    const { copy, pachd } = await before.restart()
    await copy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/new': 'new' })
  })

  test.each([
    ['a torn record', (journal: string) => appendFile(journal, Buffer.from([40, 0, 0, 0, 1, 2, 3, 4, 91]))],
    ['zeros', (journal: string) => appendFile(journal, Buffer.alloc(4096))],
    ['a damaged record', async (journal: string) => {
      const file = await open(journal, 'r+')
      await file.write(Buffer.from('#'), 0, 1, (await file.stat()).size - 2)
      await file.close()
    }],
  ])('%s at the end of the journal is cut off, and what was before is there', async (_what, damage) => {
    const before = await stagedRepo({ '/a': 'a' })
    await before.write('/one', '1')
    await before.fileSystem.mkdir('/w/last')

    const { read, copy, stageDir } = await before.restart({ between: path => damage(join(path, 'journal')) })

    expect(await read('/one')).toBe('1')
    expect(copy.hasChanges).toBe(true)
    expect(keptIn(stageDir)).toMatchObject([{ mount: 'w', files: [{ name: 'journal' }] }])
    expect(copy.damage).toContain("the record of the changes in 'w' is damaged")
  })

  test('a file that lost its bytes with the power is as in the commit, when that has it', async () => {
    const before = await stagedRepo({ '/a': 'committed' })
    await before.write('/a', 'C', 0)

    const { read } = await before.restart({ between: async path => { for (const name of await stagedFiles(path)) await rm(join(path, name)) } })

    expect(await read('/a')).toBe('committed')
  })

  test('changes of a newer version are left alone, and why is said', async () => {
    const before = await stagedRepo()
    before.copy.close()
    const text = Buffer.from(JSON.stringify(['mount', { version: 99, name: 'w' }]))
    const head = Buffer.alloc(8)
    head.writeUInt32LE(text.byteLength, 0)
    head.writeUInt32LE(crc32(text), 4)
    const journal = join(await before.area(), 'journal')
    await writeFile(journal, Buffer.concat([head, text]))
    const reasons: string[] = []

    expect(findLeftChanges(new StageDirectory(before.stageDir), error => reasons.push(error.message))).toEqual([])

    expect(reasons).toEqual([expect.stringContaining('newer mount-server (format 99, this one knows 1)')])
    expect(await readFile(journal)).toEqual(Buffer.concat([head, text]))
  })
})

describe('contents', () => {
  test('changing a part of a large file fetches nothing, and shows the rest', async () => {
    const { pachd, write, read, restart } = await stagedRepo({ '/large': Buffer.alloc(8 * MIB, 'a') })

    await write('/large', 'X'.repeat(1024), 4 * MIB)

    expect(pachd.sentBytes).toBe(0)
    const expected = `${'a'.repeat(4 * MIB)}${'X'.repeat(1024)}${'a'.repeat(4 * MIB - 1024)}`
    expect((await read('/large')) === expected).toBe(true)
    const again = await restart()
    expect((await again.read('/large')) === expected).toBe(true)
    await again.copy.commitChanges()
    expect(pachd.filesOf()['/large'] === expected).toBe(true)
  })

  test('appending to a large file sends what was appended', async () => {
    const { pachd, write, copy } = await stagedRepo({ '/large': Buffer.alloc(8 * MIB, 'a') })
    let sent = 0

    await write('/large', 'end', 8 * MIB)
    await copy.commitChanges({ sent: bytes => (sent += bytes) })

    expect([sent, pachd.sentBytes]).toEqual([3, 0])
    expect(pachd.filesOf()['/large'] === `${'a'.repeat(8 * MIB)}end`).toBe(true)
  })

  test('a file that was cut and grown again shows zeros, and not what was there', async () => {
    const { fileSystem, read, restart } = await stagedRepo({ '/a': 'abcdef' })

    await fileSystem.truncate('/w/a', 2)
    await fileSystem.truncate('/w/a', 4)

    expect(await read('/a')).toBe('ab\0\0')
    expect(await (await restart()).read('/a')).toBe('ab\0\0')
  })

  test('staged bytes go when they are committed, deleted or written over', async () => {
    const { write, copy, fileSystem, area, read } = await stagedRepo()
    for (const name of ['a', 'b', 'c']) await write(`/${name}`, name)
    await fileSystem.unlink('/w/a')
    await fileSystem.rename('/w/b', '/w/c')
    await expect.poll(async () => (await stagedFiles(await area())).length).toBe(1)

    await copy.commitChanges()

    expect(await stagedFiles(await area())).toEqual([])
    expect(await read('/c')).toBe('b')
  })

  test('nobody else can read them', async () => {
    const { write, area, stageDir } = await stagedRepo()
    await write('/secret', 's')

    const path = await area()

    expect([(await stat(stageDir)).mode & 0o777, (await stat(path)).mode & 0o777, (await stat(join(path, 'f1'))).mode & 0o777, (await stat(join(path, 'journal'))).mode & 0o777]).toEqual([0o700, 0o700, 0o600, 0o600])
  })

  test('a long history of changes leaves a short journal', async () => {
    const { write, fileSystem, area } = await stagedRepo()

    for (let round = 0; round < 20_000; round++) {
      await write('/temporary', 'x')
      await fileSystem.unlink('/w/temporary')
    }

    expect((await stat(join(await area(), 'journal'))).size).toBeLessThan(5 * MIB)
  })
})

describe('when there is no place', () => {
  test('writing is ENOSPC, and what was written before is read and committed', async () => {
    const { write, read, copy, pachd, fileSystem } = await stagedRepo({ '/a': 'a' }, { maxBytes: MIB })
    await write('/kept', 'k'.repeat(1000))

    await expect(write('/large', Buffer.alloc(2 * MIB))).rejects.toMatchObject({ code: 'ENOSPC', message: expect.stringContaining('commit or discard changes') as string })

    expect([await read('/kept'), await read('/a')]).toEqual(['k'.repeat(1000), 'a'])
    await fileSystem.unlink('/w/large')
    await copy.commitChanges()
    expect(pachd.filesOf()).toEqual({ '/a': 'a', '/kept': 'k'.repeat(1000) })
    await write('/after', Buffer.alloc(MIB - 10))
  })

  // Only root can make a disk so small; for others the test above, with a limit of the stage, has to do.
  test.runIf(process.getuid?.() === 0)('a disk that is full to the last block refuses writes, and lets files be deleted and commits be made', async () => {
    const disk = await temporaryFolder()
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
    onTestFinished(async () => {
      await run('umount', ['-l', disk])
    })
    const { write, copy, pachd, fileSystem, read } = await stagedRepo({ '/a': 'a' }, { folder: disk })
    await write('/kept', 'kept')
    await write('/victim', 'v'.repeat(200_000))

    const refused: unknown[] = []
    for (let number = 0; refused.length < 5; number++) await write(`/f${String(number)}`, Buffer.alloc(100_000, 'f')).catch((error: unknown) => refused.push(error))
    await run('dd', ['if=/dev/zero', `of=${join(disk, 'others')}`, 'bs=4096']).catch(() => undefined)
    await expect(write('/more', Buffer.alloc(100_000))).rejects.toMatchObject({ code: 'ENOSPC' })

    expect(refused.every(error => error instanceof FsError && error.code === 'ENOSPC')).toBe(true)
    expect([await read('/kept'), await read('/a')]).toEqual(['kept', 'a'])
    await fileSystem.unlink('/w/victim')
    await copy.commitChanges()
    expect(pachd.filesOf()).toMatchObject({ '/a': 'a', '/kept': 'kept' })
    expect(pachd.filesOf()).not.toHaveProperty('/victim')
  })
})

describe('on a disk that others fill again and again', () => {
  test.runIf(process.getuid?.() === 0)('each commit that pachd holds is answered as made, and the reserve comes back with the room', async () => {
    const disk = await temporaryFolder()
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
    onTestFinished(async () => {
      await run('umount', ['-l', disk])
    })
    const { write, copy, pachd, fileSystem, stageDir, restart } = await stagedRepo({ '/a': 'a' }, { folder: disk })
    const fill = (name: string) => run('dd', ['if=/dev/zero', `of=${join(disk, name)}`, 'bs=4096']).catch(() => undefined)
    for (let number = 1; number <= 4; number++) await write(`/f${String(number)}`, String(number).repeat(5000))

    for (let number = 1; number <= 4; number++) {
      await fill(`others-${String(number)}`)
      await fileSystem.unlink(`/w/f${String(number)}`)
      // Others are faster than the end of the commit.
      pachd.before = method => (method === 'inspectBranch' ? fill(`more-${String(number)}`).then(() => undefined) : undefined)
      await copy.commitChanges()
      pachd.before = () => undefined

      expect(pachd.filesOf()).not.toHaveProperty(`/f${String(number)}`)
      expect(await copy.countChanges()).toEqual({ added: 0, changed: 0, deleted: 0 })
    }

    await run('sh', ['-c', `rm ${join(disk, 'others-')}* ${join(disk, 'more-')}*`])
    await write('/after', 'after')
    expect((await stat(join(stageDir, 'reserve'))).size).toBeGreaterThan(0)
    const again = await restart()
    expect(await again.copy.countChanges()).toEqual({ added: 1, changed: 0, deleted: 0 })
    expect(await again.read('/after')).toBe('after')
  })

  test.runIf(process.getuid?.() === 0)('a commit whose end cannot be noted is made, and the next server finds it and does not make it again', async () => {
    const disk = await temporaryFolder()
    await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk])
    onTestFinished(async () => {
      await run('umount', ['-l', disk])
    })
    const { write, copy, fileSystem, pachd, stageDir, area, restart } = await stagedRepo({ '/a': 'a' }, { folder: disk })
    await write('/new', 'new')
    pachd.before = async method => {
      if (method !== 'modifyFile') return
      // The last block of the journal has no room for the end of the commit, and the disk has no block more.
      await rm(join(stageDir, 'reserve'), { force: true })
      const journal = join(await area(), 'journal')
      for (let mode = 0o600; (await stat(journal)).size % 4096 < 4096 - 30; mode ^= 0o100) await fileSystem.change('/w/new', { mode })
      await run('dd', ['if=/dev/zero', `of=${join(disk, 'others')}`, 'bs=4096']).catch(() => undefined)
    }

    await copy.commitChanges()
    pachd.before = () => undefined
    expect(pachd.filesOf()).toEqual({ '/a': 'a', '/new': 'new' })
    expect(copy.hasChanges).toBe(false)
    await rm(join(disk, 'others'))
    const again = await restart()
    await again.copy.commitChanges()

    expect(pachd.calls.get('modifyFile')).toBe(1)
    expect(again.copy.hasChanges).toBe(false)
  })
})

describe('a stage directory', () => {
  test('belongs to one server at a time; another one of the same name gets its own, and the first one is found again', async () => {
    const root = await temporaryFolder()
    const first = await StageDirectory.claim(root, '/pfs')
    const second = await StageDirectory.claim(root, '/pfs')
    const other = await StageDirectory.claim(root, '/elsewhere')
    expect(new Set([first.path, second.path, other.path]).size).toBe(3)
    for (const stage of [first, second, other]) stage.release()

    await expect.poll(async () => {
      const again = await StageDirectory.claim(root, '/pfs')
      again.release()
      return again.path
    }).toBe(first.path)
  })

  test('leaves nothing behind when there are no changes in it', async () => {
    const root = await temporaryFolder()

    const stage = await StageDirectory.claim(root, '/pfs')
    stage.release()

    expect(await readdir(root)).toEqual([])
  })

  test('that cannot be made says what to do', async () => {
    const root = join(await temporaryFolder(), 'file')
    await writeFile(root, '')

    await expect(StageDirectory.claim(root, '/pfs')).rejects.toThrow('choose another --stage-dir')
  })

  test('forgets scratch directories and what was half made', async () => {
    const root = await temporaryFolder()
    const first = await StageDirectory.claim(root, '/pfs')
    for (const name of ['scratch-1', 'mount-1']) {
      await mkdir(join(first.path, name))
      await writeFile(join(first.path, name, 'f1'), 'x')
    }
    first.release()

    const again = await StageDirectory.claim(root, '/pfs')

    expect(await readdir(again.path)).toEqual(['lock'])
    again.release()
  })
})

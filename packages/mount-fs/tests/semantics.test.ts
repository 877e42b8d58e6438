import { type FileHandle, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test as vitestTest } from 'vitest'

import { PachdError } from '@jupyterlab-pachyderm/pachd-client'
import { CommitTrees, DiskCache, FileReaders, PathSelection, ReadOnlyVolume } from '../src/index.js'
import { mountedRepo } from './mounted-repo.js'
import { type FaultProxy, startFaultProxy } from './reading/fault-proxy.js'
import { mountedPachd } from './reading/mounted-pachd.js'

const document = new URL('../../../docs/SEMANTICS.md', import.meta.url)
const tested = new Set<string>()

/** A test of the heading of docs/SEMANTICS.md that says the same. */
function test(heading: string, body: () => Promise<void>): void {
  tested.add(heading)
  vitestTest(heading, body)
}

/** Reads an open file from its start; how many bytes came. */
async function lengthRead(file: FileHandle): Promise<number> {
  let position = 0
  for (;;) {
    const { bytesRead } = await file.read(Buffer.alloc(100_000), 0, 100_000, position)
    if (bytesRead === 0) return position
    position += bytesRead
  }
}

describe('reading', () => {
  test('A mount shows the files of one commit, with their sizes', async () => {
    const { shell } = await mountedRepo({ '/a.txt': 'hello', '/d/e/b.txt': 'bb' })

    expect(await shell('find repo -type f -printf "%P %s\\n" | sort')).toBe('a.txt 5\nd/e/b.txt 2\n')
    expect(await shell('cat repo/a.txt repo/d/e/b.txt')).toBe('hellobb')
  })

  test('Mounting and listing fetch no contents', async () => {
    const { shell, pachd } = await mountedRepo({ '/a.txt': 'hello', '/big': Buffer.alloc(3e6) })

    await shell('ls -lR repo; stat repo/big')

    expect(pachd.calls.get('getFile')).toBeUndefined()
  })

  test('A directory is listed once for all who look', async () => {
    const { shell, pachd } = await mountedRepo({ '/d/a': '1', '/d/b': '2' })

    await shell('ls -l repo/d; ls -l repo/d; cat repo/d/a')

    expect(pachd.calls.get('listFile')).toBe(1)
  })

  test('One file can be looked at and read without listing its directory', async () => {
    const { shell, pachd } = await mountedRepo({ '/d/a': '1', '/d/b': '2' })

    expect(await shell('stat -c %s repo/d/a; cat repo/d/a; stat repo/d/none 2>&1 || true')).toContain('1\n1stat: cannot stat')

    expect(pachd.calls.get('listFile')).toBeUndefined()
  })

  test('Files have mode 644 and directories 755, and belong to the user of the server', async () => {
    const { shell } = await mountedRepo({ '/d/a': '1' })

    const owner = `${String(process.getuid?.())} ${String(process.getgid?.())}`
    expect(await shell('stat -c "%a %u %g" repo/d/a repo/d')).toBe(`644 ${owner}\n755 ${owner}\n`)
  })

  test('Modes that are shown are enforced', async () => {
    const { shell } = await mountedRepo({ '/a': '1' }, { mode: 'rw', fuse: { allowOther: true } })

    await shell('cd repo; cp a b; chmod 600 b')
    // Entered as root: the directories that lead to a test's mount are closed to others.
    expect(await shell(`cd repo; setpriv --reuid 54321 --regid 54321 --clear-groups sh -c 'cat a; echo; cat b; echo 2 >> a; rm a; touch c' 2>&1 | sed 's/.*: //'; cat a; ls`)).toBe(`1\n${'Permission denied\n'.repeat(4)}1a\nb\n`)
  })

  test('The time of a file is the time of its commit', async () => {
    const { shell } = await mountedRepo({ '/a': '1' })

    expect(await shell('stat -c %Y repo/a')).toBe('1700000000\n')
  })

  test('Reading past the end returns no bytes', async () => {
    const { shell } = await mountedRepo({ '/a': '12345' })

    expect(await shell('dd if=repo/a bs=1 skip=5 status=none | wc -c; dd if=repo/a bs=4 skip=1 status=none')).toBe('0\n5')
  })

  test('Any part of a large file can be read without the rest', async () => {
    const content = Buffer.from(Array.from({ length: 4_000_000 }, (_, index) => index % 251))
    const { shell, pachd } = await mountedRepo({ '/big': content })

    const sum = await shell('dd if=repo/big bs=100000 skip=30 count=1 status=none | od -An -tu1 -N3')

    expect(sum.trim().split(/\s+/).map(Number)).toEqual([...content.subarray(3_000_000, 3_000_003)])
    expect(pachd.sentBytes).toBeLessThan(1_500_000)
  })

  test('A file that is read from start to end is one transfer', async () => {
    const { shell, pachd } = await mountedRepo({ '/big': Buffer.alloc(12e6, 'xyz') })

    expect(await shell('md5sum < repo/big')).toBe(await shell('yes xyz | tr -d "\\n" | head -c 12000000 | md5sum'))
    expect(pachd.calls.get('getFile')).toBe(1)
  })

  test('Readers of the same file share one transfer', async () => {
    const { shell, pachd } = await mountedRepo({ '/big': Buffer.alloc(6e6, 'xyz') })

    const sums = await shell('for i in 1 2 3 4 5 6 7 8; do md5sum < repo/big & done; wait')

    expect(new Set(sums.trim().split('\n')).size).toBe(1)
    expect(pachd.calls.get('getFile')).toBeLessThanOrEqual(2)
  })

  test('Many small files of a directory are fetched together', async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`/d/f${String(index).padStart(3, '0')}`, `content ${String(index)}`]))
    const { shell, pachd } = await mountedRepo(files)

    expect(await shell('cat repo/d/* | md5sum')).toBe(await shell('for i in $(seq 0 199); do printf "content $i"; done | md5sum'))
    expect(pachd.calls.get('getFile')).toBeLessThan(10)
  })

  test('What was read is kept on disk, and the next mount asks pachd for less', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'semantics-cache-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const files = { '/big': Buffer.alloc(3_000_000, 'big'), '/d/small': 'small' }
    const read = async () => {
      const cache = await DiskCache.open({ directory, maxBytes: 1e8, keepFree: 0 })
      const { shell, pachd } = await mountedRepo(files, { cache })
      const sums = await shell('md5sum repo/big repo/d/small')
      await cache.close()
      return { sums, fetched: pachd.calls.get('getFile') ?? 0 }
    }

    const [first, second] = [await read(), await read()]

    expect(second.sums).toBe(first.sums)
    expect([first.fetched, second.fetched]).toEqual([2, 0])
  })

  test('A mount can move to another commit; open files stay at theirs', async () => {
    const repo = await mountedRepo({ '/a': 'old' })
    const { pachd, fileSystem, shell } = repo
    const before = await open(join(repo.mountDir, 'repo', 'a'))
    pachd.commit({ '/a': 'newer' })

    const commit = { project: 'default', repo: 'repo', branch: 'master', id: pachd.head }
    const volume = new ReadOnlyVolume('repo', new CommitTrees(pachd.client).of(commit, 0), new PathSelection(['/']), new FileReaders(pachd.client))
    await fileSystem.replaceMount({ name: 'repo', source: commit, mode: 'ro', paths: ['/'], commit, volume })

    expect(await shell('cat repo/a')).toBe('newer')
    expect(await before.readFile('utf8')).toBe('old')
    await before.close()
  })

  test('Common programs can copy files and trees out of a mount', async () => {
    const { shell } = await mountedRepo({ '/a/x.txt': 'needle\n', '/b/z.csv': '1,2\n' })

    expect(await shell('d=$(mktemp -d); cp -r repo "$d"/ && cat "$d"/repo/a/x.txt "$d"/repo/b/z.csv; tar -cf - repo 2>/dev/null | tar -tf - | wc -l; rm -r "$d"')).toBe('needle\n1,2\n5\n')
  })

  test('Names with blanks, quotes and backslashes are names like others', async () => {
    const { shell } = await mountedRepo({ '/a b': '1', "/quo'te": '2', '/back\\slash': '3', '/-dash': '4' })

    expect(await shell(`cat repo/*`)).toBe('4132')
  })

  test('A name that is not UTF-8 is EILSEQ, and one above 255 bytes ENAMETOOLONG', async () => {
    const { shell } = await mountedRepo({ '/M\ufffdller': '1' }, { mode: 'rw' })

    expect(await shell(`cd repo; for name in $'M\\xfcller' $(printf 'n%.0s' {1..256}); do stat $name 2>&1; rm $name 2>&1; mkdir $name 2>&1; mv M\ufffdller $name 2>&1; (echo > $name) 2>&1; done | LC_ALL=C sed 's/.*: //'; cat *`)).toBe(
      `${'Invalid or incomplete multibyte or wide character\n'.repeat(5)}${'File name too long\n'.repeat(5)}1`,
    )
  })

  test('A missing name is ENOENT, a file in the place of a directory ENOTDIR', async () => {
    const { shell } = await mountedRepo({ '/f': '1' })

    expect(await shell('cat repo/none')).toContain('No such file or directory')
    expect(await shell('cat repo/f/x')).toContain('Not a directory')
    expect(await shell('cat none/x')).toContain('No such file or directory')
  })

  test('A mount of chosen paths shows those and the directories that lead to them', async () => {
    const { shell } = await mountedRepo({ '/d/a': '1', '/d/s/b': '2', '/d2/c': '3', '/file': '4', '/file1': '5' }, { paths: ['d/s', '/file'] })

    expect(await shell('find repo -mindepth 1 | sort')).toBe('repo/d\nrepo/d/s\nrepo/d/s/b\nrepo/file\n')
  })

  test('A failed read is EIO, and the next one may succeed', async () => {
    const { shell, pachd } = await mountedRepo({ '/a': 'content' })
    pachd.before = method => {
      if (method === 'getFile') throw new PachdError('INTERNAL', 'a disk broke')
    }

    expect(await shell('cat repo/a')).toContain('Input/output error')
    pachd.before = () => undefined
    expect(await shell('cat repo/a')).toBe('content')
  })

  test('Bytes that changed between pachd and the mount are EIO', async () => {
    const sentence = Buffer.from('changed on its way; ')
    let proxy: FaultProxy | undefined
    const { repos, failures } = await mountedPachd({
      files: new Map([['/f', Buffer.alloc(50_000, sentence)]]), cacheBytes: 0,
      through: async address => {
        proxy = await startFaultProxy(address)
        onTestFinished(() => proxy?.stop())
        return proxy.address
      },
    })
    const read = () => readFile(join(repos[0] ?? '', 'f'))

    Object.assign(proxy ?? {}, { changing: { bytes: sentence, times: Infinity } })
    await expect(read()).rejects.toMatchObject({ code: 'EIO' })
    expect(failures.map(({ message }) => message)).toContainEqual(expect.stringContaining('pachd sends other bytes than those that it has hashed'))

    Object.assign(proxy ?? {}, { changing: undefined })
    expect((await read()).equals(Buffer.alloc(50_000, sentence))).toBe(true)
  })

  test('What pachd does not permit is EACCES', async () => {
    const { shell, pachd } = await mountedRepo({ '/a': 'content' })
    pachd.before = method => {
      if (method === 'getFile') throw new PachdError('PERMISSION_DENIED', 'not yours')
    }

    expect(await shell('cat repo/a')).toContain('Permission denied')
  })

  test('An operation that takes too long ends with ETIMEDOUT', async () => {
    const { shell, pachd } = await mountedRepo({ '/a': 'content' }, { deadlineMs: 200 })
    pachd.before = method => (method === 'getFile' ? new Promise<void>(() => undefined) : undefined)

    expect(await shell('cat repo/a')).toContain('Connection timed out')
  })

  test('There are no extended attributes', async () => {
    const { shell } = await mountedRepo({ '/a': '1' })

    expect(await shell(`python3 -c 'import os; print(os.listxattr("repo/a"))'`)).toBe('[]\n')
  })

  test('The mount directory holds mounts only', async () => {
    const { shell } = await mountedRepo({ '/a': '1' }, { mode: 'rw' })

    expect(await shell('touch new')).toContain('Read-only file system')
    expect(await shell('rmdir repo')).toContain('failed')
    expect(await shell('ls')).toBe('repo\n')
  })

  test('An unmounted name is gone at once, and files of it that are open can be read to their end', async () => {
    const large = 'x'.repeat(3_000_000)
    const { shell, fileSystem, mountDir } = await mountedRepo({ '/a': '1', '/large': large })
    const file = await open(join(mountDir, 'repo/large'))
    const start = await file.read(Buffer.alloc(1000), 0, 1000, 0)

    await fileSystem.removeMount('repo')

    expect(await shell('ls -A; cat repo/large')).toContain('No such file or directory')
    expect(await shell('ls -A')).toBe('')
    expect([start.bytesRead, await lengthRead(file)]).toEqual([1000, large.length])
    expect((await file.stat()).size).toBe(large.length)
    await expect(open(join(mountDir, '.repo.1/large'))).rejects.toMatchObject({ code: 'ENOENT' })
    await file.close()
    await expect.poll(() => readdir(join(mountDir, '.repo.1')).then(() => 'shown', (error: unknown) => (error as NodeJS.ErrnoException).code)).toBe('ENOENT')
  })
})

describe('writing', () => {
  test('Every change of a read-only mount is EROFS', async () => {
    const { shell } = await mountedRepo({ '/f': '1', '/d/g': '2' })

    for (const change of ['echo x > repo/f', 'echo x > repo/new', 'mkdir repo/n', 'rm repo/f', 'rmdir repo/d', 'mv repo/f repo/g', 'ln -s f repo/l', 'ln repo/f repo/l', 'truncate -s 0 repo/f', 'chmod 777 repo/f', 'touch repo/f']) {
      expect(await shell(change), change).toContain('Read-only file system')
    }
    expect(await shell('cat repo/f repo/d/g')).toBe('12')
  })

  test('What is written can be read at once, and is in no commit before it is committed', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/old': '1' }, { mode: 'rw' })

    expect(await shell('echo hello > repo/new; cat repo/new repo/old; ls repo')).toBe('hello\n1new\nold\n')
    expect(pachd.filesOf()).toEqual({ '/old': '1' })
    await workingCopy.commitChanges()
    expect(pachd.filesOf()).toEqual({ '/old': '1', '/new': 'hello\n' })
  })

  test('Programs set each time of a file, to the nanosecond', async () => {
    const { shell } = await mountedRepo({ '/a': '1' }, { mode: 'rw' })

    expect(await shell(`cd repo; touch -m -d @-1.25 a; touch -a -d @1000000000.123456789 a; stat -c '%.9X %.9Y' a`)).toBe('1000000000.123456789 -1.250000000\n')
  })

  test('Appending and writing in the middle keep the rest of the file', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '0123456789', '/g': 'abc' }, { mode: 'rw' })

    await shell('printf AB >> repo/f; printf X | dd of=repo/g bs=1 seek=1 conv=notrunc status=none')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f': '0123456789AB', '/g': 'aXc' })
  })

  test('Truncating keeps the beginning', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '0123456789' }, { mode: 'rw' })

    expect(await shell('truncate -s 4 repo/f; cat repo/f')).toBe('0123')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f': '0123' })
  })

  test('Renaming moves content and leaves nothing behind', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': 'content', '/d/a': '1', '/d/s/b': '2', '/keep': 'k' }, { mode: 'rw' })

    expect(await shell('mv repo/f repo/moved; mv repo/d repo/e; cat repo/moved repo/e/s/b; ls repo')).toBe('content2e\nkeep\nmoved\n')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/moved': 'content', '/e/a': '1', '/e/s/b': '2', '/keep': 'k' })
  })

  test('A renamed directory can be looked into before and after, and its files moved on', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/d/a': '1', '/d/b': '2' }, { mode: 'rw' })

    await shell('mv repo/d repo/e; mkdir repo/d; mv repo/e/a repo/d/a; rm repo/e/b; rmdir repo/e; echo new > repo/d/c')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/d/a': '1', '/d/c': 'new\n' })
  })

  test('Saving by writing a new file and renaming it over the old one loses nothing', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/notes.txt': 'first' }, { mode: 'rw' })

    await shell('printf second > repo/.tmp; mv repo/.tmp repo/notes.txt')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/notes.txt': 'second' })
  })

  test('Deleted files are deleted by the commit; a new file that is deleted leaves no trace', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '1', '/d/g': '2', '/keep': 'k' }, { mode: 'rw' })

    await shell('rm -r repo/f repo/d; echo x > repo/t; rm repo/t')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/keep': 'k' })
  })

  test('A file can become a directory, and a directory a file', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': 'old', '/d/x': '1' }, { mode: 'rw' })

    await shell('rm repo/f; mkdir repo/f; printf i > repo/f/inner; rm -r repo/d; printf file > repo/d')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f/inner': 'i', '/d': 'file' })
  })

  test('Symbolic links are committed as copies', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': 'target' }, { mode: 'rw' })

    expect(await shell('ln -s f repo/soft; ln -s nowhere repo/dangling; cat repo/soft')).toBe('target')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f': 'target', '/soft': 'target' })
  })

  test('Hard links are refused with EPERM, so that programs copy', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': 'target', '/d/g': '1', '/changed': '' }, { mode: 'rw' })

    expect(await shell('cd repo; echo x >> changed; echo new > new; mkdir made; for args in "changed h" "new h" "f made/h" "d/g made/h"; do ln $args 2>&1; done | sed "s/.*: //"; ls made')).toBe('Operation not permitted\n'.repeat(4))
    expect(await shell('cd repo; ln f copy; ln f d/copy; stat -c %h f copy; echo more >> copy; cat f d/copy')).toBe('1\n1\ntargettarget')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f': 'target', '/d/g': '1', '/changed': 'x\n', '/new': 'new\n', '/copy': 'targetmore\n', '/d/copy': 'target' })
  })

  test('A file that is deleted while open can be read to its end, and is not committed', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': 'content' }, { mode: 'rw' })

    expect(await shell('exec 3< repo/f; rm repo/f; ls -A repo; cat <&3')).toBe('content')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({})
  })

  test('Empty directories stay in the mount and are in no commit', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '1' }, { mode: 'rw' })

    await shell('mkdir repo/empty')
    await workingCopy.commitChanges()

    expect(await shell('ls repo')).toBe('empty\nf\n')
    expect(pachd.filesOf()).toEqual({ '/f': '1' })
  })

  test('Without changes there is no commit', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '1' }, { mode: 'rw' })

    await shell('cat repo/f')
    await workingCopy.commitChanges()

    expect(pachd.calls.get('modifyFile')).toBeUndefined()
  })

  test('A commit can have a message', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '1' }, { mode: 'rw' })

    await shell('echo more >> repo/f')
    await workingCopy.commitChanges({ message: 'more of f' })

    expect(pachd.filesOf()).toEqual({ '/f': '1more\n' })
    expect(await pachd.client.pfs.inspectCommit({ commit: { id: pachd.head } })).toMatchObject({ description: 'more of f' })
    expect(pachd.calls.get('modifyFile')).toBeUndefined()
  })

  test('A commit that was interrupted is all there or not at all', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '1', '/g': 'g' }, { mode: 'rw' })
    await shell('printf 2 > repo/f; rm repo/g; printf h > repo/h')
    for (const interrupted of ['startCommit', 'addFileSet']) {
      pachd.before = method => {
        if (method === interrupted) throw new PachdError('PERMISSION_DENIED', `no ${interrupted}`)
      }
      await expect(workingCopy.commitChanges({ message: 'm' })).rejects.toThrow(`no ${interrupted}`)
      expect(pachd.filesOf()).toEqual({ '/f': '1', '/g': 'g' })
      expect(await shell('cat repo/f; ls repo')).toBe('2f\nh\n')
    }

    pachd.before = () => undefined
    await workingCopy.commitChanges({ message: 'm' })

    expect(pachd.filesOf()).toEqual({ '/f': '2', '/h': 'h' })
  })

  test('A commit sends what changed since the last one, and nothing else', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '0' }, { mode: 'rw' })
    await shell('printf mine > repo/f')
    await workingCopy.commitChanges()
    pachd.commit({ '/f': 'theirs, later' })

    await shell('printf g > repo/g')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f': 'theirs, later', '/g': 'g' })
  })

  test('A mount stays at its commit; its own commits move it on as long as nobody else commits', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '0' }, { mode: 'rw' })
    await shell('printf g > repo/g')
    await workingCopy.commitChanges()
    expect(workingCopy.commit?.id).toBe(pachd.head)

    pachd.commit({ '/theirs': 't' })
    await shell('printf h > repo/h')
    const before = workingCopy.commit?.id
    await workingCopy.commitChanges()

    expect(workingCopy.commit?.id).toBe(before)
    expect(await shell('ls repo')).toBe('f\ng\nh\n')
    expect(pachd.filesOf()).toEqual({ '/f': '0', '/g': 'g', '/theirs': 't', '/h': 'h' })
  })

  test('What is written while a commit runs comes with the next one', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '0' }, { mode: 'rw' })
    await shell('printf one > repo/f')
    let go: () => void = () => undefined
    pachd.before = method => (method === 'modifyFile' ? new Promise<void>(resolve => (go = resolve)) : undefined)
    const commit = workingCopy.commitChanges()

    expect(await shell('printf two > repo/f; cat repo/f')).toBe('two')
    pachd.before = () => undefined
    go()
    await commit

    expect(pachd.filesOf()).toEqual({ '/f': 'one' })
    await workingCopy.commitChanges()
    expect(pachd.filesOf()).toEqual({ '/f': 'two' })
  })

  test('When a commit fails the changes stay, and committing again brings them', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/a': '1' }, { mode: 'rw' })
    await shell('printf precious > repo/new; printf b > "repo/bad[1]"')

    await expect(workingCopy.commitChanges()).rejects.toThrow('not allowed in path')
    expect(await shell('cat repo/new; rm "repo/bad[1]"')).toBe('precious')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/a': '1', '/new': 'precious' })
  })

  test('What was written is there after the server ended, however it ended', async () => {
    const { shell, restart } = await mountedRepo({ '/f': '1', '/d/g': '2' }, { mode: 'rw' })
    await shell('printf new > repo/new; mv repo/d repo/e; rm repo/f; chmod 600 repo/new')

    await restart()

    expect(await shell('ls -R repo; cat repo/new repo/e/g; stat -c %a repo/new')).toBe('repo:\ne\nnew\n\nrepo/e:\ng\nnew2600\n')
  })

  test('A large file is changed without being fetched', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/large': Buffer.alloc(4 << 20, 'a') }, { mode: 'rw' })

    await shell('printf XYZ | dd of=repo/large bs=1 seek=2000000 conv=notrunc status=none; printf end >> repo/large')
    expect(pachd.sentBytes).toBe(0)
    await workingCopy.commitChanges()

    expect(pachd.bytesOf('/large').equals(Buffer.concat([Buffer.alloc(2_000_000, 'a'), Buffer.from('XYZ'), Buffer.alloc((4 << 20) - 2_000_003, 'a'), Buffer.from('end')]))).toBe(true)
  })

  test('Without place for it, writing is ENOSPC; what was written before is committed', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '1' }, { mode: 'rw', maxStagedBytes: 1 << 20 })

    expect(await shell('printf kept > repo/kept; head -c 2000000 /dev/zero > repo/large')).toContain('No space left on device')
    expect(await shell('rm repo/large; cat repo/kept repo/f')).toBe('kept1')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f': '1', '/kept': 'kept' })
  })

  test('What pachd cannot hold is refused at once', async () => {
    const { shell, failures } = await mountedRepo({ '/f': '1' }, { mode: 'rw' })

    expect(await shell('mkfifo repo/fifo')).toContain('Operation not permitted')
    expect(await shell(`python3 -c 'import os; os.setxattr("repo/f", "user.x", b"y")'`)).toContain('Operation not supported')

    expect(failures.map(({ message }) => message)).toEqual(expect.arrayContaining(['/repo/fifo: pachd keeps regular files only', '/repo/f: pachd keeps no extended attributes']))
  })

  test('What others changed, too, is replaced by the commit, and named', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo({ '/f': '0', '/g': '0' }, { mode: 'rw' })
    await shell('printf mine > repo/f')
    pachd.commit({ '/f': 'theirs', '/g': 'theirs' })
    expect(await workingCopy.conflicts()).toEqual(['/f'])
    const told: string[] = []

    await workingCopy.commitChanges({ conflicts: paths => told.push(...paths) })

    expect(pachd.filesOf()).toEqual({ '/f': 'mine', '/g': 'theirs' })
    await expect.poll(() => told).toEqual(['/f'])
  })

  test('Changes can be thrown away, all or some', async () => {
    const { shell, workingCopy, fileSystem } = await mountedRepo({ '/f': '1', '/d/g': '2' }, { mode: 'rw' })
    await shell('printf new > repo/new; printf F > repo/f; rm -r repo/d')

    await workingCopy.discardChanges(['/d', '/f'])
    await fileSystem.forgetName('repo')
    expect(await shell('ls repo; cat repo/f repo/d/g')).toBe('d\nf\nnew\n12')
    await workingCopy.discardChanges()
    await fileSystem.forgetName('repo')

    expect(await shell('ls repo')).toBe('d\nf\n')
  })

  test('Writing to a branch without commits makes its first one', async () => {
    const { shell, pachd, workingCopy } = await mountedRepo(undefined, { mode: 'rw' })

    expect(await shell('ls repo; printf first > repo/f; cat repo/f')).toBe('first')
    await workingCopy.commitChanges()

    expect(pachd.filesOf()).toEqual({ '/f': 'first' })
    expect(workingCopy.commit?.id).toBe(pachd.head)
  })

  test('Version control and databases find the file operations that they need', async () => {
    const { shell } = await mountedRepo({ '/f': '1' }, { mode: 'rw' })

    expect(await shell('cd repo && git init -q . && git add f && git -c user.name=n -c user.email=e commit -qm m && git log --format=%s')).toBe('m\n')
    expect(await shell(`python3 -c 'import sqlite3; c = sqlite3.connect("repo/db"); c.execute("create table t(x)"); c.execute("insert into t values(7)"); c.commit(); print(*c.execute("select x from t"))'`)).toBe('(7,)\n')
  })
})

afterAll(async () => {
  const headings = [...(await readFile(document, 'utf8')).matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)
  expect(headings.sort(), 'docs/SEMANTICS.md and this file name the same behaviours').toEqual([...tested].sort())
})

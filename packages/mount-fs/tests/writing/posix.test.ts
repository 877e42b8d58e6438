/** The operations of the file system, one by one and at random, on real mounts. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

import { mountedRepo } from '../mounted-repo.js'

const run = promisify(execFile)
const names = ['committed', 'truncated', 'appended', 'seek', 'cut', 'moving', 'dir/file', 'tree/leaf', 'tree/below/leaf']

test('every operation does what POSIX says, or is refused as the table of errors says, and the log names the rule', async () => {
  const { mountDir, failures } = await mountedRepo(Object.fromEntries(names.map(name => [`/${name}`, 'committed'])), { mode: 'rw' })

  const { stdout } = await run('python3', [join(import.meta.dirname, 'posix-operations.py'), join(mountDir, 'repo')])

  expect(stdout.trim()).toBe('')
  const messages = failures.map(({ message }) => message)
  expect(messages).toEqual(expect.arrayContaining([expect.stringContaining('fifo: pachd keeps regular files only'), expect.stringContaining('new: pachd keeps no extended attributes')]))
})

test('every change of a read-only mount is refused', async () => {
  const { shell } = await mountedRepo({ '/f': '1', '/d/g': '2' })

  const refused = await shell(`python3 - <<'EOF'
import errno, os, stat
os.chdir('repo')
def answer(work):
    try: work(); return 'done'
    except OSError as error: return errno.errorcode[error.errno]
print(*[answer(work) for work in [
    lambda: open('f', 'r+'), lambda: open('new', 'w'), lambda: os.truncate('f', 0), lambda: os.unlink('f'), lambda: os.mkdir('n'), lambda: os.rmdir('d'), lambda: os.rename('f', 'g'),
    lambda: os.symlink('f', 's'), lambda: os.link('f', 'h'), lambda: os.chmod('f', 0), lambda: os.utime('f', (1, 1)), lambda: os.mkfifo('p'), lambda: os.setxattr('f', 'user.x', b'y'), lambda: os.chown('f', 1, 1),
]])
EOF`)

  expect(refused.trim()).toBe(Array.from({ length: 14 }, () => 'EROFS').join(' '))
})

test.each([1, 2, 3, 4])('a file that is written, cut and mapped at random holds what it should, as does its commit (seed %i)', async seed => {
  const { mountDir, pachd, workingCopy } = await mountedRepo({ '/f': Buffer.alloc(200_000, 'start') }, { mode: 'rw' })

  const { stdout } = await run('python3', [join(import.meta.dirname, 'exerciser.py'), join(mountDir, 'repo/f'), String(seed), '400'], { encoding: 'buffer', maxBuffer: 1 << 24 })
  await workingCopy.commitChanges()

  const committed = pachd.bytesOf('/f')
  expect(committed.equals(stdout)).toBe(true)
})

test('many programs that write at once lose nothing', async () => {
  const { shell, pachd, workingCopy } = await mountedRepo({}, { mode: 'rw' })

  await shell(`for w in 1 2 3 4 5 6 7 8; do (for i in $(seq 40); do echo "$w $i" >> repo/log; echo $i > repo/f$w-$i; done) & done; wait`)
  await workingCopy.commitChanges()

  const files = pachd.filesOf()
  expect(Object.keys(files)).toHaveLength(321)
  expect((files['/log'] ?? '').trim().split('\n').sort()).toEqual(Array.from({ length: 320 }, (_, index) => `${String(Math.floor(index / 40) + 1)} ${String((index % 40) + 1)}`).sort())
})

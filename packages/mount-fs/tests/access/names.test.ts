/** Names that are not UTF-8, or too long: refused, so that no operation ever reaches a file of another name. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

import { mountedRepo } from '../mounted-repo.js'

const run = promisify(execFile)

test.each(['rw', 'ro'] as const)('every operation refuses a name that is not UTF-8 with EILSEQ, in a mount that is %s', async mode => {
  const { mountDir, fileSystem, failures } = await mountedRepo({ '/f': '1', '/M\ufffdller': 'neighbour', '/d/\ufffd': '' }, { mode })

  const { stdout } = await run('python3', [join(import.meta.dirname, 'names_in_bytes.py'), join(mountDir, 'repo')])

  expect(stdout).toBe('')
  expect((await fileSystem.readdir('/repo')).map(({ name }) => name).sort()).toEqual(['M\ufffdller', 'd', 'f'])
  expect(failures.map(({ code }) => code)).toContain('EILSEQ')
})

test('a name with a genuine replacement character is a name like others', async () => {
  const { shell, workingCopy, pachd } = await mountedRepo({ '/a\ufffd': 'one', '/d\ufffd/x': '2' }, { mode: 'rw' })

  expect(await shell(`cd repo; cat a\ufffd d\ufffd/x; mv a\ufffd b\ufffd; echo 3 > \ufffd; ln -s b\ufffd l\ufffd; cat l\ufffd; touch -m -d @5 \ufffd; stat -c %Y \ufffd; rm \ufffd; ls`)).toBe('one2one5\nb\ufffd\nd\ufffd\nl\ufffd\n')
  await workingCopy.commitChanges()

  expect(pachd.filesOf()).toEqual({ '/b\ufffd': 'one', '/d\ufffd/x': '2', '/l\ufffd': 'one' })
})

test('an old archive in Latin-1 unpacks what it can, and nothing is written over', async () => {
  const { shell } = await mountedRepo({}, { mode: 'rw' })

  expect(
    await shell(`cd repo; python3 - <<'EOF' | tar -xf - 2>/dev/null || echo tar $?
import io, sys, tarfile
with tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.GNU_FORMAT, encoding='latin-1') as archive:
    for name in ('Müller', 'Möller', 'Maller'):
        entry = tarfile.TarInfo(name); entry.size = len(name); archive.addfile(entry, io.BytesIO(name.encode('latin-1')))
EOF
cat *`),
  ).toBe('tar 2\nMaller')
})

test.each(['rw', 'ro'] as const)('a name above 255 bytes is ENAMETOOLONG for every operation, in a mount that is %s', async mode => {
  const { shell } = await mountedRepo({ '/f': '1', '/d/g': '2' }, { mode })

  expect(
    await shell(`python3 - <<'EOF'
import errno, os
os.chdir('repo')
for long in ('n' * 256, 'ü' * 128, 'd/' + 'n' * 300, 'n' * 1024, 'n' * 256 + '/below', '../' + 'n' * 256):
    for attempt in (os.stat, os.lstat, lambda p: open(p), lambda p: open(p, 'w'), os.mkdir, os.mknod, os.unlink, os.rmdir, lambda p: os.rename(p, 'x'), lambda p: os.rename('f', p), lambda p: os.link('f', p),
                    lambda p: os.symlink('f', p), os.readlink, lambda p: os.chmod(p, 0), lambda p: os.chown(p, 0, 0), os.utime, lambda p: os.truncate(p, 0), os.statvfs, os.listdir, lambda p: os.getxattr(p, 'user.x'), lambda p: os.setxattr(p, 'user.x', b'')):
        try: print(attempt(long))
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG: print(len(long), errno.errorcode[error.errno])
EOF
ls repo`),
  ).toBe('d\nf\n')
})

test('a longer name that pachd has can be read', async () => {
  const { shell } = await mountedRepo({ [`/${'n'.repeat(300)}`]: 'content' })

  expect(await shell('cat repo/*')).toBe('content')
})

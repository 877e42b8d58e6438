/** What other users of the machine can do below a mount: what the modes permit that they see, and nothing else. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

import { mountedRepo } from '../mounted-repo.js'

const run = promisify(execFile)
const stranger = { uid: 54321, gid: 54321 }

/** Runs Python functions, which are given by name, below `directory` as a user. */
async function attempts(directory: string, { uid, gid }: { uid: number; gid: number }, code: string): Promise<Record<string, unknown>> {
  const { stdout } = await run('python3', [join(import.meta.dirname, 'as_user.py'), directory, String(uid), String(gid), code])
  return JSON.parse(stdout) as Record<string, unknown>
}

test('another user reads what modes permit, and changes nothing', async () => {
  const { mountDir, shell, workingCopy } = await mountedRepo({ '/open': 'O', '/secret': 'S', '/victim': 'v', '/d/x': 'X', '/private/k': 'K' }, { mode: 'rw', fuse: { allowOther: true } })
  await shell(`cd repo; chmod 600 secret; chmod 700 private; mkdir empty; echo own > staged; chmod 600 staged`)

  const outcomes = await attempts(join(mountDir, 'repo'), stranger, `{
    'read 0600': lambda: read('secret'), 'read staged 0600': lambda: read('staged'), 'read in 0700': lambda: read('private/k'), 'stat in 0700': lambda: os.stat('private/k'), 'list 0700': lambda: os.listdir('private'),
    'create': lambda: write('new'), 'create in directory': lambda: write('d/new'), 'overwrite 0600': lambda: write('secret'), 'append': lambda: write('open', 'a'), 'truncate': lambda: os.truncate('open', 0),
    'mkdir': lambda: os.mkdir('evil'), 'mknod': lambda: os.mknod('evil'), 'symlink': lambda: os.symlink('/etc/shadow', 'evil'), 'link': lambda: os.link('open', 'evil'),
    'set times': lambda: os.utime('open', (1, 1)), 'set times to now': lambda: os.utime('open'), 'chmod': lambda: os.chmod('open', 0o666), 'chown': lambda: os.chown('open', ${stranger.uid}, ${stranger.gid}),
    'rename': lambda: os.rename('private', 'stolen'), 'replace': lambda: os.rename('open', 'secret'), 'unlink': lambda: os.unlink('victim'), 'unlink in directory': lambda: os.unlink('d/x'), 'rmdir': lambda: os.rmdir('empty'),
  }`)

  const permitted = Object.entries(outcomes).filter(([, outcome]) => outcome !== 'EACCES' && outcome !== 'EPERM')
  expect(permitted).toEqual([])
  expect(Object.keys(outcomes)).toHaveLength(23)
  expect(await workingCopy.changes()).toEqual([expect.objectContaining({ path: '/staged' })])
  expect(await attempts(join(mountDir, 'repo'), stranger, `{'read': lambda: read('open'), 'list': lambda: sorted(os.listdir('.'))}`)).toEqual({ read: 'O', list: ['d', 'empty', 'open', 'private', 'secret', 'staged', 'victim'] })
})

test('what access says, the modes say, and an open does', async () => {
  const { mountDir, shell } = await mountedRepo({ '/f': 'x' }, { mode: 'rw', fuse: { allowOther: true } })
  await shell('cd repo; for mode in 000 044 004 440 444 600 640 644 646 666 700 755 777; do cp f f$mode; chmod $mode f$mode; done')

  const outcomes = await attempts(join(mountDir, 'repo'), stranger, `{name + ' ' + kind: check for name in sorted(os.listdir('.')) for kind, check in {
    'r': lambda name=name: [os.access(name, os.R_OK), bool(os.stat(name).st_mode & stat.S_IROTH), opens(name, os.O_RDONLY)],
    'w': lambda name=name: [os.access(name, os.W_OK), bool(os.stat(name).st_mode & stat.S_IWOTH), opens(name, os.O_WRONLY)],
  }.items()}`)

  expect(Object.keys(outcomes).length).toBe(28)
  for (const [name, answers] of Object.entries(outcomes)) expect(new Set(answers as boolean[]).size, name).toBe(1)
})

test('files belong to the user and group that are asked for, and that user works as their owner', async () => {
  const owner = { uid: 12345, gid: 23456 }
  const { mountDir, fileSystem, pachd, workingCopy } = await mountedRepo({ '/a': 'A', '/b': 'B' }, { mode: 'rw', fuse: { allowOther: true, ownership: { ...owner, umask: 0o077 } } })
  const repo = join(mountDir, 'repo')

  const outcomes = await attempts(repo, owner, `{
    'names of mounts': lambda: os.listdir('..'), 'write': lambda: write('a'), 'create': lambda: write('new'), 'mkdir': lambda: os.mkdir('d', 0o750), 'rename': lambda: os.rename('b', 'd/b'), 'chmod': lambda: os.chmod('a', 0o640),
    'chown to itself': lambda: os.chown('a', ${owner.uid}, ${owner.gid}), 'chown to another': lambda: os.chown('a', 0, -1), 'chgrp to another': lambda: os.chown('a', -1, 0),
    'modes': lambda: {name: [oct(os.stat(name).st_mode & 0o7777), os.stat(name).st_uid, os.stat(name).st_gid] for name in ['a', 'new', 'd', 'd/b', '.']},
  }`)
  const refused = await attempts(repo, stranger, `{'list': lambda: os.listdir('.'), 'read': lambda: read('a')}`)

  const { uid, gid } = owner
  expect(outcomes).toEqual({
    'names of mounts': ['repo'], write: 'ok', create: 'ok', mkdir: 'ok', rename: 'ok', chmod: 'ok', 'chown to itself': 'ok', 'chown to another': 'EPERM', 'chgrp to another': 'EPERM',
    modes: { a: ['0o640', uid, gid], new: ['0o644', uid, gid], d: ['0o750', uid, gid], 'd/b': ['0o600', uid, gid], '.': ['0o700', uid, gid] },
  })
  expect(refused).toEqual({ list: 'EACCES', read: 'EACCES' })
  await workingCopy.commitChanges()
  expect(pachd.filesOf()).toEqual({ '/a': 'evil', '/new': 'evil', '/d/b': 'B' })
  await fileSystem.forgetName('repo')
  expect(await attempts(repo, owner, `{'read': lambda: read('a')}`)).toEqual({ read: 'evil' })
})

test('a chown that changes something is EPERM, by root too', async () => {
  const { shell } = await mountedRepo({ '/a': 'A' }, { mode: 'rw' })

  expect(await shell(`cd repo; ln -s a l; chown 0:0 a && chown -h 0:0 l && chown :0 a && echo kept; for to in 1 :1 1:1; do chown $to a 2>&1; chown -h $to l 2>&1; done; stat -c '%u %g' a`)).toMatch(/^kept\n(chown: .*: Operation not permitted\n){6}0 0\n$/)
})

test('programs make files and directories with the modes that they ask for, less their umask', async () => {
  const { shell } = await mountedRepo(undefined, { mode: 'rw' })

  expect(await shell(`cd repo; umask 027; touch f; mkdir d; mkdir -m 1777 sticky; mkdir -m 700 own; install -m 4755 /dev/null suid; mknod node p 2>/dev/null; python3 -c "import os; os.mknod('n', 0o600)"; stat -c '%n %a' *`)).toBe('d 750\nf 640\nn 600\nown 700\nsticky 1777\nsuid 4755\n')
})

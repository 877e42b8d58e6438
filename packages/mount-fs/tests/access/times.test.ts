/** The times of files, as programs set and read them. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

import { mountedRepo } from '../mounted-repo.js'

const run = promisify(execFile)

/** As set_times.py leaves them. */
const LATE_AND_EARLY = '1234567890123456789 -86400000000001'

/** Sets times of names in all ways; what was not as it should be. */
async function setTimes(mountDir: string, ...names: string[]): Promise<string> {
  return (await run('python3', [join(import.meta.dirname, 'set_times.py'), join(mountDir, 'repo'), ...names])).stdout
}

/** A command that prints access and modification time of names in nanoseconds. */
const show = (...names: string[]) => `python3 -c 'import os, sys; [print(os.lstat(name).st_atime_ns, os.lstat(name).st_mtime_ns) for name in sys.argv[1:]]' ${names.join(' ')}`

const names = ['.', 'committed', 'in', 'new', 'empty', 'link', 'made']
const files = { '/committed': '1', '/in/d': '2' }
const make = 'cd repo; echo new > new; touch empty; ln -s new link; mkdir made'

test('each time of a file, directory and link is set alone and together, to the nanosecond, and before 1970', async () => {
  const { mountDir, shell } = await mountedRepo(files, { mode: 'rw' })
  await shell(make)

  expect(await setTimes(mountDir, ...names)).toBe('')
})

test('times are there after a restart, and after the next one, when the journal was written anew', async () => {
  const { mountDir, shell, restart } = await mountedRepo(files, { mode: 'rw' })
  await shell(make)
  await setTimes(mountDir, ...names)
  const times = `${LATE_AND_EARLY}\n`.repeat(names.length)
  expect(await shell(`cd repo; ${show(...names)}`)).toBe(times)

  await restart()
  expect(await shell(`cd repo; ${show(...names)}`)).toBe(times)
  await restart()
  expect(await shell(`cd repo; ${show(...names)}`)).toBe(times)
})

test('a commit leaves times as they were set', async () => {
  const { mountDir, shell, workingCopy } = await mountedRepo(files, { mode: 'rw' })
  await shell(make)
  await setTimes(mountDir, 'new', 'in')

  await workingCopy.commitChanges()

  expect(await shell(`cd repo; ${show('new', 'in')}`)).toBe(`${LATE_AND_EARLY}\n`.repeat(2))
})

test('writing moves the modification time on, and keeps the access time that was set', async () => {
  const { mountDir, shell } = await mountedRepo(files, { mode: 'rw' })
  await setTimes(mountDir, 'committed')

  expect(await shell(`cd repo; echo more >> committed; stat -c %X committed; [ $(stat -c %Y committed) -gt 1600000000 ] && echo moved`)).toBe('1234567890\nmoved\n')
})

test('what unpacks and copies sets times, and copies nothing a second time', async () => {
  const { shell } = await mountedRepo(undefined, { mode: 'rw' })

  const out = await shell(`cd repo; src=$(mktemp -d); mkdir $src/in $src/in/d; echo q > $src/in/f; echo r > $src/in/d/g; ln -s f $src/in/l
find $src/in -exec touch -h -d '2001-09-09T01:46:40.123456789Z' {} +
tar -C $src -cf - --format=posix in | tar -xf - ; cp -a $src/in cp; rsync -a $src/in/ rs/
for copy in in cp rs; do find $copy -printf '%p %T@\\n' | sort; rsync -ani $src/in/ $copy/; done; touch -m -d '2001-09-09' cp/f; touch -a -d '1999-01-01' cp/f; stat -c '%x %y' cp/f; rm -r $src`)

  const copied = (name: string) => ['', '/d', '/d/g', '/f', '/l'].map(path => `${name}${path} 1000000000.1234567890\n`).join('')
  expect(out.replace(/ \+\d{4}/g, '')).toBe(`${copied('in')}${copied('cp')}${copied('rs')}1999-01-01 00:00:00.000000000 2001-09-09 00:00:00.000000000\n`)
})

test('a time that no date can say becomes the nearest, and the directory can be listed', async () => {
  const { shell, fileSystem } = await mountedRepo(files, { mode: 'rw' })

  expect(await shell(`cd repo; touch -m -d @99999999999999 committed; touch -m -d @-99999999999999 in/d; stat -c %Y committed in/d`)).toBe('8640000000000\n-8640000000000\n')
  expect(new Date((await fileSystem.stat('/repo/committed')).modifiedMs).toISOString()).toBe('+275760-09-13T00:00:00.000Z')
})

test('setting a time of a file in a read-only mount is EROFS', async () => {
  const { shell } = await mountedRepo(files)

  expect(await shell(`cd repo; for how in "-m -d @1" "-a -d @1" "-d @1" "-m" "-a" "-h"; do touch $how committed 2>&1; done | sed 's/.*: //'`)).toBe('Read-only file system\n'.repeat(6))
})

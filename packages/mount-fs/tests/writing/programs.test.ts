/** Programs as people use them, writing below a mount: what they wrote is in the commit, byte for byte. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { mountedRepo } from '../mounted-repo.js'

const run = promisify(execFile)

/** Runs a script in the mount and in a plain directory; both have the same files afterwards, and the commit has them, too. */
async function inBoth(files: Record<string, string>, script: string, { ignore = /^$/ }: { ignore?: RegExp } = {}): Promise<void> {
  const plain = await mkdtemp(join(tmpdir(), 'programs-'))
  onTestFinished(() => rm(plain, { recursive: true, force: true }))
  const { mountDir, pachd, workingCopy } = await mountedRepo(files, { mode: 'rw' })
  const prepare = Object.entries(files).map(([path, text]) => `mkdir -p "$(dirname '.${path}')"; printf %s '${text}' > '.${path}'`)
  const fixed = { ...process.env, GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z', LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' }
  await run('bash', ['-ec', `cd '${plain}'; ${prepare.join('; ')}`])
  for (const directory of [plain, join(mountDir, 'repo')]) await run('bash', ['-ec', `cd '${directory}'; ${script}`], { env: fixed, timeout: 60_000 })

  await workingCopy.commitChanges()

  const committed = new Map(Object.keys(pachd.filesOf()).map(path => [path, pachd.bytesOf(path)]))
  const expected = (await filesBelow(plain)).filter(path => !ignore.test(path))
  expect([...committed.keys()].filter(path => !ignore.test(path)).sort()).toEqual(expected.sort())
  for (const path of expected) expect((await readFile(join(plain, path))).equals(committed.get(path) ?? Buffer.alloc(0)), path).toBe(true)
}

async function filesBelow(directory: string, at = ''): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(join(directory, at))) {
    const path = `${at}/${name}`
    if ((await stat(join(directory, path))).isDirectory()) found.push(...(await filesBelow(directory, path)))
    else found.push(path)
  }
  return found
}

test('git makes a repository and commits in it', async () => {
  await inBoth(
    { '/code.py': 'print(1)', '/lib/a.py': 'a = 1' },
    `git init -q -b main .; git add .; git -c user.name=n -c user.email=e@x commit -qm one; echo 'print(2)' > code.py; git -c user.name=n -c user.email=e@x commit -qam two; git checkout -q -b side; git mv lib/a.py lib/b.py; git -c user.name=n -c user.email=e@x commit -qm three; git gc -q; git fsck --strict`,
    // The index holds inode numbers and times; packs are cut as threads come.
    { ignore: /\.git\/(index|logs|objects\/(pack|info)|COMMIT_EDITMSG|hooks|info)/ },
  )
})

test('git clones a repository of the mount inside the mount, before and after it is in a commit', async () => {
  const { shell, workingCopy } = await mountedRepo({ '/before': 'b' }, { mode: 'rw' })
  const clone = (from: string, to: string) => shell(`cd repo; export GIT_CONFIG_GLOBAL=/dev/null; git -c safe.directory='*' clone --quiet ${from} ${to} && git -C ${to} log --format=%s && cat ${to}/f`)

  await shell(`cd repo; export GIT_CONFIG_GLOBAL=/dev/null; git init --quiet src; echo 1 > src/f; git -C src add .; git -C src -c user.name=a -c user.email=a@b commit --quiet -m first`)

  expect(await clone('src', 'dst')).toBe('first\n1\n')
  await workingCopy.commitChanges()
  expect(await clone('dst', 'again')).toBe('first\n1\n')
})

test('rsync copies a tree in, and again what is different', async () => {
  await inBoth({ '/old/kept': 'k', '/old/changed': 'c' }, `src=$(mktemp -d); mkdir -p $src/old/deep; echo new > $src/old/changed; seq 10000 > $src/old/deep/numbers; rsync -a --delete $src/ .; echo more >> $src/old/deep/numbers; rsync -a --inplace --no-whole-file $src/ .; rm -r $src`)
})

test('sqlite3 writes in each of its ways', async () => {
  const table = 'create table t(x integer primary key, y text); with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) insert into t select i, hex(i) from n;'
  await inBoth({ '/notes': 'n' }, `for mode in delete truncate persist; do sqlite3 $mode.db "pragma journal_mode=$mode; ${table} update t set y = y || 'x' where x % 3 = 0; delete from t where x % 5 = 0; vacuum; pragma integrity_check;" > /dev/null; done`, { ignore: /-journal$/ })
})

test('tar unpacks an archive with modes, links and long names', async () => {
  await inBoth({ '/before': 'b' }, `src=$(mktemp -d); long=$(printf 'n%.0s' $(seq 120)); mkdir -p $src/a/$long; echo x > $src/a/$long/f; echo run > $src/a/tool; chmod 755 $src/a/tool; ln -s tool $src/a/alias; tar -C $src -cf - . | tar -xf - --no-same-owner; test -x a/tool; test "$(readlink a/alias)" = tool; rm -r $src`)
})

test('pip installs into a directory', async () => {
  await inBoth({ '/before': 'b' }, `src=$(mktemp -d); mkdir $src/pkg; echo 'x = 1' > $src/pkg/__init__.py; cat > $src/make.py <<'EOF'
import base64, hashlib, zipfile
files = {'pkg/__init__.py': b'x = 1\\n', 'pkg-1.0.dist-info/METADATA': b'Metadata-Version: 2.1\\nName: pkg\\nVersion: 1.0\\n', 'pkg-1.0.dist-info/WHEEL': b'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'}
record = ''.join(f"{n},sha256={base64.urlsafe_b64encode(hashlib.sha256(c).digest()).rstrip(b'=').decode()},{len(c)}\\n" for n, c in files.items()) + 'pkg-1.0.dist-info/RECORD,,\\n'
with zipfile.ZipFile('pkg-1.0-py3-none-any.whl', 'w') as wheel:
    for n, c in {**files, 'pkg-1.0.dist-info/RECORD': record.encode()}.items(): wheel.writestr(n, c)
EOF
(cd $src; python3 make.py); python3 -m pip install -q --no-index --no-deps --no-compile --disable-pip-version-check --root-user-action=ignore --target site $src/*.whl; python3 -c 'import sys; sys.path.insert(0, "site"); import pkg; assert pkg.x == 1'; rm -r $src`, { ignore: /direct_url|INSTALLER|RECORD$/ })
})

test('editors save in their ways: in place, by a copy, and by a new file in the place of the old one', async () => {
  await inBoth({ '/vim.txt': 'one\ntwo\n', '/nano.txt': 'one\n', '/emacs.txt': 'one\n' }, `
    # vim: a backup is the old file renamed, the new one is written under its name, synced, and the backup deleted
    mv vim.txt vim.txt~; printf 'one\\nTWO\\n' > vim.txt; sync vim.txt; rm vim.txt~
    # nano: cut to nothing and written again
    python3 -c "
import os
fd = os.open('nano.txt', os.O_WRONLY | os.O_CREAT | os.O_TRUNC); os.write(fd, b'one\\ntwo\\n'); os.fsync(fd); os.close(fd)"
    # emacs, gedit: a file of another name is renamed over it
    printf 'one\\nthree\\n' > .#emacs.tmp; sync .#emacs.tmp; mv .#emacs.tmp emacs.txt`)
})

test('Jupyter saves notebooks with checkpoints, and renames both', async () => {
  await inBoth({ '/work/nb.ipynb': '{"cells": []}' }, `python3 -c "
import json, os, shutil
def save(path, cells):
    folder, name = os.path.split(path)
    os.makedirs(folder + '/.ipynb_checkpoints', exist_ok=True)
    temporary = folder + '/.~' + name
    shutil.copyfile(path, temporary)
    with open(path, 'w') as file:
        json.dump({'cells': cells}, file); file.flush(); os.fsync(file.fileno())
    os.remove(temporary)
    shutil.copy2(path, folder + '/.ipynb_checkpoints/' + name.replace('.ipynb', '-checkpoint.ipynb'))
for count in range(5): save('work/nb.ipynb', [str(n) for n in range(count)])
os.rename('work/nb.ipynb', 'work/renamed.ipynb')
os.rename('work/.ipynb_checkpoints/nb-checkpoint.ipynb', 'work/.ipynb_checkpoints/renamed-checkpoint.ipynb')
save('work/renamed.ipynb', ['end'])"`)
})

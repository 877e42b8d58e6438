/**
 * Keeps what the present version leaves on a disk, for the tests of later ones: `tsx -C @jupyterlab-pachyderm/source keep.ts`
 * writes VERSION.tar.gz beside itself, with the data directory of the embedded pachd, the stage and the cache.
 */
import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { createPachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { packageVersion } from '../../src/version.js'
import { fillRepos, LARGE_FILE } from './kept-repos.js'

const run = promisify(execFile)
const main = join(import.meta.dirname, '../../src/main.ts')

const folder = await mkdtemp(join(tmpdir(), 'keep-'))
try {
  const pachd = await startEmbeddedPachd({ dataDir: join(folder, 'pachd'), port: 0 })
  const client = createPachdClient({ address: pachd.address })
  await fillRepos(client)
  client.close()
  await changeAndRead(pachd.address)
  await pachd.stop()
  await run('tar', ['--create', '--gzip', '--owner=0', '--group=0', '--numeric-owner', '--exclude=*-lock', `--file=${join(import.meta.dirname, `${packageVersion()}.tar.gz`)}`, '--directory', folder, 'pachd', 'stage', 'cache'])
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** A day of a user: reads, changes some files of each kind, and goes home without committing. */
async function changeAndRead(address: string): Promise<void> {
  const mountDir = join(folder, 'pfs')
  await mkdir(mountDir)
  const env = { PATH: process.env['PATH'], HOME: folder, PACHD_ADDRESS: address, MOUNT_SERVER_SOCK_PATH: join(folder, 'sock') }
  const start = ['--import', 'tsx', '--conditions', '@jupyterlab-pachyderm/source', main]
  const server = spawn(process.execPath, [...start, '--mount-dir', mountDir, '--stage-dir', join(folder, 'stage'), '--cache-dir', join(folder, 'cache'), '--no-commit-on-exit'], { env, stdio: ['ignore', 'ignore', 'pipe'], cwd: import.meta.dirname })
  const ended = once(server, 'exit')
  let log = ''
  server.stderr.on('data', (text: Buffer) => (log += text.toString()))
  while (!log.includes('mounted')) await once(server.stderr, 'data')
  const ask = (...args: string[]) => run(process.execPath, [...start, ...args], { env, cwd: import.meta.dirname })
  await ask('mount', 'images')
  await ask('mount', 'labels', '--rw', '--name', 'w')
  for (const path of ['cat.png', LARGE_FILE]) await readFile(join(mountDir, 'images', path))
  const w = join(mountDir, 'w')
  await writeFile(join(w, 'new.txt'), 'new\n')
  await appendFile(join(w, 'changed.txt'), 'appended\n')
  await unlink(join(w, 'deleted.txt'))
  await rename(join(w, 'old name.txt'), join(w, 'new name.txt'))
  await mkdir(join(w, 'empty directory'))
  await symlink('new.txt', join(w, 'link'))
  server.kill('SIGTERM')
  await ended
}

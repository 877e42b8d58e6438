/** Programs that people use read a mount and find what they find in plain files. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { type MountedPachd, mountedPachd } from './mounted-pachd.js'

const run = promisify(execFile)
const python = join(import.meta.dirname, '../../../../.venv-cases/bin/python')

async function output(command: string, parameters: string[], env: Record<string, string> = {}): Promise<string> {
  return (await run(command, parameters, { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 })).stdout
}

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'real-programs-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** What `prepare` writes into a directory, committed and mounted. */
async function mounted(prepare: (directory: string) => Promise<unknown>): Promise<MountedPachd & { readonly repo: string }> {
  const folder = await temporaryFolder()
  await prepare(folder)
  const files = new Map<string, Uint8Array>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(`/${relative(folder, path)}`, await readFile(path))
  }
  const pachd = await mountedPachd({ files, cacheBytes: 64 * 1024 * 1024, memoryBytes: 16 * 1024 * 1024 })
  return { ...pachd, repo: pachd.repos[0]! }
}

const dataSet = () => mounted(directory => run(python, [join(import.meta.dirname, 'make_data.py'), directory]))

test('pandas, pyarrow and Pillow read tables and pictures', { timeout: 120_000 }, async () => {
  const { repo, plain } = await dataSet()
  const script = join(import.meta.dirname, 'read_data.py')

  expect(await output(python, [script, repo])).toBe(await output(python, [script, plain]))
})

test('tar, rsync, grep, git and sqlite3 find the committed files', { timeout: 120_000 }, async () => {
  const { repo, plain } = await dataSet()
  const folder = await temporaryFolder()

  await output('bash', ['-c', 'mkdir "$1/out" && tar -c -C "$0" . | tar -x -C "$1/out"', repo, folder])
  expect(await output('diff', ['-r', join(folder, 'out'), plain])).toBe('')
  expect(await output('rsync', ['-r', '--checksum', '--dry-run', '--out-format=%n', `${repo}/`, `${plain}/`])).toBe('')
  const matches = async (directory: string) => (await output('bash', ['-c', 'cd "$0" && grep -rc needle source | sort', directory])).split('\n')
  expect(await matches(repo)).toEqual(await matches(plain))
  const git = (workTree: string, ...parameters: string[]) => output('git', [`--git-dir=${folder}/git`, `--work-tree=${workTree}`, ...parameters])
  await git(plain, 'init', '-q')
  await git(plain, 'add', '-A')
  expect(await git(repo, 'diff', '--stat', '-p')).toBe('')
  const query = 'pragma integrity_check; select count(*), min(text), max(text) from rows; select id from rows where text like "row 77%" order by id limit 3'
  const database = (directory: string) => output('sqlite3', ['-readonly', join(directory, 'tables/rows.sqlite'), query])
  expect(await database(repo)).toBe(await database(plain))
})

test('fio verifies what it wrote before the commit', { timeout: 120_000 }, async () => {
  const job = (...parameters: string[]) => ['--name=blocks', '--size=24m', '--verify=crc32c', '--verify_state_save=0', '--ioengine=psync', ...parameters]
  const { repo } = await mounted(directory => run('fio', job(`--filename=${directory}/blocks.bin`, '--rw=write', '--bs=64k', '--do_verify=0')))

  for (const order of ['read', 'randread']) {
    const report = JSON.parse(await output('fio', job(`--filename=${repo}/blocks.bin`, `--rw=${order}`, '--bs=64k', '--readonly', '--output-format=json'))) as { jobs: { error: number; read: { io_bytes: number } }[] }
    expect(report.jobs[0]).toMatchObject({ error: 0, read: { io_bytes: 24 * 1024 * 1024 } })
  }
})

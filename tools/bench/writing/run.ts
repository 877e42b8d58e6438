/**
 * How fast writing through a mount and committing are, each against a bound that is measured in the same run:
 * npx tsx -C @jupyterlab-pachyderm/source tools/bench/writing/run.ts [large] [small]
 */
import { branchReference, createPachdClient, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { type Attributes, CommitTrees, FileReaders, FileSystem, mountFuse, StageDirectory, type Volume, WorkingCopy } from '@jupyterlab-pachyderm/mount-fs'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const MIB = 1024 * 1024
const LARGE_BYTES = 256 * MIB
const SMALL_FILES = 10_000
const SMALL_BYTES = 4096
const ROUNDS = 3

const run = promisify(execFile)
const chosen = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'bench-writing-'))

const directory: Attributes = { kind: 'directory', sizeBytes: 4096, mode: 0o755, modifiedMs: 0 }

/** A volume that takes everything and keeps nothing but names: what the way through the kernel costs. */
function nullSink(): Volume {
  const sizes = new Map<string, number>()
  const file = (sizeBytes: number): Attributes => ({ kind: 'file', sizeBytes, mode: 0o644, modifiedMs: 0 })
  const open = (path: string) => ({
    describe: () => ({ attributes: file(sizes.get(path) ?? 0), version: '' }),
    read: () => Promise.resolve(new Uint8Array(0)),
    write: (offset: number, bytes: Uint8Array) => {
      sizes.set(path, Math.max(sizes.get(path) ?? 0, offset + bytes.byteLength))
      return Promise.resolve()
    },
    truncate: () => Promise.resolve(),
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  })
  const nothing = () => Promise.resolve()
  return {
    isWritable: true,
    find: path => {
      const sizeBytes = sizes.get(path)
      return Promise.resolve(path === '/' ? directory : sizeBytes === undefined ? undefined : file(sizeBytes))
    },
    list: () => Promise.resolve([]),
    page: () => Promise.resolve({ entries: [], total: 0, isLast: true }),
    open: path => Promise.resolve(open(path)),
    create: path => {
      sizes.set(path, 0)
      return Promise.resolve(open(path))
    },
    truncate: nothing, change: nothing, makeDirectory: nothing, removeDirectory: nothing, rename: nothing, link: nothing, makeSymbolicLink: nothing,
    remove: path => {
      sizes.delete(path)
      return Promise.resolve()
    },
    readSymbolicLink: () => Promise.resolve(''),
  }
}

async function startPachd(): Promise<{ client: PachdClient; child: ChildProcess }> {
  const probe = createServer().listen(0)
  const address = probe.address()
  const port = typeof address === 'object' && address ? address.port : 0
  probe.close()
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', join(import.meta.dirname, '../../../packages/pachd-embedded/src/main.ts'), '--data-dir', join(folder, 'pachd'), '--port', String(port)], { stdio: 'ignore' })
  const client = createPachdClient({ address: `grpc://127.0.0.1:${String(port)}` })
  for (let isUp = false; !isUp; ) isUp = await client.admin.inspectCluster({}, { timeoutMs: 1000 }).then(() => true, () => false)
  return { client, child }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now()
  await work()
  return (performance.now() - begunMs) / 1000
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
const report = (what: string, figure: string, bound: string, ratio: number, goal: number) => console.log(`| ${what} | ${figure} | ${bound} | ${ratio.toFixed(2)} (goal ${String(goal)}) |`)

const { client, child } = await startPachd()
const fileSystem = new FileSystem()
const mountDir = join(folder, 'pfs')
await mkdir(mountDir)
const session = await mountFuse(fileSystem, { mountDir })
const target = { project: 'default', repo: 'bench', branch: 'master' }
await client.pfs.createRepo({ repo: repoReference({ name: 'bench' }) })
const cluster = { client, trees: new CommitTrees(client), readers: new FileReaders(client) }
const copy = WorkingCopy.open({ name: 'w', base: undefined, cluster, stage: new StageDirectory(join(folder, 'stage')), target })
const shown = { source: target, mode: 'rw' as const, paths: ['/'], commit: undefined }
fileSystem.mounts.add({ name: 'w', ...shown, volume: copy.volume })
fileSystem.mounts.add({ name: 'null', ...shown, volume: nullSink() })

const dd = (path: string) => run('dd', ['if=/dev/zero', `of=${path}`, 'bs=1M', `count=${String(LARGE_BYTES / MIB)}`])
const writeSmall = (path: string, prefix = '') => run('python3', ['-c', `import os
content = os.urandom(${String(SMALL_BYTES)})
os.makedirs('${path}', exist_ok=True)
for number in range(${String(SMALL_FILES)}):
    with open(f'${path}/${prefix}f{number:05}', 'wb') as file: file.write(content)`])

const rawBranch = branchReference({ repo: 'bench', branch: 'raw' })
const setRawBranch = { body: { $case: 'setCommit' as const, setCommit: { branch: rawBranch, repo: rawBranch.repo } } }
const add = (path: string, raw: Uint8Array) => ({ body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw } } } })
const remove = (path: string) => ({ body: { $case: 'deleteFile' as const, deleteFile: { path } } })

try {
  if (chosen.length === 0 || chosen.includes('large')) {
    const [own, sink, commit, raw]: number[][] = [[], [], [], []]
    for (let round = 0; round < ROUNDS; round++) {
      own?.push(await timed(() => dd(join(mountDir, 'w/large'))))
      sink?.push(await timed(() => dd(join(mountDir, `null/large${String(round)}`))))
      commit?.push(await timed(() => copy.commitChanges()))
      const piece = Buffer.alloc(MIB)
      raw?.push(await timed(() => client.pfs.modifyFile([setRawBranch, remove('/large'), ...Array.from({ length: LARGE_BYTES / MIB }, () => add('/large', piece))])))
    }
    const mibPerSecond = (seconds: number) => `${(LARGE_BYTES / MIB / seconds).toFixed(0)} MiB/s`
    const [ownS, sinkS, commitS, rawS] = [median(own ?? []), median(sink ?? []), median(commit ?? []), median(raw ?? [])]
    report('writing 256 MiB', mibPerSecond(ownS), `${mibPerSecond(sinkS)} into nothing through the same mount`, sinkS / ownS, 0.5)
    report('committing 256 MiB', mibPerSecond(commitS), `${mibPerSecond(rawS)} raw ModifyFile`, rawS / commitS, 0.8)
  }
  if (chosen.length === 0 || chosen.includes('small')) {
    const [own, sink, commit, raw]: number[][] = [[], [], [], []]
    // pachd goes on working after a commit, so writing comes first.
    for (let round = 0; round < ROUNDS; round++) {
      own?.push(await timed(() => writeSmall(join(mountDir, `w/small${String(round)}`))))
      sink?.push(await timed(() => writeSmall(join(mountDir, 'null'), `small${String(round)}-`)))
    }
    await copy.commitChanges()
    for (let round = 0; round < ROUNDS; round++) {
      await writeSmall(join(mountDir, `w/more${String(round)}`))
      commit?.push(await timed(() => copy.commitChanges()))
      const content = randomBytes(SMALL_BYTES)
      raw?.push(await timed(() => client.pfs.modifyFile([setRawBranch, ...Array.from({ length: SMALL_FILES }, (_, number) => add(`/small${String(round)}/f${String(number)}`, content))])))
    }
    const perSecond = (seconds: number) => `${(SMALL_FILES / seconds).toFixed(0)} files/s`
    const [ownS, sinkS, commitS, rawS] = [median(own ?? []), median(sink ?? []), median(commit ?? []), median(raw ?? [])]
    report('writing 10,000 files of 4 KiB', perSecond(ownS), `${perSecond(sinkS)} into nothing; goal 2,000 files/s`, SMALL_FILES / ownS / 2000, 1)
    report('committing them', perSecond(commitS), `${perSecond(rawS)} raw ModifyFile`, rawS / commitS, 0.7)
  }
} finally {
  await session.unmount()
  client.close()
  child.kill()
  await rm(folder, { recursive: true, force: true })
}

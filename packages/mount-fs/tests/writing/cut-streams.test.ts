/**
 * A proxy between working copy and pachd cuts uploads at random, before, in and after them. MOUNT_FS_COMMITS says how many commits are
 * made all the same (500), MOUNT_FS_SEED which.
 */
import { createPachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { createHash } from 'node:crypto'
import { createServer, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { CommitTrees, FileReaders, FileSystem, StageDirectory, WorkingCopy } from '../../src/index.js'
import { type BranchPachd, startBranchPachd } from './branch-pachd.js'

const COMMITS = Number(process.env['MOUNT_FS_COMMITS'] ?? 500)
/** Most of the time is spent waiting for a new connection, so several branches are written at once. */
const LANES = 10

let pachd: BranchPachd
beforeAll(async () => {
  pachd = await startBranchPachd()
})
afterAll(() => pachd.stop())

/** A TCP proxy that ends connections when asked to: after so many bytes to pachd, or with the first bytes of an answer. */
async function cuttingProxy(address: string) {
  const { hostname, port } = new URL(address)
  let cut: { toPachd: number } | { answer: number } | undefined
  const sockets = new Set<Socket>()
  let cuts = 0
  const server = createServer(near => {
    const far = connect(Number(port), hostname)
    const end = () => {
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', end)
    }
    const pass = (to: Socket, side: 'toPachd' | 'answer') => (bytes: Buffer) => {
      const left = cut && side in cut ? (cut as Record<string, number>)[side] ?? 0 : Infinity
      if (bytes.byteLength >= left) {
        cut = undefined
        cuts++
        if (side === 'toPachd') to.write(bytes.subarray(0, left), () => setTimeout(end, 5))
        else end()
        return
      }
      if (cut && side in cut) (cut as Record<string, number>)[side] = left - bytes.byteLength
      to.write(bytes)
    }
    near.on('data', pass(far, 'toPachd'))
    far.on('data', pass(near, 'answer'))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const listening = server.address()
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    address: `grpc://127.0.0.1:${String(typeof listening === 'object' && listening ? listening.port : 0)}`,
    cutNext: (next: typeof cut) => (cut = next),
    get cuts() {
      return cuts
    },
  }
}

function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Makes commits of one branch, one after the other; resolves to how often something went wrong. */
async function commitAllTheSame(lane: number, commits: number): Promise<{ cuts: number; failures: number }> {
  const random = randomNumbers(Number(process.env['MOUNT_FS_SEED'] ?? 7) + lane * 1000)
  const repo = `cuts${String(lane)}`
  const proxy = await cuttingProxy(pachd.client.address)
  const client = createPachdClient({ address: proxy.address })
  onTestFinished(() => client.close())
  await pachd.repo(repo)
  const target = { project: 'default', repo, branch: 'master' }
  const copy = WorkingCopy.open({ name: 'w', base: undefined, cluster: { client, trees: new CommitTrees(client), readers: new FileReaders(client), lostAnswerMs: 60 }, stage: new StageDirectory(join(pachd.folder, `stage-${String(lane)}`)), target })
  const fileSystem = new FileSystem()
  fileSystem.mounts.add({ name: 'w', source: target, mode: 'rw', paths: ['/'], commit: undefined, volume: copy.volume })
  const model = new Map<string, string>()
  let failures = 0

  for (let number = 1; number <= commits; number++) {
    for (let change = 0; change <= random(3); change++) {
      const path = `/f${String(random(40))}`
      if (model.has(path) && random(4) === 0) {
        await fileSystem.unlink(`/w${path}`)
        model.delete(path)
        continue
      }
      const content = Buffer.alloc(random(10) === 0 ? random(600_000) : random(3000), `${String(number)}-${String(change)}.`)
      const handle = await fileSystem.create(`/w${path}`, 0o644)
      await fileSystem.truncateHandle(handle, 0)
      for (let at = 0; at < content.byteLength; at += 100_000) await fileSystem.write(handle, at, content.subarray(at, at + 100_000))
      await fileSystem.release(handle)
      model.set(path, digest(content))
    }
    const before = await pachd.commits(repo)
    const hadChanges = copy.hasChanges
    for (let isCommitted = false; !isCommitted; ) {
      const kind = random(3)
      if (kind === 0) proxy.cutNext({ toPachd: random(6000) })
      if (kind === 1) proxy.cutNext({ answer: 1 + random(400) })
      isCommitted = await copy.commitChanges().then(() => true, () => false)
      proxy.cutNext(undefined)
      if (!isCommitted) failures++
    }
    expect((await pachd.commits(repo)).length - before.length, `commits made for number ${String(number)} of ${repo}`).toBe(hadChanges ? 1 : 0)
    if (number % 25 === 0 || number === commits) {
      const held = [...(await pachd.files(repo))].map(([path, bytes]) => [path, digest(bytes)] as const)
      expect(new Map(held), `the branch after commit ${String(number)}`).toEqual(model)
    }
  }

  return { cuts: proxy.cuts, failures }
}

test(`${String(COMMITS)} commits through a connection that breaks hold what was written, each once`, async () => {
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => commitAllTheSame(lane, COMMITS / LANES)))

  const sum = (of: 'cuts' | 'failures') => lanes.reduce((total, lane) => total + lane[of], 0)
  expect(sum('cuts'), 'connections cut').toBeGreaterThan(COMMITS / 4)
  expect(sum('failures'), 'commits that failed at first').toBeGreaterThan(COMMITS / 20)
}, 1_800_000)

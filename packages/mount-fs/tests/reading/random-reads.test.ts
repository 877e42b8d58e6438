/** Whatever is read, in whatever order and by however many at once: the bytes are those that were committed. */
import fc from 'fast-check'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'

import { type FaultProxy, startFaultProxy } from './fault-proxy.js'
import { type MountedPachd, mountedPachd } from './mounted-pachd.js'

const KIB = 1024
const MIB = 1024 * KIB
/** Smaller than the files together, so that blocks and packs are removed all the time. */
const CACHE_BYTES = 4 * MIB

interface Outcome {
  readonly operations: number
  readonly wrong: readonly string[]
  readonly errors: Readonly<Record<string, number>>
}

function someFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([
    ['/big.bin', randomBytes(6 * MIB + 4321)],
    ['/middle.bin', randomBytes(1.8 * MIB)],
    ['/d/exact.bin', randomBytes(MIB)],
    ['/d/empty', Buffer.alloc(0)],
    ['/d/one', randomBytes(1)],
    ['/back\\slash.bin', randomBytes(700 * KIB)],
  ])
  for (let index = 0; index < 40; index++) files.set(`/small/f${String(index).padStart(2, '0')}`, randomBytes(index * 997))
  return files
}

/** Programs that each do some of `count` operations at the same time. */
function programs(paths: readonly string[], count: number) {
  const operation = fc.record({
    kind: fc.constantFrom('pread', 'pread', 'seek', 'mmap', 'size', 'close'),
    handle: fc.nat({ max: 3 }),
    mount: fc.nat({ max: 3 }),
    path: fc.oneof(fc.constantFrom('/big.bin', '/middle.bin'), fc.constantFrom(...paths)),
    where: fc.noBias(fc.nat({ max: 1_000_000 })).map(part => part / 1_000_000),
    length: fc.oneof(fc.nat({ max: 4 * KIB }), fc.nat({ max: 200 * KIB }), fc.constantFrom(1, 4096, 128 * KIB, 1100 * KIB)),
    forget: fc.boolean(),
  })
  return fc.array(fc.array(operation, { minLength: count / 4, maxLength: count / 4 }), { minLength: 4, maxLength: 4 })
}

function startReader({ plain, repos }: MountedPachd): (lanes: unknown) => Promise<Outcome> {
  const child: ChildProcess = spawn('python3', [join(import.meta.dirname, 'read_and_compare.py'), plain, ...repos], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return async lanes => {
    child.stdin!.write(`${JSON.stringify({ lanes })}\n`)
    return JSON.parse((await answers.next()).value as string) as Outcome
  }
}

test('20,000 random reads of several programs through two mounts bring the committed bytes, while the cache overflows', { timeout: 300_000 }, async () => {
  const files = someFiles()
  const mounted = await mountedPachd({ files, cacheBytes: CACHE_BYTES, mounts: 2 })
  const read = startReader(mounted)
  let operations = 0

  await fc.assert(
    fc.asyncProperty(programs([...files.keys()], 500), async lanes => {
      const outcome = await read(lanes)
      operations += outcome.operations
      expect(outcome).toEqual({ operations: 500, wrong: [], errors: {} })
    }),
    { numRuns: 40, endOnFailure: true },
  )

  expect(operations).toBe(20_000)
  await mounted.cache?.flush()
  expect(mounted.cache?.sizeBytes).toBeLessThanOrEqual(CACHE_BYTES)
})

/** Goes on doing things to the connections until it is told to stop. */
async function disturb(proxy: FaultProxy, isOver: () => boolean): Promise<void> {
  const faults: (() => void | Promise<void>)[] = [
    () => proxy.cut(),
    () => proxy.cut(),
    () => void (proxy.delayMs = 20),
    async () => {
      proxy.stall()
      await delay(400)
      proxy.resume()
    },
    async () => {
      proxy.stall()
      await delay(300)
      proxy.cut()
      proxy.resume()
    },
    async () => {
      proxy.refuse()
      proxy.cut()
      await delay(500)
      proxy.accept()
    },
  ]
  for (let turn = 0; !isOver(); turn++) {
    await delay(50 + (turn % 7) * 60)
    proxy.delayMs = 0
    await faults[turn % faults.length]!()
  }
  proxy.delayMs = 0
}

test('while connections to pachd are cut, delayed and stalled, no byte of as many reads is wrong, and it recovers by itself', { timeout: 300_000 }, async () => {
  const files = someFiles()
  let proxy: FaultProxy | undefined
  const mounted = await mountedPachd({
    files, cacheBytes: CACHE_BYTES, mounts: 2,
    through: async address => {
      proxy = await startFaultProxy(address)
      onTestFinished(() => proxy?.stop())
      return proxy.address
    },
  })
  const read = startReader(mounted)
  const errors: Record<string, number> = {}
  let isOver = false
  const disturbing = disturb(proxy!, () => isOver)

  await fc.assert(
    fc.asyncProperty(programs([...files.keys()], 500), async lanes => {
      const outcome = await read(lanes)
      expect(outcome.wrong).toEqual([])
      for (const [name, count] of Object.entries(outcome.errors)) errors[name] = (errors[name] ?? 0) + count
    }),
    { numRuns: 40, endOnFailure: true },
  )
  isOver = true
  await disturbing

  expect(proxy!.cuts).toBeGreaterThan(3)
  expect(Object.keys(errors).filter(name => !['EIO', 'ETIMEDOUT'].includes(name))).toEqual([])
  const everything = [...files.keys()].map((path, handle) => ({ kind: 'pread', handle, mount: 0, path, where: 0, length: 8 * MIB, forget: true }))
  expect(await read([everything])).toEqual({ operations: files.size, wrong: [], errors: {} })
})

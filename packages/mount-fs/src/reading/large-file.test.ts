import { expect, test } from 'vitest'

import { LargeFile } from './large-file.js'

const SIZE = 24 * 1024 * 1024
const PIECE = 256 * 1024
const content = Buffer.alloc(SIZE, Buffer.from(Array.from({ length: 65_521 }, (_, index) => index % 253)))

/** A source that counts, and that can be held up. */
function source() {
  const seen = { starts: [] as number[], sentBytes: 0, gate: Promise.resolve() }
  const file = new LargeFile(async function* (offset, signal) {
    seen.starts.push(offset)
    for (let at = offset; at < SIZE && !signal.aborted; at += PIECE) {
      await seen.gate
      await new Promise(setImmediate)
      seen.sentBytes += PIECE
      yield content.subarray(at, at + PIECE)
    }
  }, SIZE)
  return { file, seen }
}

test('reading from start to end is one transfer with the right bytes', async () => {
  const { file, seen } = source()
  const reader = file.open()

  for (let at = 0; at < SIZE; at += 131_072) expect(Buffer.from(await reader.read(at, 131_072)).equals(content.subarray(at, at + 131_072))).toBe(true)

  expect(seen.starts).toEqual([0])
  reader.close()
})

test('a transfer runs no further ahead than its window while nobody reads', async () => {
  const { file, seen } = source()
  const reader = file.open()
  await reader.read(0, 4096)
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)

  expect(seen.sentBytes).toBeLessThan(2 * 1024 * 1024)
  reader.close()
})

test('pieces that the kernel asks for out of order come from one transfer', async () => {
  const { file, seen } = source()
  const reader = file.open()

  const reads = await Promise.all([262_144, 0, 131_072, 393_216].map(async at => [at, await reader.read(at, 131_072)] as const))

  for (const [at, bytes] of reads) expect(Buffer.from(bytes).equals(content.subarray(at, at + 131_072))).toBe(true)
  expect(seen.starts).toEqual([0])
  reader.close()
})

test('scattered and backward reads of many readers at once bring the right bytes', async () => {
  const { file } = source()
  const readers = Array.from({ length: 6 }, () => file.open())
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below

  await Promise.all(
    readers.map(async reader => {
      for (let turn = 0; turn < 40; turn++) {
        const [at, length] = [random(SIZE), 1 + random(300_000)]
        const bytes = Buffer.from(await reader.read(at, length))
        expect(bytes.equals(content.subarray(at, Math.min(at + length, SIZE))), `${String(length)} bytes at ${String(at)}`).toBe(true)
      }
    }),
  )

  for (const reader of readers) reader.close()
  expect(file.transferCount).toBe(0)
})

test('reads that jump about leave no transfers behind', async () => {
  const { file } = source()
  const reader = file.open()

  for (const at of [20_000_000, 1_000_000, 15_000_000, 6_000_000, 23_000_000, 9_500_000]) await reader.read(at, 4096)

  expect(file.transferCount).toBeLessThanOrEqual(3)
  reader.close()
})

test('a read past the end brings no bytes and starts nothing', async () => {
  const { file, seen } = source()
  const reader = file.open()

  expect((await reader.read(SIZE, 10)).byteLength).toBe(0)
  expect((await reader.read(SIZE - 5, 10)).byteLength).toBe(5)
  expect(seen.starts).toEqual([SIZE - 5])
  reader.close()
})

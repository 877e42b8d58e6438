import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createMemoryStore } from '../store/memory-store.js'
import { ChunkStore } from './chunk-store.js'
import { readContentBytes } from './content-reader.js'
import { ContentWriter, joinContents } from './content-writer.js'
import { blake2b256 } from './hashes.js'
import { PackFiles } from './pack-files.js'

let packs: PackFiles
let chunks: ChunkStore
beforeEach(() => {
  packs = new PackFiles(join(mkdtempSync(join(tmpdir(), 'pachd-chunks-')), 'packs'))
  chunks = new ChunkStore(createMemoryStore(), packs)
})
afterEach(() => packs.close())

const bytesOf = (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919 + (i >>> 8)) & 0xff))

async function write(bytes: Buffer, pieceBytes: number) {
  const session = chunks.openSession()
  const writer = new ContentWriter(session)
  for (let at = 0; at < bytes.length; at += pieceBytes) await writer.write(bytes.subarray(at, at + pieceBytes))
  const content = await writer.finish()
  await session.flush()
  session.close()
  return content
}

async function read(content: Parameters<typeof readContentBytes>[1], offset = 0): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of readContentBytes(chunks, content, { offset, owner: 'a file' })) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('content', () => {
  test.each([1, 65_535, 999_999, 1_000_000, 1_048_576, 1_048_577, 3_500_000])('of %i bytes is read back as it was written, from any offset', async size => {
    const bytes = bytesOf(size)
    const content = await write(bytes, 300_007)

    expect((await read(content)).equals(bytes)).toBe(true)
    for (const offset of [0, 1, size - 1, size, size + 10, Math.floor(size / 2)]) expect((await read(content, offset)).equals(bytes.subarray(offset))).toBe(true)
  })

  test('has the same hash however it was cut', async () => {
    const bytes = bytesOf(2_500_000)
    const hashes = await Promise.all([2_500_000, 1_048_576, 700_001].map(async piece => (await write(bytes, piece)).hash.toString('hex')))

    expect(new Set(hashes).size).toBe(1)
  })

  test('that is small has the hash that pachd gives it', async () => {
    expect((await write(Buffer.from('hello\n'), 10)).hash.toString('hex')).toBe('a76538c4bbfc9fae4cb77133a200d817a05b3639a9b6bd862a9c3a8201cc20f6')
    expect((await write(Buffer.alloc(0), 10)).hash).toEqual(blake2b256())
  })

  test.each([
    [10, 20],
    [999_990, 20],
    [1_500_000, 1_700_000],
    [3, 2_000_000],
    [2_097_152, 5],
  ])('of %i and %i bytes joined is that of the bytes in one piece', async (first, second) => {
    const bytes = bytesOf(first + second)
    const parts = [await write(bytes.subarray(0, first), 500_000), await write(bytes.subarray(first), 500_000)]
    const session = chunks.openSession()
    const joined = await joinContents(session, parts, 'a file')
    await session.flush()
    session.close()

    expect(joined).toEqual(await write(bytes, 1_000_000))
    expect((await read(joined)).equals(bytes)).toBe(true)
  })
})

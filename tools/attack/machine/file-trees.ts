/** Files of a directory and of a repo, to compare. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { digest } from '../../../packages/mount-server/tests/kills/killable-stack.js'
import type { Dice } from '../dice.js'

/** Files by path, each with a slash in front. */
export type Files = ReadonlyMap<string, Uint8Array>

/** So many files with random bytes below `directory`, of up to `mostBytes`. */
export function randomFiles(dice: Dice, directory: string, count: number, mostBytes: number): Map<string, Buffer> {
  return new Map(Array.from({ length: count }, (_, index) => [`${directory}/f${String(index).padStart(3, '0')}`, dice.bytes(dice.between(1, mostBytes))]))
}

/** The digest of each file, by path. */
export const digestsOf = (files: Files): Map<string, string> => new Map(Array.from(files, ([path, bytes]) => [path, digest(bytes)]))

/** The digest of each file below a directory, which must answer. */
export async function digestsIn(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found.set(path.slice(directory.length), digest(await readFile(path)))
  }
  return found
}

/** One line for each path at which two trees differ. */
export function differences(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] {
  return [...new Set([...found.keys(), ...expected.keys()])].sort().flatMap(path => {
    if (found.get(path) === expected.get(path)) return []
    return [`${path} ${!found.has(path) ? 'is missing' : !expected.has(path) ? 'should not be there' : 'has other bytes'}`]
  })
}

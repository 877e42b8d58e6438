/** Operations for the twins, at random. */
import fc from 'fast-check'

import { lifeKinds, type Operation } from './twin-directories.js'

/** The operations of programs; what is here more often is done more often. */
export const fileKinds = [
  'write', 'create', 'overwrite', 'readwrite', 'append', 'appendmany', 'touch', 'truncate', 'empty', 'fsync', 'map', 'chmod', 'utime', 'forget', 'unlink', 'mkdir', 'rmdir', 'rmtree', 'symlink', 'readlink', 'save',
  'stat', 'list', 'access', 'rename', 'rename', 'rename', 'copy', 'link', 'hold', 'heldwrite', 'heldread', 'heldtruncate', 'heldsync', 'letgo',
]

const name = fc.constantFrom('a', 'b', 'c', 'd')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => `/${names.join('/')}`)
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.oneof({ weight: 24, arbitrary: fc.constantFrom(...fileKinds) }, { weight: 1, arbitrary: fc.constantFrom(...lifeKinds) }),
  path,
  other: path,
  to: fc.constantFrom('a', 'b', '../a', '../b/c', 'c/d', '/etc/hostname', 'nowhere'),
  seed: fc.nat(10_000),
  size: fc.oneof({ weight: 9, arbitrary: fc.nat(5000) }, { weight: 1, arbitrary: fc.constantFrom(0, 4096, 131_072, 200_000) }),
  at: fc.oneof({ weight: 9, arbitrary: fc.nat(6000) }, { weight: 1, arbitrary: fc.constantFrom(0, 4096, 65_536, 150_000, 300_000) }),
})

/** Lists of operations of programs and of the mount's life, for one mount each. */
export function randomOperations({ atLeast = 1, atMost }: { atLeast?: number; atMost: number }): fc.Arbitrary<Operation[]> {
  return fc.array(operation, { minLength: atLeast, maxLength: atMost, size: 'max' })
}

/** The files that the twins begin with. */
export const firstFiles = { '/a/a': 'aa', '/a/b/c': 'abc', '/a/b/d': Buffer.alloc(200_000, 'abd'), '/b/c': 'bc', '/c': Buffer.alloc(100_000, 'c'), '/d/a/a': 'daa' }

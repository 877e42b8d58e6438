import { expect, test } from 'vitest'

import { FsError } from './errors.js'
import { FileSystem } from './file-system.js'
import { memoryPfs } from '../tests/memory-pfs.js'
import { PathSelection } from './path-selection.js'
import { FileReaders } from './reading/reader.js'
import { ReadOnlyVolume } from './reading/read-only-volume.js'
import { CommitTrees } from './reading/tree.js'

/** A file system with one read-only mount, "repo", and no kernel. */
function fileSystemOf(files: Record<string, string>): FileSystem {
  const pachd = memoryPfs(files)
  const fileSystem = new FileSystem()
  const source = { project: 'default', repo: 'repo', branch: 'master' }
  const commit = { ...source, id: pachd.head }
  const volume = new ReadOnlyVolume('repo', new CommitTrees(pachd.client).of(commit, 0), new PathSelection(['/']), new FileReaders(pachd.client))
  fileSystem.mounts.add({ name: 'repo', source, mode: 'ro', paths: ['/'], commit, volume })
  return fileSystem
}

const operations: Record<string, (fileSystem: FileSystem, path: string) => Promise<unknown>> = {
  'opening to read': (fileSystem, path) => fileSystem.open(path),
  'opening to write': (fileSystem, path) => fileSystem.open(path, { write: true }),
  creating: (fileSystem, path) => fileSystem.create(path, 0o644),
  truncating: (fileSystem, path) => fileSystem.truncate(path, 0),
  'making a directory': (fileSystem, path) => fileSystem.mkdir(path),
  deleting: (fileSystem, path) => fileSystem.unlink(path),
  'deleting a directory': (fileSystem, path) => fileSystem.rmdir(path),
  linking: (fileSystem, path) => fileSystem.symlink('target', path),
}

test.each([
  ['opening to read', { '/': 'EISDIR', '/repo': 'EISDIR', '/repo/d': 'EISDIR', '/none': 'ENOENT', '/none/a': 'ENOENT', '/repo/none': 'ENOENT' }],
  ['opening to write', { '/': 'EISDIR', '/repo': 'EISDIR', '/none': 'ENOENT', '/none/a': 'ENOENT', '/repo/d/a': 'EROFS' }],
  ['truncating', { '/': 'EISDIR', '/repo': 'EISDIR', '/none': 'ENOENT', '/none/a': 'ENOENT', '/repo/d/a': 'EROFS' }],
  ['creating', { '/': 'EISDIR', '/repo': 'EISDIR', '/none': 'EROFS', '/none/a': 'ENOENT', '/repo/new': 'EROFS' }],
  ['making a directory', { '/': 'EEXIST', '/repo': 'EEXIST', '/none': 'EROFS', '/none/a': 'ENOENT', '/repo/new': 'EROFS' }],
  ['deleting', { '/': 'EROFS', '/repo': 'EROFS', '/none': 'EROFS', '/none/a': 'ENOENT', '/repo/d/a': 'EROFS' }],
  ['deleting a directory', { '/': 'EROFS', '/repo': 'EROFS', '/none': 'EROFS', '/none/a': 'ENOENT', '/repo/d': 'EROFS' }],
  ['linking', { '/': 'EROFS', '/repo': 'EROFS', '/none': 'EROFS', '/none/a': 'ENOENT', '/repo/new': 'EROFS' }],
])('%s fails with the errno that POSIX has for the path: %j', async (name, expected) => {
  const fileSystem = fileSystemOf({ '/d/a': '1' })
  const codes: Record<string, string> = {}

  for (const path of Object.keys(expected)) {
    const operation = operations[name] ?? expect.fail(name)
    codes[path] = await operation(fileSystem, path).then(() => 'nothing failed', codeOf)
  }

  expect(codes).toEqual(expected)
})

function codeOf(error: unknown): string {
  return error instanceof FsError ? error.code : String(error)
}

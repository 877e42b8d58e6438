/** A process that serves one commit of a pachd on a mount with a disk cache: arguments mount directory, address, commit id, cache directory. */
import { createPachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { CommitTrees, DiskCache, FileReaders, FileSystem, mountFuse, PathSelection, ReadOnlyVolume } from '../../src/index.js'

const [mountDir = '', address = '', id = '', directory = ''] = process.argv.slice(2)
const client = createPachdClient({ address })
const cache = await DiskCache.open({ directory, maxBytes: 16 * 1024 * 1024, keepFree: 0 })
const readers = new FileReaders(client, { memoryBytes: 1024 * 1024, disk: { cache, cluster: 'test' } })
const commit = { project: 'default', repo: 'repo', branch: 'master', id }
const fileSystem = new FileSystem()
fileSystem.mounts.add({ name: 'repo', source: commit, mode: 'ro', paths: ['/'], commit, volume: new ReadOnlyVolume('repo', new CommitTrees(client).of(commit, 0), new PathSelection(['/']), readers) })
await mountFuse(fileSystem, { mountDir })
process.stdout.write('mounted\n')

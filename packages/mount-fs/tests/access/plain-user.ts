/** Mounts as the user who runs it, moves and removes a mount, and prints what a program sees: `plain-user.ts DIRECTORY UID`, where the files belong to UID. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { CommitTrees, FileReaders, FileSystem, mountFuse, PathSelection, ReadOnlyVolume } from '../../src/index.js'
import { memoryPfs } from '../memory-pfs.js'

const [mountDir = '', uid = ''] = process.argv.slice(2)
const source = { project: 'default', repo: 'repo', branch: 'master' }

function mountOf(text: string) {
  const { client, head } = memoryPfs({ '/a': text })
  const commit = { ...source, id: head }
  const volume = new ReadOnlyVolume('repo', new CommitTrees(client).of(commit, 0), new PathSelection(['/']), new FileReaders(client))
  return { name: 'repo', source, mode: 'ro' as const, paths: ['/'], commit, volume }
}

async function shell(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', `cd "$0" && { ${script}; } 2>&1; true`, mountDir])
  return stdout
}

const fileSystem = new FileSystem()
fileSystem.mounts.add(mountOf('first'))
const session = await mountFuse(fileSystem, { mountDir, allowOther: true, ownership: { uid: Number(uid), gid: Number(uid) } })
const first = await shell('cat repo/a; stat -c " %u" repo/a')
await fileSystem.replaceMount(mountOf('second'))
const second = await shell('cat repo/a')
fileSystem.mounts.remove('repo')
await fileSystem.forgetName('repo')
const last = await shell('cat repo/a')
await session.unmount()
process.stdout.write(JSON.stringify({ notices: session.notices, first, second, last }))

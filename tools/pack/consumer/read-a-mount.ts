/** A program of somebody who has the packages alone: mounts a branch and reads it through the kernel; says which libfuse was loaded. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { FileSystem, mountFuse, openBranch } from '@jupyterlab-pachyderm/mount-fs'
import { createPachdClient } from '@jupyterlab-pachyderm/pachd-client'

const [address = '', mountDir = ''] = process.argv.slice(2)
const client = createPachdClient({ address })
const fileSystem = new FileSystem()
fileSystem.mounts.add(await openBranch(client, { repo: 'images', branch: 'master' }))
const mount = await mountFuse(fileSystem, { mountDir })
const text = await readFile(join(mountDir, 'images/cat.txt'), 'utf8')
await mount.unmount()
client.close()

const maps = await readFile('/proc/self/maps', 'utf8')
const libraries = maps.split('\n').flatMap(line => line.split(' ').filter(part => part.startsWith('/') && part.includes('libfuse')))
console.log(JSON.stringify({ text, libraries: [...new Set(libraries)] }))

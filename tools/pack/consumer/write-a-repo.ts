/** A program of somebody who has the packages alone: writes a file into a new repo of the pachd at the given address. */
import { errorCodes } from '@jupyterlab-pachyderm/mount-api'
import { readCommandLine } from '@jupyterlab-pachyderm/mount-server'
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { pfs } from '@jupyterlab-pachyderm/pachd-proto'

const [address = '', text = ''] = process.argv.slice(2)
const pachd = createPachdClient({ address })
await pachd.pfs.createRepo({ repo: repoReference({ project: 'default', name: 'images' }) })
const commit = await pachd.pfs.startCommit({ branch: branchReference({ project: 'default', repo: 'images', branch: 'master' }) })
const file: pfs.AddFile = pfs.AddFile.fromPartial({ path: '/cat.txt', source: { $case: 'raw', raw: Buffer.from(text) } })
await pachd.pfs.modifyFile([{ body: { $case: 'setCommit', setCommit: commit } }, { body: { $case: 'addFile', addFile: file } }])
await pachd.pfs.finishCommit({ commit })
pachd.close()

const commandLine = readCommandLine(['--mount-dir', '/somewhere'], {})
if ('exitCode' in commandLine) throw new Error(commandLine.text)
console.log(JSON.stringify({ mountDir: commandLine.options.mountDir, errorCodes: errorCodes.length }))

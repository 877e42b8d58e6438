/** Mounting, committing and unmounting from the command line. */
import { followEvents, type MountList } from '@jupyterlab-pachyderm/mount-api'

import { printableName } from '../printable.js'
import type { MountSourceText } from './client-command.js'
import { type ServerConnection, ServerRefusal } from './server-connection.js'
import { mountTable } from './status.js'
import { startProgress, type Terminal } from './terminal.js'

/** Shows a branch or commit. */
export async function mount({ client }: ServerConnection, terminal: Terminal, { source, mountName, write, follow, json }: { source: MountSourceText; mountName: string | undefined; write: boolean; follow: boolean; json: boolean }): Promise<void> {
  const { project, repo, branch, commit, path } = source
  const name = mountName ?? repo
  const spec = { name, repo, mode: write ? ('rw' as const) : ('ro' as const), ...(project !== undefined && { project }), ...(branch !== undefined && { branch }), ...(commit !== undefined && { commit }), ...(path !== undefined && { paths: [path] }), ...(follow && { follow }) }
  const { mounted } = await client.mount({ mounts: [spec] })
  if (json) terminal.printJson(mounted)
  else terminal.print(printableName(mounted.find(entry => entry.name === name)?.mountpoint ?? name))
}

/** Commits and takes away, all or some. */
export async function unmount(server: ServerConnection, terminal: Terminal, { mounts, all, json }: { mounts: readonly string[]; all: boolean; json: boolean }): Promise<void> {
  const { client } = server
  const { mounted } = await withProgress(server, terminal, 'committing', () => (all ? client.unmountAll() : client.unmount({ mounts: [...mounts] })))
  if (json) terminal.printJson(mounted)
  else terminal.print(mounted.length === 0 ? 'nothing is mounted any more' : mountTable(mounted))
}

/** Commits what was written to one mount. */
export async function commit(server: ServerConnection, terminal: Terminal, { mount: name, message, json }: { mount: string; message: string | undefined; json: boolean }): Promise<void> {
  const { client } = server
  const entryOf = ({ mounted }: MountList) => mounted.find(entry => entry.name === name)
  const before = entryOf(await client.listMounts())
  if (!before) throw new ServerRefusal(`nothing is mounted at '${name}'`)
  const after = entryOf(await withProgress(server, terminal, `committing ${name}`, () => client.commit({ mount: name, ...(message !== undefined && { message }) })))
  if (json) terminal.printJson(after ?? null)
  else if (before.commit === after?.commit && before.latest_commit === after.latest_commit) terminal.print('nothing to commit')
  else terminal.print(`committed ${after?.latest_commit || after?.commit || ''}`)
}

/** Shows how far commits are while `work` runs; what the server says of them comes with its events. */
async function withProgress<T>({ events }: ServerConnection, terminal: Terminal, what: string, work: () => Promise<T>): Promise<T> {
  if (!terminal.showsProgress) return work()
  const over = new AbortController()
  const progress = startProgress(terminal, what)
  const following = (async () => {
    for await (const event of followEvents(events, { signal: over.signal })) {
      if (event.type !== 'transfers') continue
      const commits = event.data.transfers.filter(({ kind }) => kind === 'commit')
      progress.update(commits.reduce((sum, { done_bytes: done }) => sum + done, 0), commits.reduce((sum, { total_bytes: total }) => sum + (total ?? 0), 0))
    }
  })()
  try {
    return await work()
  } finally {
    over.abort()
    progress.stop()
    await following
  }
}

/** What is connected and mounted, and what could be. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

import type { ServerConnection } from './server-connection.js'
import { table, type Terminal } from './terminal.js'

/** The server, its pachd and its mounts. */
export async function status({ client, address }: ServerConnection, terminal: Terminal, { json }: { json: boolean }): Promise<void> {
  const [version, ready] = await Promise.all([client.version(), client.ready()])
  const mounted = ready.reasons.some(({ what }) => what === 'connection' || what === 'login' || what === 'starting') ? [] : (await client.listMountDetails()).mounted
  if (json) {
    terminal.printJson({ address, version, ready, mounted })
    return
  }
  terminal.print(`mount-server ${version.version} at ${address}`)
  terminal.print(version.pachd ? `pachd ${version.pachd.version} at ${version.pachd.pachd_address}` : 'no pachd')
  for (const { message, hint } of ready.reasons) terminal.print(`not ready: ${message}${hint === undefined ? '' : `; ${hint}`}`)
  terminal.print(mounted.length === 0 ? 'nothing is mounted' : `\n${mountTable(mounted)}`)
}

/** Mounts as a table for people. */
export function mountTable(mounted: readonly MountEntry[]): string {
  const rows = mounted.map(({ name, project, repo, branch, commit, mode, how_many_commits_behind: behind, uncommitted }) => [
    name,
    `${project === 'default' ? '' : `${project}/`}${repo}@${branch || commit}`,
    mode,
    commit.slice(0, 8) || '-',
    behind === 0 ? '-' : String(behind),
    uncommitted ? `+${String(uncommitted.added)} ~${String(uncommitted.changed)} -${String(uncommitted.deleted)}` : '-',
  ])
  return table(['NAME', 'SOURCE', 'MODE', 'COMMIT', 'BEHIND', 'UNCOMMITTED'], rows)
}

/** The repos, or those that contain `search`. */
export async function repos({ client }: ServerConnection, terminal: Terminal, { search, json }: { search: string | undefined; json: boolean }): Promise<void> {
  const found = await client.listRepos(search === undefined ? {} : { search })
  if (json) terminal.printJson(found)
  else if (found.length === 0) terminal.tell(search === undefined ? 'there are no repos' : `no repo contains "${search}"`)
  else terminal.print(table(['PROJECT', 'REPO', 'BRANCHES', 'ACCESS'], found.map(({ project, repo, branches, authorization }) => [project, repo, branches?.join(' ') ?? '-', authorization === 'off' ? '-' : authorization])))
}

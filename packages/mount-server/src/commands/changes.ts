/** What is written and not committed. */
import type { MountChange } from '@jupyterlab-pachyderm/mount-api'

import type { ServerConnection } from './server-connection.js'
import { readableBytes, type Terminal } from './terminal.js'

const signs = { added: '+', changed: '~', deleted: '-' } as const satisfies Record<MountChange['change'], string>

/** One line a path, all pages of all mounts. */
export async function changes({ client }: ServerConnection, terminal: Terminal, { mounts, json }: { mounts: readonly string[]; json: boolean }): Promise<void> {
  const names = mounts.length > 0 ? mounts : (await client.listMounts()).mounted.filter(({ mode }) => mode === 'rw').map(({ name }) => name)
  const found: { mount: string; changes: MountChange[]; conflicts: string[] }[] = []
  for (const mount of names) found.push({ mount, ...(await allChanges(client, mount)) })
  if (json) {
    terminal.print(JSON.stringify(found, undefined, 2))
    return
  }
  for (const { mount, changes: paths, conflicts } of found) {
    for (const { path, change, size_bytes: size, refusal } of paths) terminal.print(`${signs[change]} ${mount}${path}${size === null ? '' : `  ${readableBytes(size)}`}${refusal === undefined ? '' : `  (pachd will not take it: ${refusal})`}`)
    for (const path of conflicts) terminal.tell(`! ${mount}${path} was changed by somebody else, too`)
  }
  if (found.every(({ changes: paths }) => paths.length === 0)) terminal.tell('nothing is uncommitted')
}

async function allChanges(client: ServerConnection['client'], name: string): Promise<{ changes: MountChange[]; conflicts: string[] }> {
  const found: MountChange[] = []
  let after: string | undefined
  for (;;) {
    const page = await client.listChanges({ name, ...(after !== undefined && { after }) })
    found.push(...page.changes)
    if (page.next === null) return { changes: found, conflicts: page.conflicts }
    after = page.next
  }
}

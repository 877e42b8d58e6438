/** What is written and not committed. */
import type { MountChange, RecoveredFile } from '@jupyterlab-pachyderm/mount-api'

import { printableName } from '../printable.js'
import type { ServerConnection } from './server-connection.js'
import { readableBytes, type Terminal } from './terminal.js'

const signs = { added: '+', changed: '~', deleted: '-' } as const satisfies Record<MountChange['change'], string>

/** One line a path, all pages of all mounts. */
export async function changes({ client }: ServerConnection, terminal: Terminal, { mounts, json, nul }: { mounts: readonly string[]; json: boolean; nul: boolean }): Promise<void> {
  const names = mounts.length > 0 ? mounts : (await client.listMounts()).mounted.filter(({ mode }) => mode === 'rw').map(({ name }) => name)
  const found: ({ mount: string } & MountWork)[] = []
  for (const mount of names) found.push({ mount, ...(await allChanges(client, mount)) })
  if (json) {
    terminal.printJson(found)
    return
  }
  if (nul) {
    terminal.printRaw(found.flatMap(({ mount, changes: paths }) => paths.map(({ path, change }) => `${signs[change]} ${mount}${path}`)))
    return
  }
  for (const { mount, changes: paths, conflicts, recovered = [] } of found) {
    for (const { path, change, size_bytes: size, refusal } of paths) terminal.print(`${signs[change]} ${printableName(mount + path)}${size === null ? '' : `  ${readableBytes(size)}`}${refusal === undefined ? '' : `  (pachd will not take it: ${refusal})`}`)
    for (const path of conflicts) terminal.tell(`! ${printableName(mount + path)} was changed by others, too`)
    for (const { path, size_bytes: size } of recovered) terminal.tell(`? ${printableName(path)}  ${readableBytes(size)}  (recovered from damaged changes of ${mount}: copy what you need into the mount, then remove it)`)
  }
  if (found.every(({ changes: paths }) => paths.length === 0)) terminal.tell('nothing is uncommitted')
}

interface MountWork {
  readonly changes: MountChange[]
  readonly conflicts: string[]
  readonly recovered?: RecoveredFile[]
}

async function allChanges(client: ServerConnection['client'], name: string): Promise<MountWork> {
  const found: MountChange[] = []
  let after: string | undefined
  for (;;) {
    const page = await client.listChanges({ name, ...(after !== undefined && { after }) })
    found.push(...page.changes)
    if (page.next === null) return { changes: found, conflicts: page.conflicts, ...(page.recovered && { recovered: page.recovered }) }
    after = page.next
  }
}

/** The pages, and parts of pages, that are made from definitions in the code. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { root } from '../pages.js'
import { pachdStatuses } from './codes.js'
import { mountServerCommands, mountServerExitCodes, mountServerOptions, pachdEmbeddedOptions } from './command-lines.js'
import { panelSettings, serverSettings } from './jupyter.js'
import { restPage } from './rest.js'

/** The texts by path below the root, as they should be. What people wrote in them stays as it is. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const configuration = {
    'options of mount-server': mountServerOptions(),
    'commands of mount-server': mountServerCommands(),
    'exit codes of mount-server': mountServerExitCodes(),
    'options of pachd-embedded': pachdEmbeddedOptions(),
    'settings of the server extension': await serverSettings(),
    'settings of the panel': await panelSettings(),
  }
  return new Map([
    ['docs/configuration.md', await withParts('docs/configuration.md', configuration)],
    ['docs/ERRORS.md', await withParts('docs/ERRORS.md', { 'statuses of pachd': pachdStatuses() })],
    ['docs/rest.md', await restPage()],
  ])
}

/** The page with each part between its marks. Rejects when a part has no place. */
async function withParts(path: string, parts: Readonly<Record<string, string>>): Promise<string> {
  const page = await readFile(join(root, path), 'utf8')
  return Object.entries(parts).reduce((text, [name, part]) => {
    const place = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
    if (!place.test(text)) throw new Error(`${path} has no place for the ${name}`)
    return text.replace(place, (_, before: string, after: string) => `${before}\n${part}\n\n${after}`)
  }, page)
}

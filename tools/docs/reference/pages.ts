/** The pages, and parts of pages, that are made from definitions in the code. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { root } from '../pages.js'
import { mountServerCommands, mountServerExitCodes, mountServerOptions, pachdEmbeddedOptions } from './command-lines.js'
import { panelSettings, serverSettings } from './jupyter.js'
import { restPage } from './rest.js'

const CONFIGURATION = 'docs/configuration.md'

/** The texts by path below the root, as they should be. What people wrote in them stays as it is. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const parts = {
    'options of mount-server': mountServerOptions(),
    'commands of mount-server': mountServerCommands(),
    'exit codes of mount-server': mountServerExitCodes(),
    'options of pachd-embedded': pachdEmbeddedOptions(),
    'settings of the server extension': await serverSettings(),
    'settings of the panel': await panelSettings(),
  }
  return new Map([
    [CONFIGURATION, withParts(await readFile(join(root, CONFIGURATION), 'utf8'), parts)],
    ['docs/rest.md', restPage()],
  ])
}

/** The page with each part between its marks. Throws when a part has no place. */
function withParts(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const place = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
    if (!place.test(text)) throw new Error(`${CONFIGURATION} has no place for the ${name}`)
    return text.replace(place, (_, before: string, after: string) => `${before}\n${part}\n\n${after}`)
  }, page)
}

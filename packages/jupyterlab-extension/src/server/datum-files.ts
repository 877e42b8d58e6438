/** The files of the shown datum, over the server half. */
import type { MountServerClient, Transport } from '@jupyterlab-pachyderm/mount-api'

import type { DatumFiles } from '../model/datum-model.js'
import { createFilePages } from './file-pages.js'

/** The directory below the mount in which a pipeline leaves its results. */
const OUTPUT = 'out'
/** Who writes more to the top of one datum's output sees the first of them. */
const SHOWN_NAMES = 200

/** The requests over `transport`. */
export function createDatumFiles(client: MountServerClient, transport: Transport): DatumFiles {
  const pages = createFilePages(client)
  const listed = () => pages(OUTPUT, { search: '', after: undefined, limit: SHOWN_NAMES })
  return {
    listOutput: async () => (await listed()).entries.map(({ name }) => name),
    clearOutput: async () => {
      for (let names = await listed(); names.entries.length > 0; names = await listed()) {
        for (const { name } of names.entries) await client.deleteFile({ mount: OUTPUT, '*': name, recursive: true })
      }
    },
    download: async () => ((await transport({ method: 'PUT', url: '/datums/_download', body: {} })) as { path: string }).path,
  }
}

/** The files of the shown datum, over the server half. */
import type { Transport } from '@jupyterlab-pachyderm/mount-api'

import type { DatumFiles } from '../model/datum-model.js'
import { createFilePages } from './file-pages.js'

/** The directory below the mount in which a pipeline leaves its results. */
const OUTPUT = 'out'
/** Who writes more to the top of one datum's output sees the first of them. */
const SHOWN_NAMES = 200

/** The requests over `transport`. */
export function createDatumFiles(transport: Transport): DatumFiles {
  const pages = createFilePages(transport)
  return {
    listOutput: async () => (await pages(OUTPUT, 0, SHOWN_NAMES)).entries.map(({ name }) => name),
    clearOutput: async () => {
      for (let names = await pages(OUTPUT, 0, SHOWN_NAMES); names.total > 0; names = await pages(OUTPUT, 0, SHOWN_NAMES)) {
        for (const { name } of names.entries) await transport({ method: 'DELETE', url: `/files/${OUTPUT}/${encodeURIComponent(name)}?recursive=true` })
      }
    },
    download: async () => ((await transport({ method: 'PUT', url: '/datums/_download', body: {} })) as { path: string }).path,
  }
}

/** The check of a data directory that no process uses: `pachd-embedded fsck`. */
import { openDataDirectory } from './data-directory.js'
import { Inspection } from './model/inspection.js'

/** Looks at every row and every byte; one sentence for each thing that is wrong. Throws DataDirectoryError when the directory is in use. */
export async function* checkDataDirectory(dataDir: string): AsyncGenerator<string, void, undefined> {
  const data = await openDataDirectory(dataDir)
  try {
    yield* new Inspection(data.store.rows, data.chunks).problems()
  } finally {
    await data.close()
  }
}

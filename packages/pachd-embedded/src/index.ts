/** A pachd in one process, for tests, laptops and continuous integration. */
export { startEmbeddedPachd, StartError } from './embedded-pachd.js'
export type { EmbeddedPachd, EmbeddedPachdOptions } from './embedded-pachd.js'
export { DataDirectoryError } from './data-directory.js'
export { checkDataDirectory } from './check-data-directory.js'
export type { Collected } from './model/collection.js'

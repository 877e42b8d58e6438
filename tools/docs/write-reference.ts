/** Writes what is generated in docs/: the reference of the configuration and of the REST API. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { root } from './pages.js'
import { referencePages } from './reference/pages.js'

for (const [path, text] of await referencePages()) await writeFile(join(root, path), text)

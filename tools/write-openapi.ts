/** Writes docs/openapi.json from the route table of mount-api. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { openApiText } from './openapi-text.js'

await writeFile(join(import.meta.dirname, '../docs/openapi.json'), openApiText())

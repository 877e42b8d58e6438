/** What docs/openapi.json holds. */
import { readFileSync } from 'node:fs'

import { openApiDocument } from '../packages/mount-api/src/index.js'

/** The reference of the REST API, as it is committed. */
export function openApiText(): string {
  const { version } = JSON.parse(readFileSync(new URL('../packages/mount-server/package.json', import.meta.url), 'utf8')) as { version: string }
  return `${JSON.stringify(openApiDocument({ version }), undefined, 2)}\n`
}

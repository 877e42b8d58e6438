/** `check-tag.mjs TAG`: refuses a tag that is not of the version that everything here has. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root, runTool, SetupError } from '../setup/report.mjs'

await runTool(() => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  if (process.argv[2] !== `v${version}`) throw new SetupError(`The tag ${process.argv[2] ?? '(none)'} is not v${version}, which package.json says.`)
  return Promise.resolve()
})

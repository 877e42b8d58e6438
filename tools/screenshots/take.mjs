/** `node tools/screenshots/take.mjs [folder]`: pictures of every state of the panel, as its browser tests reach them. */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

import { withVenv } from '../setup/python-environment.mjs'
import { root } from '../setup/report.mjs'

const folder = resolve(process.argv[2] ?? join(root, '.screenshots'))
const { status } = spawnSync(join(root, 'node_modules/.bin/vitest'), ['run', '--config', 'vitest.workspace.ts', '--project', 'browser', 'ui-tests/states/', 'ui-tests/scale.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...withVenv(), SCREENSHOTS: folder },
})
console.log(`The pictures are in ${folder}: <state>-light, -dark, -high-contrast, and -narrow (220 px).`)
process.exitCode = status ?? 1

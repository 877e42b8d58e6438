/** `npm run test:portable`: the tests that need neither FUSE nor anything else that only Linux has, as for macOS. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

import { root } from '../setup/report.mjs'

/** Folders all of whose tests are portable. */
export const portable = [
  'packages/pachd-proto/',
  'packages/mount-api/',
  'packages/pachd-client/',
  'packages/jupyterlab-extension/src/',
  'packages/jupyterlab-extension/tests/',
  'packages/mount-server/src/',
  'packages/mount-fs/src/',
]

/** Why the others stay away. */
export const notPortable = {
  'packages/mount-fs/tests/': 'mounts with FUSE, and locks the stage with an abstract socket, which is Linux alone',
  'packages/mount-server/tests/': 'mounts with FUSE, and looks into /proc',
  'packages/pachd-embedded/': 'looks into /proc, and kills processes where only Linux says what they held',
  'packages/jupyterlab-extension/ui-tests/': 'drives the Chromium of Debian over a FUSE mount',
  'tools/': 'needs Debian: namespaces, setpriv, other users',
}

if (process.argv[1] === import.meta.filename) {
  // Vitest finds the folder of the browser's tests by the end of a path, too.
  const vitest = spawn(join(root, 'node_modules/.bin/vitest'), ['run', '--config', 'vitest.workspace.ts', '--project=!browser', ...portable], { cwd: root, stdio: 'inherit' })
  vitest.once('close', code => (process.exitCode = code ?? 1))
}

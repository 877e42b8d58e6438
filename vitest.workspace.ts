/** All test configuration: one project a package, and the tools. */
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname
const conditions = ['@jupyterlab-pachyderm/source', 'module', 'node', 'development|production']

/** The tests of one package: beside the source, and in its `tests/` folder. */
function packageTests(name: string, overrides: object = {}) {
  return {
    extends: true as const,
    test: { name, root: join(root, 'packages', name), include: ['{src,tests}/**/*.test.ts?(x)'], ...overrides },
  }
}

export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: join(root, 'tools/checks/temporary-folder.ts'),
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      packageTests('pachd-proto'),
      packageTests('mount-api'),
      packageTests('pachd-client'),
      packageTests('pachd-embedded', { testTimeout: 60_000 }),
      packageTests('mount-fs', { testTimeout: 60_000 }),
      packageTests('mount-server', { testTimeout: 60_000 }),
      packageTests('jupyterlab-extension'),
      packageTests('jupyterlab-extension', { name: 'browser', include: ['ui-tests/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 }),
      { extends: true, test: { name: 'tools', root: join(root, 'tools'), include: ['**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
})

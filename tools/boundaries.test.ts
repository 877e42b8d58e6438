/** The arrows between packages: the lint rule must refuse what points the wrong way, and it passes in silence without a project graph. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { ESLint } from 'eslint'
import { beforeAll, expect, test } from 'vitest'
import tseslint from 'typescript-eslint'

const root = join(import.meta.dirname, '..')

beforeAll(async () => {
  const env = { ...process.env, NX_DAEMON: 'false' }
  await promisify(execFile)(join(root, 'node_modules/.bin/nx'), ['show', 'projects'], { cwd: root, env })
})

/** What the rules of the house say about a file with this text, if it stood at this path. */
async function complaints(path: string, text: string): Promise<string[]> {
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: [{ ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } }],
  })
  const results = await eslint.lintText(text, { filePath: join(root, path) })
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => ruleId ?? message))
}

const boundary = '@nx/enforce-module-boundaries'

test.each([
  ['a wire that imports the client', 'packages/pachd-proto/src/probe.ts', '@jupyterlab-pachyderm/pachd-client'],
  ['a client that imports the file system', 'packages/pachd-client/src/probe.ts', '@jupyterlab-pachyderm/mount-fs'],
  ['a file system that imports the server', 'packages/mount-fs/src/probe.ts', '@jupyterlab-pachyderm/mount-server'],
  ['an embedded pachd that imports the client', 'packages/pachd-embedded/src/probe.ts', '@jupyterlab-pachyderm/pachd-client'],
  ['a server that imports the embedded pachd in its source', 'packages/mount-server/src/probe.ts', '@jupyterlab-pachyderm/pachd-embedded'],
  ['a server that speaks gRPC', 'packages/mount-server/src/probe.ts', '@grpc/grpc-js'],
  ['a relative path into another package', 'packages/mount-fs/src/probe.ts', '../../pachd-client/src/index.js'],
])('%s is refused', async (_, path, imported) => {
  expect(await complaints(path, `import '${imported}'\n`)).toContain(boundary)
})

test('fuse-native outside of its folder is refused', async () => {
  expect(await complaints('packages/mount-fs/src/probe.ts', "import 'fuse-native'\n")).toContain('no-restricted-imports')
  expect(await complaints('packages/mount-fs/src/fuse/probe.ts', "import 'fuse-native'\n")).toEqual([])
})

test('arrows that point down are allowed', async () => {
  expect(await complaints('packages/mount-fs/src/probe.ts', "import '@jupyterlab-pachyderm/pachd-client'\n")).toEqual([])
  expect(await complaints('packages/mount-server/tests/probe.test.ts', "import '@jupyterlab-pachyderm/pachd-embedded'\n")).toEqual([])
})

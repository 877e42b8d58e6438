/** The npm packages as somebody else gets them: what publint and arethetypeswrong say of the packed files. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { publint } from 'publint'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const published = ['pachd-proto', 'mount-api', 'pachd-client', 'pachd-embedded', 'mount-fs', 'mount-server']

test.each(published)('%s packs without a complaint of publint', async name => {
  const { messages } = await publint({ pkgDir: join(root, 'packages', name), strict: true })

  expect(messages).toEqual([])
})

test.each(published)('the types of %s are what its modules export', async name => {
  const run = promisify(execFile)(join(root, 'node_modules/.bin/attw'), ['--pack', '.', '--profile', 'esm-only', '--no-color'], { cwd: join(root, 'packages', name) })

  await expect(run).resolves.toMatchObject({ stdout: expect.stringContaining('🟢') as string })
})

/** The npm packages as somebody else gets them: what publint and arethetypeswrong say of the packed files. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { publint } from 'publint'
import { expect, test } from 'vitest'

import { root } from '../setup/report.mjs'
import { publishedFolders } from './tarballs.js'

test.each(publishedFolders)('%s packs without a complaint of publint', async name => {
  const { messages } = await publint({ pkgDir: join(root, 'packages', name), strict: true })

  expect(messages).toEqual([])
})

test.each(publishedFolders)('the types of %s are what its modules export', async name => {
  const run = promisify(execFile)(join(root, 'node_modules/.bin/attw'), ['--pack', '.', '--profile', 'esm-only', '--no-color'], { cwd: join(root, 'packages', name) })

  await expect(run).resolves.toMatchObject({ stdout: expect.stringContaining('🟢') as string })
})

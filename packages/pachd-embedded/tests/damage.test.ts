import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { serving } from './serving.js'
import { add, at, failureOf, on } from './wire-client.js'

const now = serving()

/** Overwrites everything that holds bytes of files, as a failing disk would. */
function damagePacks(dataDir: string): void {
  const packs = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && /pack/.test(join(entry.parentPath, entry.name)))
  expect(packs.length).toBeGreaterThan(0)
  for (const { parentPath, name } of packs) writeFileSync(join(parentPath, name), Buffer.alloc(statSync(join(parentPath, name)).size, 0xff))
}

test('a commit whose bytes are damaged is finished without them and says why, and what comes after it goes on', async () => {
  const { client, dataDir, reported } = now()
  for (const name of ['up', 'down']) await client.createRepo(name)
  await client.pfs('createBranch', { branch: { repo: { name: 'down' }, name: 'master' }, provenance: [{ repo: { name: 'up' }, name: 'master' }] })
  await client.finishCommit(on('down', 'master'))
  await client.modify(on('up', 'master'), [add('/a', '1')])
  const damaged = await client.inspectCommit(on('down', 'master'))
  // The second half has to be put behind the first, which is read for it.
  for (const half of ['first half ', 'second half']) await client.modify(on('down', 'master'), [add('/x', half.repeat(100))])
  await client.modify(on('up', 'master'), [add('/b', '1')])
  const after = await client.inspectCommit(on('down', 'master'))
  await client.finishCommit(at('down', after.commit?.id ?? ''))
  damagePacks(dataDir)

  await client.finishCommit(at('down', damaged.commit?.id ?? ''))

  expect(after.parentCommit?.id).toBe(damaged.commit?.id)
  expect(await client.inspectCommit(at('down', damaged.commit?.id ?? ''))).toMatchObject({ finished: expect.anything() as object, error: expect.stringContaining('could not be put together') as string })
  expect(await client.inspectCommit(at('down', after.commit?.id ?? ''))).toMatchObject({ finished: expect.anything() as object, error: '' })
  expect((await failureOf(client.get(on('up', 'master'), '/a'))).text).toMatch(/damaged|checksum|bytes/i)
  expect(reported.length).toBeGreaterThan(0)
})

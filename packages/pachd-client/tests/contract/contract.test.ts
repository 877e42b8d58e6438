/** The contract of pachd, judged over the embedded one always and over a real one when PACHD_ADDRESS names it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createPachdClient, type PachdClient } from '../../src/index.js'
import { commitsContract } from './commits.contract.js'
import { datumsContract } from './datums.contract.js'
import { filesContract } from './files.contract.js'
import { provenanceContract } from './provenance.contract.js'
import { reposContract } from './repos.contract.js'

function pachdContract(connect: () => PachdClient): void {
  test('a pachd says its version, its ids and that it serves', async () => {
    const client = connect()

    expect((await client.version.getVersion({})).major).toBe(2)
    expect(await client.admin.inspectCluster({})).toMatchObject({ id: expect.stringMatching(/./) as string, deploymentId: expect.stringMatching(/./) as string })
    expect(await client.health.check({})).toEqual({ status: 'SERVING' })
  })
  reposContract(connect)
  commitsContract(connect)
  filesContract(connect)
  provenanceContract(connect)
  datumsContract(connect)
}

describe('the embedded pachd', () => {
  let client: PachdClient
  let stop: () => Promise<void>

  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'pachd-contract-'))
    const pachd = await startEmbeddedPachd({ dataDir, port: 0 })
    client = createPachdClient({ address: pachd.address })
    stop = async () => {
      client.close()
      await pachd.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  })

  afterAll(() => stop())

  pachdContract(() => client)
})

const { PACHD_ADDRESS: address, PACHD_TOKEN: token } = process.env

if (address) {
  describe(`the pachd at ${address}`, () => {
    const client = createPachdClient({ address, token })

    afterAll(() => client.close())

    pachdContract(() => client)
  })
}

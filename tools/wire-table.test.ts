/** protos/ against the table of pachd's wire: every service, method, message, field, number, type and enum value. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import protobuf from 'protobufjs'
import { expect, test } from 'vitest'

import { wireOfProtos } from './wire/wire-of-protos.js'
import { wireOfTable } from './wire/wire-of-table.js'

const protos = join(import.meta.dirname, '../protos')

async function loadProtos(): Promise<protobuf.Root> {
  const root = new protobuf.Root()
  root.resolvePath = (_, target) => (target.startsWith('google/') ? target : join(protos, target))
  const entries = await readdir(protos, { recursive: true })
  await root.load(entries.filter(entry => entry.endsWith('.proto')), { keepCase: true })
  root.resolveAll()
  return root
}

const readTable = () => readFile(join(import.meta.dirname, 'conformance/pachd-wire.tsv'), 'utf8')

test('protos/ says of every package what the table of pachd 2.12 says, and nothing else', async () => {
  const ours = wireOfProtos(await loadProtos())
  const packages = new Set(Array.from(ours, row => row.split('\t')[0] ?? ''))
  const table = wireOfTable(await readTable(), packages)

  expect(Array.from(ours).filter(row => !table.has(row))).toEqual([])
  expect(Array.from(table).filter(row => !ours.has(row))).toEqual([])
  expect(table.size).toBeGreaterThan(900)
})

test.each(['admin_v2', 'auth_v2', 'enterprise_v2', 'grpc.health.v1', 'identity_v2', 'license_v2', 'metadata', 'pfs_v2', 'pps_v2', 'transaction_v2', 'versionpb_v2'])('%s is there', async name => {
  expect(Array.from(wireOfProtos(await loadProtos())).some(row => row.startsWith(`${name}\t`))).toBe(true)
})

test('a field with another number is found', async () => {
  const root = await loadProtos()
  const field = root.lookupType('pfs_v2.File').fields['path']
  if (field) field.id = 99

  const table = wireOfTable(await readTable(), new Set(['pfs_v2']))

  expect(Array.from(wireOfProtos(root)).filter(row => row.startsWith('pfs_v2\t') && !table.has(row))).toEqual(['pfs_v2\tfield\tpfs_v2.File.path\t99\tstring\tsingular'])
})

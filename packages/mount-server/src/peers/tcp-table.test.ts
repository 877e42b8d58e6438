import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { endianness, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { findUsers, rowsOf } from './tcp-table.js'

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (ends: string, { uid, inode }: { uid: number; inode: number }) => `   7: ${ends}01 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${String(inode)} 1 0000000000000000 20 4 30 10 -1\n`

async function tables(tcp: string, tcp6 = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tcp-table-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'tcp'), HEAD + tcp)
  if (tcp6 !== '') await writeFile(join(folder, 'tcp6'), HEAD + tcp6)
  return folder
}

const isLittleEndian = endianness() === 'LE'

test.runIf(isLittleEndian)('addresses are written as the kernel writes them, and IPv4 also as the mapped addresses of an IPv6 socket', () => {
  expect(rowsOf({ address: '127.0.0.1', port: 40_000 }, { address: '127.0.0.1', port: 9002 })).toEqual([
    '0100007F:9C40 0100007F:232A ',
    '0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:232A ',
  ])
  expect(rowsOf({ address: '::ffff:10.1.2.3', port: 1 }, { address: '127.0.0.1', port: 2 })[0]).toBe('0302010A:0001 0100007F:0002 ')
  expect(rowsOf({ address: '::1', port: 1 }, { address: 'fe80::12:3%eth0', port: 2 })).toEqual(['00000000000000000000000001000000:0001 000080FE000000000000000003001200:0002 '])
})

test('the user of a row is found among many, and of a row of which only half is in the first part that is read', async () => {
  const [wanted = ''] = rowsOf({ address: '127.0.0.1', port: 40_000 }, { address: '127.0.0.1', port: 9002 })
  const others = Array.from({ length: 2000 }, (_, index) => row(rowsOf({ address: '127.0.0.1', port: index + 1 }, { address: '127.0.0.1', port: 9002 })[0]!, { uid: 1, inode: 5 })).join('')

  expect(await findUsers(new Set([wanted]), await tables(`${others}${row(wanted, { uid: 1000, inode: 77 })}`))).toEqual(new Map([[wanted, 1000]]))
})

test('a row whose socket was closed says nothing about its user', async () => {
  const [wanted = ''] = rowsOf({ address: '127.0.0.1', port: 40_000 }, { address: '127.0.0.1', port: 9002 })

  expect(await findUsers(new Set([wanted]), await tables(row(wanted, { uid: 0, inode: 0 })))).toEqual(new Map())
})

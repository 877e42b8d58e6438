/**
 * The kernel's table of TCP sockets as text, and what it says of one of them.
 *
 * The server sees a connection from its own end; the caller's socket is the row with the two addresses swapped. A
 * caller that used an IPv6 socket to reach an IPv4 address is in the table of IPv6, with a mapped address.
 *
 * A row outlives its socket: when the caller has closed it, the kernel keeps the row until the connection is over,
 * with inode 0 and, on many kernels, user 0. Such a row says nothing about the caller, who would pass for root by
 * closing early. So rows without an inode do not count.
 */
import { open } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import { endianness } from 'node:os'

/** One end of a connection. */
export interface TcpEnd {
  readonly address: string
  readonly port: number
}

const CHUNK_BYTES = 64 * 1024
/** Positions of the fields of a row after the two addresses. */
const UID_FIELD = 4
const INODE_FIELD = 6

/** How the caller's row begins after its number: `LOCAL REMOTE `. One for each table that can hold it. */
export function rowsOf(caller: TcpEnd, server: TcpEnd): string[] {
  return [caller, server].every(({ address }) => isIPv4(unmapped(address)))
    ? [`${ipv4(caller)} ${ipv4(server)} `, `${mapped(caller)} ${mapped(server)} `]
    : [`${ipv6(caller)} ${ipv6(server)} `]
}

/**
 * Looks for rows in the tables below `directory`, in one pass over each. Resolves to the user of each row that was
 * found and has an open socket. Rejects when a table cannot be read. Without IPv6 there is no
 * second table.
 */
export async function findUsers(rows: ReadonlySet<string>, directory: string): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  await scan(`${directory}/tcp`, rows, found)
  if (found.size < rows.size) await scan(`${directory}/tcp6`, rows, found).catch(ignoreAbsent)
  return found
}

async function scan(path: string, rows: ReadonlySet<string>, found: Map<string, number>): Promise<void> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES)
    let rest = ''
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return
      const text = rest + buffer.toString('latin1', 0, bytesRead)
      const end = text.lastIndexOf('\n') + 1
      for (const row of rows) note(row, text.slice(0, end), found)
      rest = text.slice(end)
    }
  } finally {
    await file.close()
  }
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}

function note(row: string, text: string, found: Map<string, number>): void {
  const at = text.indexOf(` ${row}`)
  if (at < 0) return
  const fields = text.slice(at + 1 + row.length, text.indexOf('\n', at)).trim().split(/\s+/)
  const [uid, inode] = [fields[UID_FIELD], fields[INODE_FIELD]]
  if (uid !== undefined && inode !== undefined && inode !== '0') found.set(row, Number(uid))
}

function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

function ipv4({ address, port }: TcpEnd): string {
  return `${words(unmapped(address).split('.').map(Number))}:${hex(port, 4)}`
}

function mapped({ address, port }: TcpEnd): string {
  return `${words([...Array.from({ length: 10 }, () => 0), 255, 255, ...unmapped(address).split('.').map(Number)])}:${hex(port, 4)}`
}

function ipv6({ address, port }: TcpEnd): string {
  const [head = '', tail] = new URL(`http://[${address.split('%', 1)[0] ?? ''}]`).hostname.slice(1, -1).split('::')
  const parts = (text: string) => text.split(':').filter(part => part !== '').map(part => parseInt(part, 16))
  const [before, after] = [parts(head), parts(tail ?? '')]
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
  return `${words(groups.flatMap(group => [group >> 8, group & 255]))}:${hex(port, 4)}`
}

/** The kernel prints addresses as numbers of 32 bits, whose bytes stand in memory as they do on the wire. */
function words(bytes: readonly number[]): string {
  const view = Buffer.from(bytes)
  const word = (at: number) => (endianness() === 'LE' ? view.readUInt32LE(at) : view.readUInt32BE(at))
  return Array.from({ length: bytes.length / 4 }, (_, index) => hex(word(index * 4), 8)).join('')
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}

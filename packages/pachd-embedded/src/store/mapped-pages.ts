/**
 * Giving the pages of a mapped file back to the kernel. They are copies of the file that cost nothing to drop, but they
 * count as memory of the process until somebody does. Only Linux has the calls for it; elsewhere nothing is given back.
 */
import { readFileSync, realpathSync } from 'node:fs'

const LINUX_MADV_DONTNEED = 4
const PAGE_BYTES = 4096
/** A look brings up to 64 KiB into memory. */
const LOOKS_BETWEEN_CHECKS = 256

type Advise = (address: bigint, length: bigint, advice: number) => number

interface Mapping {
  readonly address: bigint
  readonly length: bigint
}

async function loadAdvise(): Promise<Advise | undefined> {
  if (process.platform !== 'linux') return undefined
  try {
    const { default: koffi } = await import('koffi')
    return koffi.load(null).func('int madvise(uintptr_t address, size_t length, int advice)') as Advise
  } catch {
    // There is no build of it for every system: without it the kernel takes the pages back when it needs them.
    return undefined
  }
}

/** The bytes of mapped files that the process has in memory, its own program included. */
function mappedBytes(): number {
  const [, , shared] = readFileSync('/proc/self/statm', 'latin1').split(' ')
  return Number(shared) * PAGE_BYTES
}

/** Where a file is mapped for reading, shared with the page cache: what is dropped there is read again. */
function mappingsOf(path: string): Mapping[] {
  return readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .flatMap(line => {
      const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) r--s /.exec(line) ?? []
      if (start === undefined || end === undefined || !line.endsWith(` ${path}`)) return []
      return { address: BigInt(`0x${start}`), length: BigInt(`0x${end}`) - BigInt(`0x${start}`) }
    })
}

/** Keeps the mapped pages of the process near a limit. */
export interface MappedPages {
  /** Notes a look into the file; every so often pages are given back if there are too many. */
  looked(): void
  /** Gives pages back if there are too many. */
  check(): void
  /** Call it before the file is closed. */
  stop(): void
}

/** Watches over the mapping of the file at `path`, which must stay where it is until `stop`. */
export function limitMappedPages(path: string, limitBytes: number): MappedPages {
  const real = realpathSync(path)
  let advise: Advise | undefined
  let isStopped = false
  let looks = 0
  const check = () => {
    looks = 0
    if (!advise || isStopped || mappedBytes() <= limitBytes) return
    for (const { address, length } of mappingsOf(real)) advise(address, length, LINUX_MADV_DONTNEED)
  }
  void loadAdvise().then(loaded => (advise = loaded))
  return {
    looked() {
      if (++looks >= LOOKS_BETWEEN_CHECKS) check()
    },
    check,
    stop() {
      isStopped = true
    },
  }
}

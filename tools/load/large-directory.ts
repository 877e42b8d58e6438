/** A directory with 100,000 entries, page by page over HTTP. */
import { type Figure, quantile } from './figures.js'
import { makeRepo, type Stack } from './stack.js'

const ENTRIES = 100_000
const PAGE = 1000

interface Page {
  readonly entries: readonly unknown[]
  readonly next: string | null
}

/** Lists all of it. */
export async function largeDirectory({ pachd, call }: Stack): Promise<Figure[]> {
  await makeRepo(pachd, 'wide', new Map(Array.from({ length: ENTRIES }, (_, index) => [`/d/f${String(index).padStart(6, '0')}`, new Uint8Array(1)])))
  await call('PUT', '/_mount', { mounts: [{ name: 'wide', repo: 'wide' }] })
  const elapsed: number[] = []
  let seen = 0
  let after: string | null = ''
  while (after !== null) {
    const begun = performance.now()
    const page = JSON.parse(await call('GET', `/files/wide/d/?limit=${String(PAGE)}${after === '' ? '' : `&after=${after}`}`)) as Page
    elapsed.push(performance.now() - begun)
    seen += page.entries.length
    after = page.next
  }
  const [first = 0, ...others] = elapsed
  return [
    { what: `the first page of a directory of ${String(ENTRIES)} entries`, figure: `${first.toFixed(0)} ms`, goal: '', isMet: true },
    { what: `each of the other ${String(others.length)}`, figure: `p50 ${quantile(others, 0.5).toFixed(0)} ms, p99 ${quantile(others, 0.99).toFixed(0)} ms`, goal: '', isMet: seen === ENTRIES },
  ]
}

/** 256 mounts at once, and mounts that come and go. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { type Figure, quantile } from './figures.js'
import { type Holdings, holdings, makeRepo, type Stack } from './stack.js'

const MOUNTS = 256
const CHANGES_PER_MINUTE = 200

/** Mounts one repo under 256 names, reads through each, and takes all away. */
export async function manyMounts({ pachd, call, mountDir }: Stack): Promise<Figure[]> {
  await makeRepo(pachd, 'many', new Map([['/a', Buffer.from('a')]]))
  const mounts = Array.from({ length: MOUNTS }, (_, index) => ({ name: `many${String(index)}`, repo: 'many' }))
  const mountSeconds = await seconds(() => call('PUT', '/_mount', { mounts }))
  const readSeconds = await seconds(() => Promise.all(mounts.map(({ name }) => readFile(join(mountDir, name, 'a')))))
  const listings: number[] = []
  for (let round = 0; round < 10; round++) listings.push(await seconds(() => call('GET', '/mounts')))
  const unmountSeconds = await seconds(() => call('PUT', '/_unmount_all'))
  return [
    { what: `${String(MOUNTS)} mounts made / read from / taken away`, figure: `${mountSeconds.toFixed(1)} s / ${readSeconds.toFixed(1)} s / ${unmountSeconds.toFixed(1)} s`, goal: 'works', isMet: true },
    { what: `GET /mounts of them`, figure: `${(quantile(listings, 0.5) * 1000).toFixed(0)} ms`, goal: '', isMet: true },
  ]
}

/** What the process held when it was warm, and at the end. */
export interface ChurnOutcome {
  readonly early: Holdings
  readonly late: Holdings
  readonly figures: readonly Figure[]
}

/** Mounts and unmounts for `minutes`; what the process holds must not grow. */
export async function churn({ call, mountDir, serverProcess }: Stack, minutes: number): Promise<ChurnOutcome> {
  const seen: Holdings[] = []
  const changes = Math.round(CHANGES_PER_MINUTE * minutes)
  const pauseMs = (minutes * 60_000) / changes
  for (let change = 0; change < changes; change++) {
    const begun = performance.now()
    await call('PUT', '/_mount', { mounts: [{ name: 'come', repo: 'many', mode: change % 2 === 0 ? 'ro' : 'rw' }] })
    await readFile(join(mountDir, 'come/a'))
    await call('PUT', '/_unmount', { mounts: ['come'] })
    if (change % Math.ceil(changes / 20) === 0) seen.push(await holdings(serverProcess))
    await delay(Math.max(0, pauseMs - (performance.now() - begun)))
  }
  // The first quarter fills pools and caches.
  const [early, late] = [seen[Math.floor(seen.length / 4)], seen.at(-1)]
  if (!early || !late) throw new Error('too short to see anything')
  const isMet = late.handles <= early.handles + 2 && late.threads <= early.threads && late.residentMiB <= early.residentMiB * 1.2 + 10
  const figures = [
    {
      what: `${String(changes)} mounts and unmounts, ${String(CHANGES_PER_MINUTE)} a minute`,
      figure: `memory ${String(early.residentMiB)} → ${String(late.residentMiB)} MiB, handles ${String(early.handles)} → ${String(late.handles)}, threads ${String(early.threads)} → ${String(late.threads)}`,
      goal: 'no growth',
      isMet,
    },
  ]
  return { early, late, figures }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

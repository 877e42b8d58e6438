/** Datums: what an input specification comes to, listed whole and in batches. */
import { expect, test } from 'vitest'

import type { PachdClient } from '../../src/index.js'
import { all, commitFiles, newScene } from './scene.js'

/** The suite; `connect` gives the client of a running pachd. */
export function datumsContract(connect: () => PachdClient): void {
  test('an input with a glob has a datum for each match', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/a': '1', '/b': '2', '/d/c': '3' })

    const datums = await all(scene.client.pps.listDatum({ input: { pfs: { project: 'default', repo: scene.repo, branch: 'master', glob: '/*' } } }))

    expect(datums.map(({ data }) => data.map(({ file }) => file?.path.replace(/\/$/, ''))).sort()).toEqual([['/a'], ['/b'], ['/d']])
    expect(new Set(datums.map(({ datum }) => datum?.id)).size).toBe(3)
  })

  test('datums come in batches of the size that is asked for', async () => {
    const scene = await newScene(connect())
    await commitFiles(scene, 'master', { '/a': '1', '/b': '2', '/c': '3' })
    const input = { pfs: { project: 'default', repo: scene.repo, branch: 'master', glob: '/*' } }
    const asked: number[] = []
    const batches: Iterable<object> = (function* () {
      yield { body: { $case: 'start', start: { input, number: 2 } } }
      asked.push(2)
      yield { body: { $case: 'continue', continue: { number: 2 } } }
      asked.push(2)
    })()

    const datums = await all(scene.client.pps.createDatum(batches))

    expect(datums.flatMap(({ data }) => data.map(({ file }) => file?.path)).sort()).toEqual(['/a', '/b', '/c'])
    expect(asked).toEqual([2, 2])
  })
}

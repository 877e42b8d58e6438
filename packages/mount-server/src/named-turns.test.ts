import { expect, test } from 'vitest'

import { NamedTurns } from './named-turns.js'

/** Work that says when it starts, and ends when it is let go. */
function recorder() {
  const events: string[] = []
  const work = (label: string) => {
    let end = (): void => undefined
    const promise = new Promise<void>(settle => (end = settle))
    return {
      end,
      run: async () => {
        events.push(label)
        await promise
      },
    }
  }
  return { events, work }
}
const settled = () => new Promise(resolve => setImmediate(resolve))

test('work on one name is in turn, and does not keep other names waiting', async () => {
  const turns = new NamedTurns()
  const { events, work } = recorder()
  const [first, second, other] = [work('a1'), work('a2'), work('b')]
  const all = [turns.run(['a'], first.run), turns.run(['a'], second.run), turns.run(['b'], other.run)]
  await settled()
  expect(events).toEqual(['a1', 'b'])
  first.end()
  await settled()
  expect(events).toEqual(['a1', 'b', 'a2'])
  second.end()
  other.end()
  await Promise.all(all)
})

test('work on several names waits for each of them and keeps each of them waiting', async () => {
  const turns = new NamedTurns()
  const { events, work } = recorder()
  const [one, both, after, third] = [work('a'), work('a+b'), work('b'), work('c')]
  const all = [turns.run(['a'], one.run), turns.run(['a', 'b', 'a'], both.run), turns.run(['b'], after.run), turns.run(['c'], third.run)]
  await settled()
  expect(events).toEqual(['a', 'c'])
  one.end()
  await settled()
  expect(events).toEqual(['a', 'c', 'a+b'])
  both.end()
  await settled()
  expect(events).toEqual(['a', 'c', 'a+b', 'b'])
  after.end()
  third.end()
  await Promise.all(all)
})

test('work that needs all names runs alone', async () => {
  const turns = new NamedTurns()
  const { events, work } = recorder()
  const [before, alone, after] = [work('before'), work('alone'), work('after')]
  const all = [turns.run(['a'], before.run), turns.runAlone(alone.run), turns.run(['b'], after.run)]
  await settled()
  expect(events).toEqual(['before'])
  before.end()
  await settled()
  expect(events).toEqual(['before', 'alone'])
  alone.end()
  await settled()
  expect(events).toEqual(['before', 'alone', 'after'])
  after.end()
  await Promise.all(all)
})

test('work that fails lets the next one start', async () => {
  const turns = new NamedTurns()
  const fail = () => Promise.reject(new Error('failed'))
  await expect(turns.run(['a'], fail)).rejects.toThrow('failed')
  await expect(turns.runAlone(fail)).rejects.toThrow('failed')
  expect(await turns.run(['a'], () => Promise.resolve('next'))).toBe('next')
})

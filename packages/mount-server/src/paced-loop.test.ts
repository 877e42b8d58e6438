import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { PacedLoop } from './paced-loop.js'

let rounds = 0
let durationMs = 0
let loop: PacedLoop
beforeEach(() => {
  vi.useFakeTimers()
  rounds = durationMs = 0
  loop = new PacedLoop(async () => {
    rounds++
    if (durationMs > 0) await new Promise(resolve => setTimeout(resolve, durationMs))
  }, 1000)
})
afterEach(() => {
  loop.stop()
  vi.useRealTimers()
})

test('work is done again after the shortest pause, until it is stopped', async () => {
  await loop.start()
  await vi.advanceTimersByTimeAsync(3500)
  expect(rounds).toBe(4)

  loop.stop()

  await vi.advanceTimersByTimeAsync(10_000)
  expect(rounds).toBe(4)
})

test('work that takes long is done less often', async () => {
  durationMs = 500

  void loop.start()

  await vi.advanceTimersByTimeAsync(500 + 9999)
  expect(rounds).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(rounds).toBe(2)
})

test('who cannot wait for the end of the pause gets a round at once, and shares one that runs', async () => {
  await loop.start()
  durationMs = 100

  const [one, other] = [loop.now(), loop.now()]

  expect(other).toBe(one)
  await vi.advanceTimersByTimeAsync(100)
  await one
  expect(rounds).toBe(2)
})

test('what runs when it is stopped is the last', async () => {
  durationMs = 100
  void loop.start()

  loop.stop()

  await vi.advanceTimersByTimeAsync(10_000)
  expect(rounds).toBe(1)
})

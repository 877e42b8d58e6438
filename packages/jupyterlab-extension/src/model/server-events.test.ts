import type { FollowedEvent, ServerEvent } from '@jupyterlab-pachyderm/mount-api'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { ScriptedEvents } from '../../tests/scripted-events.js'
import { ServerEvents } from './server-events.js'

const transfers: ServerEvent = { type: 'transfers', data: { transfers: [] } }

let script: ScriptedEvents
let events: ServerEvents
let received: FollowedEvent['type'][]
beforeEach(() => {
  script = new ScriptedEvents()
  events = new ServerEvents(script.open, { retryMs: 1 })
  received = []
  events.received.connect((_, { type }) => received.push(type))
})
afterEach(() => events.dispose())

test('one stream is open however often it is started', async () => {
  events.start()
  events.start()

  script.tell(transfers)

  await vi.waitFor(() => expect(received).toEqual(['transfers']))
  expect(script.opened).toBe(1)
  expect(events.isLive).toBe(true)
})

test('a stream that ends is lost, and opened again', async () => {
  events.start()
  script.tell(transfers)
  await vi.waitFor(() => expect(events.isLive).toBe(true))

  script.end()

  await vi.waitFor(() => expect(script.opened).toBe(2))
  expect(received).toEqual(['transfers', 'lost'])
  script.tell(transfers)
  await vi.waitFor(() => expect(events.isLive).toBe(true))
})

test('a stream that goes silent is lost, and opened again', async () => {
  const impatient = new ServerEvents(script.open, { retryMs: 1, silenceMs: 20 })
  impatient.received.connect((_, { type }) => received.push(type))

  impatient.start()
  script.tell(transfers)

  await vi.waitFor(() => expect(received).toContain('lost'))
  await vi.waitFor(() => expect(script.opened).toBeGreaterThan(1))
  impatient.dispose()
})

test('a stream that is followed is opened anew when the network has changed, and one that is not stays closed', async () => {
  events.reopen()
  expect(script.opened).toBe(0)
  events.start()
  script.tell(transfers)
  await vi.waitFor(() => expect(events.isLive).toBe(true))

  events.reopen()

  expect(script.opened).toBe(2)
  expect(events.isLive).toBe(false)
})

test('after a stop nothing is opened and nothing is told', async () => {
  events.start()
  script.tell(transfers)
  await vi.waitFor(() => expect(events.isLive).toBe(true))

  events.stop()

  expect(events.isLive).toBe(false)
  expect(script.opened).toBe(1)
  events.start()
  script.tell(transfers)
  await vi.waitFor(() => expect(received).toEqual(['transfers', 'transfers']))
})

test('a retry does not wait for the end of the pause', async () => {
  const patient = new ServerEvents(script.open, { retryMs: 3_600_000 })
  script.isAway = true
  const lost = vi.fn()
  patient.received.connect(lost)
  patient.start()
  await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce())
  script.isAway = false

  patient.retry()
  script.tell(transfers)

  await vi.waitFor(() => expect(patient.isLive).toBe(true))
  patient.retry()
  expect(script.opened).toBe(2)
  patient.dispose()
})

import { expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { mountEntry } from '../../tests/scripted-mount-server.js'
import { newsBetween } from './background-news.js'
import type { MountState } from './mount-model.js'

const state = (part: Partial<MountState> = {}): MountState => ({
  connection: { status: 'connected', address: 'grpc://pachd', secured: true },
  mounts: [],
  repos: [],
  isListed: true,
  transfers: [],
  progress: new Map(),
  problems: new Map(),
  ...part,
})
const broken = mountEntry({ name: 'a', state: 'error', status: 'the repo is gone' })
const refused = { problems: new Map([['a', 'pachd is away']]) }

test.each<[string[], MountState, MountState]>([
  [['The login to grpc://pachd has ended. Log in again to read what is mounted.'], state(), state({ connection: { status: 'logged-out', address: 'grpc://pachd' } })],
  [['grpc://pachd does not answer any more.'], state(), state({ connection: { status: 'unreachable', address: 'grpc://pachd' } })],
  [['mount-server stopped.'], state(), state({ connection: { status: 'no-server', missing: 'mount-server', reason: 'mount-server stopped.' } })],
  [['a: the repo is gone'], state({ mounts: [mountEntry({ name: 'a' })] }), state({ mounts: [broken] })],
  [['a: pachd is away'], state(), state(refused)],
])('%j is news', (news, before, after) => {
  expect(newsBetween(before, after, english)).toEqual(news)
})

test.each<[string, MountState, MountState]>([
  ['a cluster that was never there', state({ connection: { status: 'loading' } }), state({ connection: { status: 'unreachable', address: 'grpc://pachd' } })],
  ['a mount that was wrong before', state({ mounts: [broken] }), state({ mounts: [broken] })],
  ['a refusal that was told', state(refused), state(refused)],
  ['a refusal that is forgotten', state(refused), state()],
  ['a change of the mounts', state(), state({ mounts: [mountEntry({ name: 'a' })] })],
])('%s is none', (_, before, after) => {
  expect(newsBetween(before, after, english)).toEqual([])
})

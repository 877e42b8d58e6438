import { expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { mountEntry } from '../../tests/scripted-mount-server.js'
import type { MountState } from './mount-model.js'
import { statusText } from './status-text.js'

const state = (part: Partial<MountState>): MountState => ({
  connection: { status: 'connected', address: 'grpcs://data.example.com:30650', secured: false },
  mounts: [],
  repos: [],
  isListed: true,
  transfers: [],
  progress: new Map(),
  problems: new Map(),
  ...part,
})
const uncommitted = { added: 2, changed: 1, deleted: 1 }
const transfer = (part: { done_bytes: number; total_bytes: number | null }) => ({ id: 1, kind: 'upload' as const, mount: 'out', path: 'a', started: '2026-01-01T00:00:00Z', ...part })

test.each<[string, Partial<MountState>]>([
  ['Pachyderm: not connected', { connection: { status: 'disconnected' } }],
  ['Pachyderm: not available', { connection: { status: 'unreachable', address: 'grpc://a' } }],
  ['data.example.com · 0 mounts', {}],
  ['data.example.com · 1 mount', { mounts: [mountEntry({ name: 'a' })] }],
  ['data.example.com · 2 mounts · 1 behind', { mounts: [mountEntry({ name: 'a' }), mountEntry({ name: 'b', how_many_commits_behind: 3 })] }],
  ['data.example.com · 2 mounts · 8 uncommitted', { mounts: [mountEntry({ name: 'a', uncommitted }), mountEntry({ name: 'b', uncommitted })] }],
  ['data.example.com · 1 mount · committing 25 %', { mounts: [mountEntry({ name: 'a', committing: { files_done: 1, files_total: 4, bytes_done: 25, bytes_total: 100 } })] }],
  ['data.example.com · 0 mounts · uploading 50 %', { transfers: [transfer({ done_bytes: 5, total_bytes: 10 })] }],
  ['data.example.com · 0 mounts · uploading …', { transfers: [transfer({ done_bytes: 5, total_bytes: null })] }],
  ['data.example.com · 0 mounts · working…', { progress: new Map([['a', 'mounting']]) }],
])('%s', (text, part) => {
  expect(statusText(state(part), english)).toBe(text)
})

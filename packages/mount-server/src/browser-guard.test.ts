import { expect, test } from 'vitest'

import { reasonToRefuse } from './browser-guard.js'

const none = { host: undefined, origin: undefined, fetchSite: undefined }
const allowed = new Set(['mounts.example'])

test.each([
  none,
  { ...none, host: 'localhost:9002' },
  { ...none, host: '127.0.0.1:9002' },
  { ...none, host: '[::1]:9002' },
  { ...none, host: 'mounts.example' },
  { host: 'localhost:9002', origin: 'http://localhost:8888', fetchSite: 'same-origin' },
])('%j is served', request => {
  expect(reasonToRefuse(request, allowed)).toBeUndefined()
})

test.each([
  { ...none, host: 'evil.example:9002' },
  { ...none, host: 'localhost.evil.example' },
  { ...none, host: '127.0.0.1.evil.example' },
  { ...none, host: 'localhost:9002', origin: 'https://evil.example' },
  { ...none, host: 'localhost:9002', origin: 'null' },
  { ...none, host: 'localhost:9002', fetchSite: 'cross-site' },
])('%j is refused', request => {
  expect(reasonToRefuse(request, allowed)).toMatch(/not served/)
})

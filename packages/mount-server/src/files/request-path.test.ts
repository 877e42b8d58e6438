import { expect, test } from 'vitest'

import { requestedPath } from './request-path.js'

test.each([
  ['/files/m/a/b.txt', { mount: 'm', path: '/m/a/b.txt', isDirectory: false }],
  ['/files/m/a%20b%25?download=true', { mount: 'm', path: '/m/a b%', isDirectory: false }],
  ['/files/m//a/', { mount: 'm', path: '/m/a', isDirectory: true }],
  ['/files/m', { mount: 'm', path: '/m', isDirectory: true }],
  ['/files/m/..a/...', { mount: 'm', path: '/m/..a/...', isDirectory: false }],
])('%s is %j', (url, place) => {
  expect(requestedPath(url)).toEqual(place)
})

test.each(['/files/', '/files/m/../n/a', '/files/m/%2e%2e/a', '/files/m/%2E./a', '/files/m/./a', '/files/m/a%2Fb', '/files/m/a%00', '/files/%2e%2e/a', '/files/m/%ff', '/files/m/%'])('%s is refused', url => {
  expect(() => requestedPath(url)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }) as Error)
})

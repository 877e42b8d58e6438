import { expect, test } from 'vitest'

import { createMountServerClient } from './client.js'

test('a call goes to the row of its name, with its body', async () => {
  const seen: unknown[] = []
  const client = createMountServerClient(request => {
    seen.push(request)
    return Promise.resolve({ mounted: [], unmounted: [] })
  })

  await client.mount({ mounts: [{ name: 'images', repo: 'images' }] })
  await client.listMounts()

  expect(seen).toEqual([
    { method: 'PUT', url: '/_mount', body: { mounts: [{ name: 'images', repo: 'images' }] } },
    { method: 'GET', url: '/mounts' },
  ])
})

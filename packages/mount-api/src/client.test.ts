import { expect, test } from 'vitest'

import { createMountServerClient, routeUrl } from './client.js'

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

test('parameters go into the path, escaped, and what has no place there into the query', async () => {
  const seen: string[] = []
  const client = createMountServerClient(({ method, url }) => {
    seen.push(`${method} ${url}`)
    return Promise.resolve(undefined)
  })

  await client.listCommits({ project: 'default', repo: 'a b', branch: 'dev/x', limit: 5 })
  await client.listDirectory({ mount: 'm', '*': 'train/50%/c#' })
  await client.updateMount({ name: 'm?' })

  expect(seen).toEqual(['GET /repos/default/a%20b/commits?branch=dev%2Fx&limit=5', 'GET /files/m/train/50%25/c%23', 'PUT /mounts/m%3F/_update'])
})

test('a parameter that is left out is not in the query', () => {
  expect(routeUrl('/repos/:project/:repo/commits', { project: 'p', repo: 'r', branch: undefined })).toBe('/repos/p/r/commits')
})

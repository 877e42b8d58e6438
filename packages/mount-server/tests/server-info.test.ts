import { openApiDocument, routes } from '@jupyterlab-pachyderm/mount-api'
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let server: ServingApp

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())
afterEach(() => server.stop())

const start = async (config = pachd.config) => {
  server = await serveApp({ config, folder: pachd.folder })
}

test('/version names this server and the pachd behind it', async () => {
  await start()

  expect((await server.call('GET', '/version')).json()).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string, api_compat: '2.8', pachd: { version: expect.stringMatching(/^2\./) as string, pachd_address: pachd.client.address } })
})

test('/ready is 200 with a pachd that answers', async () => {
  await start()

  expect(await server.call('GET', '/ready')).toMatchObject({ status: 200, text: '{"ready":true,"reasons":[]}' })
})

test('without a cluster /ready is 503 and says how to connect, and /version and /health are answered all the same', async () => {
  await start(`${pachd.folder}/none.json`)

  const { status, json } = await server.call('GET', '/ready')

  expect(status).toBe(503)
  expect(json()).toMatchObject({ ready: false, reasons: [{ what: 'connection', hint: expect.stringContaining('PUT /config') as string }] })
  expect((await server.call('GET', '/version')).json()).toMatchObject({ pachd: null })
  expect((await server.call('GET', '/health')).status).toBe(200)
})

test('a pachd that the config file names and that is not there is unreachable, not missing', async () => {
  const config = `${pachd.folder}/away.json`
  await writeFile(config, JSON.stringify({ v2: { active_context: 'a', contexts: { a: { pachd_address: 'grpc://127.0.0.1:1' } } } }))
  await start(config)

  expect((await server.call('GET', '/ready')).json()).toMatchObject({ ready: false, reasons: [{ what: 'connection', message: expect.stringContaining('127.0.0.1:1') as string, hint: expect.stringContaining('by itself') as string }] })
})

test('when pachd goes away /ready says so', async () => {
  const other = await testPachd()
  await start(other.config)
  await other.stop()

  expect((await server.call('GET', '/ready')).json()).toMatchObject({ ready: false, reasons: [{ what: 'connection', message: expect.stringContaining(other.client.address) as string }] })
})

test('when pachd wants a login /ready says so', async () => {
  await start()
  const { pachToken } = await pachd.client.auth.activate({ rootToken: '' })
  try {
    expect((await server.call('GET', '/ready')).json()).toMatchObject({ ready: false, reasons: [{ what: 'login' }] })
  } finally {
    pachd.client.setToken(pachToken)
    await pachd.client.auth.deactivate({})
    pachd.client.setToken(undefined)
  }
})

test('/metrics counts requests by route, and mounts', async () => {
  await start()
  await pachd.repo('counted', { '/a': '1' })
  await server.call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'counted' }] })
  await server.app.inject({ method: 'GET', url: '/files/m/a' })
  await server.call('GET', '/nowhere')

  const { text, headers } = await server.call('GET', '/metrics')

  expect(headers['content-type']).toContain('text/plain')
  expect(text).toContain('mount_server_mounts{mode="ro"} 1')
  expect(text).toContain('mount_server_http_request_duration_seconds_count{method="GET",route="/files/:mount/*",status="200"} 1')
  expect(text).toContain('route="none",status="404"')
})

test('each answer carries the id under which its request is in the log, and the one of a proxy is kept', async () => {
  await start()

  expect((await server.call('GET', '/health')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect((await server.call('GET', '/health', undefined, { 'x-request-id': 'from-proxy.7' })).headers['x-request-id']).toBe('from-proxy.7')
  expect((await server.call('GET', '/health', undefined, { 'x-request-id': 'a b\u0007' })).headers['x-request-id']).not.toContain(' ')
})

test('/openapi.json is the document of the route table', async () => {
  await start()

  const { paths, info } = (await server.call('GET', '/openapi.json')).json() as { paths: object; info: { version: string } }

  expect(paths).toEqual(JSON.parse(JSON.stringify(openApiDocument({ version: info.version })['paths'])))
})

test('every row of the route table has a route', async () => {
  await start()
  await server.app.ready()

  const missing = Object.entries(routes).filter(([, { method, url }]) => !server.app.hasRoute({ method, url }))

  expect(missing.map(([name]) => name)).toEqual([])
})

test('a wrong method of a path with parameters is 405', async () => {
  await start()

  expect(await server.call('POST', '/files/m/a/b')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, PUT, DELETE' } })
  expect((await server.call('PUT', '/repos/p/r/commits')).status).toBe(405)
})

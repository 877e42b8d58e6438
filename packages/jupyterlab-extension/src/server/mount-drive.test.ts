import { ServerConnection } from '@jupyterlab/services'
import { expect, test } from 'vitest'

import { MountDrive } from './mount-drive.js'

const MODEL = { name: 'a b.txt', path: 'out/a b.txt', type: 'file', writable: true, created: '2026-01-01T00:00:00Z', last_modified: '2026-01-01T00:00:00Z', mimetype: 'text/plain', content: null, format: null }

/** A drive on a Jupyter that gives one answer, and the requests that it got. */
function drive(status: number, body: unknown) {
  const requests: { method: string; path: string; body: unknown }[] = []
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    const text = await request.text()
    requests.push({ method: request.method, path: new URL(request.url).pathname, body: text === '' ? undefined : JSON.parse(text) })
    return new Response(body === undefined ? null : JSON.stringify(body), { status })
  }
  const serverSettings = ServerConnection.makeSettings({ baseUrl: 'http://jupyter.test/user/me/', appUrl: '', wsUrl: '', token: '', fetch })
  return { mounts: new MountDrive(serverSettings), requests }
}

test('a document is saved with its content, and who listens hears of it', async () => {
  const { mounts, requests } = drive(200, MODEL)
  const heard: unknown[] = []
  mounts.fileChanged.connect((_, change) => heard.push(change))

  const saved = await mounts.save('out/a b.txt', { type: 'file', format: 'text', content: 'new' })

  expect(saved).toEqual(MODEL)
  expect(requests).toEqual([{ method: 'PUT', path: '/user/me/pachyderm/v2/pfs/out/a%20b.txt', body: { type: 'file', format: 'text', content: 'new' } }])
  expect(heard).toEqual([{ type: 'save', oldValue: null, newValue: MODEL }])
})

test('a document that is renamed goes on under its new path', async () => {
  const { mounts, requests } = drive(200, MODEL)
  const heard: unknown[] = []
  mounts.fileChanged.connect((_, change) => heard.push(change))

  await mounts.rename('out/old.txt', 'out/a b.txt')

  expect(requests).toMatchObject([{ method: 'PATCH', path: '/user/me/pachyderm/v2/pfs/out/old.txt', body: { path: 'out/a b.txt' } }])
  expect(heard).toEqual([{ type: 'rename', oldValue: { path: 'out/old.txt' }, newValue: MODEL }])
})

test('a save that is refused says why, in the words of mount-server', async () => {
  const { mounts } = drive(507, { message: 'no space left on the disk of the stage', code: 'NO_SPACE' })

  await expect(mounts.save('out/a.txt', { type: 'file', format: 'text', content: '' })).rejects.toMatchObject({ message: 'no space left on the disk of the stage', response: { status: 507 } })
})

test('there are no checkpoints, and making one asks for nothing', async () => {
  const { mounts, requests } = drive(405, undefined)

  expect(await mounts.createCheckpoint()).toMatchObject({ id: 'none' })
  expect(await mounts.listCheckpoints()).toEqual([])
  expect(requests).toEqual([])
})

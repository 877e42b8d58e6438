import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { status } from '@grpc/grpc-js'
import { admin, pfs } from '@jupyterlab-pachyderm/pachd-proto'
import { describe, expect, test } from 'vitest'

import { DataDirectoryError, StartError, startEmbeddedPachd } from '../src/index.js'
import { problemsOf } from './problems.js'
import { WireClient, add, at, codeOf, on, remove } from './wire-client.js'

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'pachd-data-'))
const packBytes = (folder: string) => readdirSync(join(folder, 'packs')).reduce((sum, name) => sum + statSync(join(folder, 'packs', name)).size, 0)

async function withPachd<T>(dataDir: string, work: (client: WireClient, pachd: Awaited<ReturnType<typeof startEmbeddedPachd>>) => Promise<T>, report: (error: unknown) => void = () => undefined): Promise<T> {
  const pachd = await startEmbeddedPachd({ dataDir, report })
  const client = new WireClient(pachd.address)
  try {
    return await work(client, pachd)
  } finally {
    client.close()
    await pachd.stop()
  }
}

describe('a data directory', () => {
  test('holds what was written when the server starts again, and the same ids', async () => {
    const dataDir = temporaryFolder()
    const ids = (client: WireClient) => client.unary(admin.APIDefinition, admin.APIDefinition.methods.inspectCluster)
    const before = await withPachd(dataDir, async client => {
      await client.createRepo('r')
      await client.modify(on('r', 'master'), [add('/a', 'one')])
      return ids(client)
    })

    await withPachd(dataDir, async client => {
      expect((await client.get(on('r', 'master'), '/a')).toString()).toBe('one')
      expect(await ids(client)).toEqual(before)
    })
  })

  test('lets one server in at a time', async () => {
    const dataDir = temporaryFolder()
    await withPachd(dataDir, async () => {
      await expect(startEmbeddedPachd({ dataDir })).rejects.toThrow(DataDirectoryError)
    })
  })

  test('of a newer format is refused', async () => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'format.json'), '{"format": 99}')

    await expect(startEmbeddedPachd({ dataDir })).rejects.toThrow('newer pachd-embedded')
  })

  test('left locked by a process that is gone opens', async () => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'lock'), '999999999 1')

    await withPachd(dataDir, client => client.createRepo('r'))
  })

  test('keeps equal bytes once', async () => {
    const dataDir = temporaryFolder()
    const bytes = Buffer.alloc(3_000_000, 'abc')
    await withPachd(dataDir, async client => {
      await client.createRepo('r')
      await client.modify(on('r', 'master'), [add('/a', bytes)])
      await client.modify(on('r', 'dev'), [add('/b', bytes), add('/c', bytes)])
    })

    expect(packBytes(dataDir)).toBeLessThan(3_100_000)
  })

  test('with a changed byte in a pack answers DATA_LOSS with the name of the file, and fsck finds it', async () => {
    const dataDir = temporaryFolder()
    await withPachd(dataDir, async client => {
      await client.createRepo('r')
      await client.modify(on('r', 'master'), [add('/good', 'fine'), add('/bad', 'to be damaged')])
    })
    const [pack] = readdirSync(join(dataDir, 'packs'))
    const file = join(dataDir, 'packs', pack ?? '')
    const bytes = readFileSync(file)
    bytes.write('TO', bytes.indexOf('to be damaged'))
    writeFileSync(file, bytes)

    await withPachd(dataDir, async client => {
      const failing = client.get(on('r', 'master'), '/bad')
      await expect(failing).rejects.toThrow('/bad')
      expect(await codeOf(client.get(on('r', 'master'), '/bad'))).toBe(status.DATA_LOSS)
      expect((await client.get(on('r', 'master'), '/good')).toString()).toBe('fine')
    })
    expect(await problemsOf(dataDir)).toEqual([expect.stringContaining('checksum')])
  })
})

describe('a collection', () => {
  test('gives back the space of what was deleted and keeps the rest', async () => {
    const dataDir = temporaryFolder()
    await withPachd(dataDir, async (client, pachd) => {
      await client.createRepo('keep')
      await client.createRepo('gone')
      await client.modify(on('keep', 'master'), [add('/a', Buffer.alloc(1_500_000, 1)), add('/small', 'x')])
      await client.modify(on('gone', 'master'), Array.from({ length: 20 }, (_, i) => add(`/${i}`, Buffer.alloc(1_000_000, i + 2))))
      await client.unary(pfs.APIDefinition, pfs.APIDefinition.methods.deleteRepo, { repo: { name: 'gone' } })
      expect((await pachd.collectGarbage()).chunks).toBeGreaterThan(20)
    })
    await withPachd(dataDir, async (client, pachd) => {
      await pachd.collectGarbage()
      expect((await client.get(on('keep', 'master'), '/a')).equals(Buffer.alloc(1_500_000, 1))).toBe(true)
    })

    expect(packBytes(dataDir)).toBeLessThan(2_000_000)
    expect(await problemsOf(dataDir)).toEqual([])
  })

  test('harms nobody who writes and reads meanwhile', async () => {
    const dataDir = temporaryFolder()
    await withPachd(dataDir, async (client, pachd) => {
      await client.createRepo('r')
      const texts = new Map<string, string>()
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let i = 0; i < 40; i++) {
          const text = `text ${i % 7}`
          const { id } = await client.startCommit('r', `b${writer}`)
          await client.modify(at('r', id), [remove(`/f${i % 5}`), add(`/f${i % 5}`, text), add(`/g${i}`, text)])
          await client.finishCommit(at('r', id))
          texts.set(id, text)
          expect((await client.get(at('r', id), `/g${i}`)).toString()).toBe(text)
        }
      })
      const all = Promise.all(writers)
      const done = { value: false }
      void all.finally(() => (done.value = true))
      while (!done.value) await pachd.collectGarbage()
      await all
    })

    expect(await problemsOf(dataDir)).toEqual([])
  })
})

describe('a server', () => {
  test('refuses a port that is taken, and says which option to change', async () => {
    await withPachd(temporaryFolder(), async (_, pachd) => {
      const port = Number(pachd.address.split(':').at(-1))
      await expect(startEmbeddedPachd({ dataDir: temporaryFolder(), port })).rejects.toThrow(new RegExp(`port ${port}.*--port`))
    })
  })

  test('refuses to be reached from elsewhere without auth', async () => {
    await expect(startEmbeddedPachd({ dataDir: temporaryFolder(), host: '0.0.0.0' })).rejects.toThrow(StartError)
    const pachd = await startEmbeddedPachd({ dataDir: temporaryFolder(), host: '0.0.0.0', rootToken: 'secret' })
    await pachd.stop()
  })

  test('with a root token lets nobody in without one', async () => {
    const pachd = await startEmbeddedPachd({ dataDir: temporaryFolder(), rootToken: 'secret' })
    const [nobody, root] = [new WireClient(pachd.address), new WireClient(pachd.address, 'secret')]

    expect(await codeOf(nobody.createRepo('r'))).toBe(status.UNAUTHENTICATED)
    expect(await codeOf(root.createRepo('r'))).toBeUndefined()

    nobody.close()
    root.close()
    await pachd.stop()
  })

  test('stops at once while clients wait for something to happen', async () => {
    const pachd = await startEmbeddedPachd({ dataDir: temporaryFolder() })
    const client = new WireClient(pachd.address)
    await client.createRepo('r')
    const { id } = await client.startCommit('r', 'master')
    const waiting = codeOf(client.unary(pfs.APIDefinition, pfs.APIDefinition.methods.inspectCommit, { commit: at('r', id), wait: 'FINISHED' }))
    const start = performance.now()
    await pachd.stop()

    expect(performance.now() - start).toBeLessThan(3000)
    expect(await waiting).toBe(status.UNAVAILABLE)
    client.close()
  })
})

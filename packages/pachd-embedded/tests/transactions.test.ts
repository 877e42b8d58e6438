import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'

import { serving } from './serving.js'
import { add, at, failureOf, on } from './wire-client.js'

const now = serving()
const repo = (name: string) => ({ repo: { name } })

describe('a transaction', () => {
  test('answers what each request will have done, and says so when it is inspected', async () => {
    const { client } = now()
    await client.createRepo('answers')
    const { id } = await client.txn('startTransaction')

    const answers = await client.inTransaction(id, async () => [
      await client.pfs('deleteRepo', repo('never-was')),
      await client.startCommit('answers', 'master'),
      await client.pfs('deleteRepo', repo('answers')),
    ])

    expect(answers).toMatchObject([{ deleted: false }, { id }, { deleted: true }])
    expect(await client.txn('inspectTransaction', { transaction: { id } })).toMatchObject({ responses: [{}, { commit: { id } }, {}], version: 3 })
    await client.txn('deleteTransaction', { transaction: { id } })
    expect(await client.pfs('inspectRepo', repo('answers'))).toMatchObject(repo('answers'))
  })

  test('holds every request when many are appended at the same time', async () => {
    const { client } = now()
    const { id } = await client.txn('startTransaction')

    await client.inTransaction(id, () => Promise.all(Array.from({ length: 20 }, (_, i) => client.createRepo(`many-${i}`))))
    const { requests } = await client.txn('finishTransaction', { transaction: { id } })

    expect(requests).toHaveLength(20)
    expect((await client.pfsList('listRepo')).filter(info => info.repo?.name.startsWith('many-'))).toHaveLength(20)
  })

  test('makes a pipeline together with what it reads', async () => {
    const { client } = now()
    const { id } = await client.txn('startTransaction')
    await client.inTransaction(id, async () => {
      await client.createRepo('source')
      await client.pps('createPipeline', { pipeline: { name: 'of-source' }, input: { pfs: { repo: 'source', glob: '/*' } } })
    })
    expect((await failureOf(client.pps('inspectPipeline', { pipeline: { name: 'of-source' } }))).code).toBe(status.NOT_FOUND)

    await client.txn('finishTransaction', { transaction: { id } })

    expect(await client.pps('inspectPipeline', { pipeline: { name: 'of-source' }, details: true })).toMatchObject({ version: 1, details: { outputBranch: 'master' } })
  })

  test('finishes a commit on an open parent, which is complete when the parent is', async () => {
    const { client } = now()
    for (const name of ['up', 'down']) await client.createRepo(name)
    await client.pfs('createBranch', { branch: { repo: { name: 'down' }, name: 'master' }, provenance: [{ repo: { name: 'up' }, name: 'master' }] })
    await client.modify(on('up', 'master'), [add('/a', '1')])
    const first = await client.inspectCommit(on('down', 'master'))
    await client.modify(on('up', 'master'), [add('/b', '1')])
    const second = await client.inspectCommit(on('down', 'master'))
    const { id } = await client.txn('startTransaction')
    await client.inTransaction(id, () => client.finishCommit(at('down', second.commit?.id ?? '')))

    await client.txn('finishTransaction', { transaction: { id } })

    expect(second.parentCommit?.id).toBe(first.commit?.id)
    expect(await client.inspectCommit(on('down', 'master'))).toMatchObject({ finishing: expect.anything() as object, finished: undefined })
    for (let open = first; !open.finishing; ) {
      await client.finishCommit(at('down', open.commit?.id ?? ''))
      if (!open.parentCommit) break
      open = await client.inspectCommit(at('down', open.parentCommit.id))
    }
    expect(await client.pfs('inspectCommit', { commit: on('down', 'master'), wait: 'FINISHED' })).toMatchObject({ finished: expect.anything() as object })
  })

  test('finishes a commit and its parent together', async () => {
    const { client } = now()
    for (const name of ['above', 'below']) await client.createRepo(name)
    await client.pfs('createBranch', { branch: { repo: { name: 'below' }, name: 'master' }, provenance: [{ repo: { name: 'above' }, name: 'master' }] })
    await client.modify(on('above', 'master'), [add('/a', '1')])
    await client.modify(on('below', 'master'), [add('/made', '1')])
    const child = await client.inspectCommit(on('below', 'master'))
    const parent = at('below', child.parentCommit?.id ?? '')
    const { id } = await client.txn('startTransaction')
    await client.inTransaction(id, async () => {
      await client.finishCommit(at('below', child.commit?.id ?? ''))
      await client.finishCommit(parent)
    })

    await client.txn('finishTransaction', { transaction: { id } })

    expect((await client.inspectCommit(parent)).finished).toBeDefined()
    expect(await client.inspectCommit(on('below', 'master'))).toMatchObject({ finished: expect.anything() as object, details: { sizeBytes: 1 } })
  })

  test('says which of its requests is refused, and changes nothing', async () => {
    const { client } = now()
    const requests = [{ createRepo: repo('half') }, { finishCommit: { commit: on('half', 'master') } }]

    const { code, text } = await failureOf(client.txn('batchTransaction', { requests }))

    expect(code).toBe(status.NOT_FOUND)
    expect(text).toMatch(/^error running request 2 of 2: finish commit in transaction: pick commit tx: commit default\/half@ not found/)
    expect((await failureOf(client.pfs('inspectRepo', repo('half')))).code).toBe(status.NOT_FOUND)
  })

  test('is listed before those that were started earlier', async () => {
    const { client } = now()
    const older = await client.txn('startTransaction')
    const newer = await client.txn('startTransaction')

    const { transactionInfo } = await client.txn('listTransaction')

    const ids = transactionInfo.map(info => info.transaction?.id)
    expect(ids.indexOf(newer.id)).toBeLessThan(ids.indexOf(older.id))
  })
})

/** transaction_v2: collecting requests, and running them as one change. */
import { Empty, transaction } from '@jupyterlab-pachyderm/pachd-proto'

import { notFound } from '../model-error.js'
import type { Rows } from '../store/store.js'
import { newId } from '../model/names.js'
import type { Pachd } from '../model/pachd.js'
import { now, tables } from '../model/records.js'
import type { CommitRecord, TransactionRecord } from '../model/records.js'
import { implementService } from './call.js'
import type { Call, ServiceBase } from './call.js'
import { runRequest, runRequests } from './operations.js'
import { required, toCommit } from './wire.js'

type Request = transaction.TransactionRequest

function requireTransaction(rows: Rows, id: string): TransactionRecord {
  const record = tables.transactions.get(rows, id)
  if (!record) throw notFound(`transactions ${id} not found`)
  return record
}

const requestsOf = (record: TransactionRecord): Request[] => record.requests.map(wire => transaction.TransactionRequest.decode(Buffer.from(wire, 'base64')))

function toInfo(record: TransactionRecord, made: readonly (CommitRecord | undefined)[]): transaction.TransactionInfo {
  return {
    transaction: { id: record.id },
    requests: requestsOf(record),
    responses: made.map(commit => ({ commit: commit && toCommit(commit.commit, commit.branch) })),
    started: record.started,
    version: record.version,
  }
}

/** Runs a request now, or appends it to the transaction that the call belongs to and answers what it would have. */
export async function runOrAppend<T>(pachd: Pachd, { transaction: id, caller }: Call, request: Parameters<typeof transaction.TransactionRequest.fromPartial>[0], answer: (made: CommitRecord | undefined) => T): Promise<T> {
  const full = transaction.TransactionRequest.fromPartial(request)
  if (id === '') return answer(await pachd.change(change => runRequest(change, full), { caller }))
  const record = requireTransaction(pachd.rows, id)
  const made = await pachd.tryOut(change => runRequests(change, [...requestsOf(record), full]), { caller, setId: id })
  const wire = Buffer.from(transaction.TransactionRequest.encode(full).finish()).toString('base64')
  await pachd.change(({ rows }) => {
    const latest = requireTransaction(rows, id)
    tables.transactions.put(rows, [id], { ...latest, requests: [...latest.requests, wire], version: latest.version + 1 })
  })
  return answer(made.at(-1))
}

/** The service of transactions. */
export function transactionService(base: ServiceBase, pachd: Pachd) {
  return implementService(transaction.APIDefinition, base, {
    async startTransaction() {
      const id = newId()
      await pachd.change(({ rows }) => tables.transactions.put(rows, [id], { id, started: now(), requests: [], version: 0 }))
      return { id }
    },
    inspectTransaction(request) {
      const { id } = required(request.transaction, 'InspectTransactionRequest', 'Transaction')
      return toInfo(requireTransaction(pachd.rows, id), [])
    },
    listTransaction() {
      const records = [...tables.transactions.list(pachd.rows)].sort((a, b) => a.started.seconds - b.started.seconds || a.started.nanos - b.started.nanos)
      return { transactionInfo: records.map(record => toInfo(record, [])) }
    },
    async deleteTransaction(request) {
      const { id } = required(request.transaction, 'DeleteTransactionRequest', 'Transaction')
      await pachd.change(({ rows }) => {
        requireTransaction(rows, id)
        tables.transactions.remove(rows, id)
      })
      return Empty.fromPartial({})
    },
    async finishTransaction(request, { caller }) {
      const { id } = required(request.transaction, 'FinishTransactionRequest', 'Transaction')
      return pachd.change(
        change => {
          const record = requireTransaction(change.rows, id)
          const made = runRequests(change, requestsOf(record))
          tables.transactions.remove(change.rows, id)
          return toInfo(record, made)
        },
        { caller, setId: id },
      )
    },
    async batchTransaction({ requests }, { caller }) {
      const id = newId()
      const record = { id, started: now(), version: 0, requests: requests.map(request => Buffer.from(transaction.TransactionRequest.encode(request).finish()).toString('base64')) }
      const made = await pachd.change(change => runRequests(change, requests), { caller, setId: id })
      return toInfo(record, made)
    },
    async deleteAll() {
      await pachd.change(({ rows }) => tables.transactions.clear(rows))
      return Empty.fromPartial({})
    },
  })
}

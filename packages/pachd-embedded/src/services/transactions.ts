/** transaction_v2: collecting requests, and running them as one change. */
import { Empty, transaction } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound } from '../model-error.js'
import type { Rows } from '../store/store.js'
import { newId } from '../model/names.js'
import type { Pachd } from '../model/pachd.js'
import { now, tables } from '../model/records.js'
import type { TransactionRecord } from '../model/records.js'
import { implementService } from './call.js'
import type { Call, ServiceBase } from './call.js'
import { runRequest, runRequests } from './operations.js'
import type { Outcome } from './operations.js'
import { required, toCommit } from './wire.js'

type Request = transaction.TransactionRequest
type Response = transaction.TransactionResponse

function requireTransaction(rows: Rows, id: string): TransactionRecord {
  const record = tables.transactions.get(rows, id)
  if (!record) throw notFound(`transactions ${id} not found`)
  return record
}

const requestsOf = (record: TransactionRecord): Request[] => record.requests.map(wire => transaction.TransactionRequest.decode(Buffer.from(wire, 'base64')))
const responsesOf = (record: TransactionRecord): Response[] => (record.responses ?? []).map(wire => transaction.TransactionResponse.decode(Buffer.from(wire, 'base64')))

const toResponse = ({ commit }: Outcome): Response => ({ commit: commit && toCommit(commit.commit, commit.branch) })
const toWire = (request: Request): string => Buffer.from(transaction.TransactionRequest.encode(request).finish()).toString('base64')

function toInfo(record: TransactionRecord, responses: Response[]): transaction.TransactionInfo {
  return { transaction: { id: record.id }, requests: requestsOf(record), responses, started: record.started, version: record.version }
}

/** Runs a request now, or appends it to the transaction that the call belongs to and answers what it would have. */
export async function runOrAppend<T>(pachd: Pachd, call: Call, request: Parameters<typeof transaction.TransactionRequest.fromPartial>[0], answer: (outcome: Outcome) => T): Promise<T> {
  const full = transaction.TransactionRequest.fromPartial(request)
  if (call.transaction === '') return answer(await pachd.change(change => runRequest(change, full), { caller: call.caller }))
  for (;;) {
    const outcome = await append(pachd, call, full)
    if (outcome) return answer(outcome)
  }
}

/** A transaction is run again for every request, and its requests are shown in one message. */
const MOST_REQUESTS = 10_000
const MOST_CHARACTERS = 8 * 1024 * 1024

function checkRoom({ id, requests }: TransactionRecord): void {
  const characters = requests.reduce((sum, wire) => sum + wire.length, 0)
  if (requests.length >= MOST_REQUESTS || characters > MOST_CHARACTERS) throw new ModelError('RESOURCE_EXHAUSTED', `transaction ${id} is full; finish it and start another one`)
}

/** Tries the transaction with one more request, and appends that; nothing if somebody else has appended one meanwhile. */
async function append(pachd: Pachd, { transaction: id, caller }: Call, request: Request): Promise<Outcome | undefined> {
  const record = requireTransaction(pachd.rows, id)
  checkRoom(record)
  const outcomes = await pachd.tryOut(change => runRequests(change, [...requestsOf(record), request]), { caller, setId: id })
  const outcome = outcomes.at(-1) ?? {}
  const response = Buffer.from(transaction.TransactionResponse.encode(toResponse(outcome)).finish()).toString('base64')
  return pachd.change(({ rows }) => {
    if (requireTransaction(rows, id).version !== record.version) return undefined
    tables.transactions.put(rows, [id], { ...record, requests: [...record.requests, toWire(request)], responses: [...(record.responses ?? []), response], version: record.version + 1 })
    return outcome
  })
}

/** The service of transactions. */
export function transactionService(base: ServiceBase, pachd: Pachd) {
  return implementService(transaction.APIDefinition, base, {
    async startTransaction() {
      const id = newId()
      await pachd.change(change => tables.transactions.put(change.rows, [id], { id, started: change.time, requests: [], responses: [], version: 0, order: change.nextOrder() }))
      return { id }
    },
    inspectTransaction(request) {
      const { id } = required(request.transaction, 'InspectTransactionRequest', 'Transaction')
      const record = requireTransaction(pachd.rows, id)
      return toInfo(record, responsesOf(record))
    },
    listTransaction() {
      const records = [...tables.transactions.list(pachd.rows)].sort((a, b) => b.order - a.order)
      return { transactionInfo: records.map(record => toInfo(record, responsesOf(record))) }
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
          const outcomes = runRequests(change, requestsOf(record))
          tables.transactions.remove(change.rows, id)
          return toInfo(record, outcomes.map(toResponse))
        },
        { caller, setId: id },
      )
    },
    async batchTransaction({ requests }, { caller }) {
      const id = newId()
      const record = { id, started: now(), version: 0, order: 0, requests: requests.map(toWire) }
      const outcomes = await pachd.change(change => runRequests(change, requests), { caller, setId: id })
      return toInfo(record, outcomes.map(toResponse))
    },
    async deleteAll() {
      await pachd.change(({ rows }) => tables.transactions.clear(rows))
      return Empty.fromPartial({})
    },
  })
}

/** Whether a value that a journal holds is a record as this version writes them: the checksum says only that it is as it was written. */
import type { JournalHeader, JournalRecord } from './journal-record.js'

type Check = (value: unknown) => boolean

const isText: Check = value => typeof value === 'string'
const isPath: Check = value => typeof value === 'string' && value.startsWith('/')
const isNumber: Check = value => typeof value === 'number' && Number.isFinite(value)
const isCount: Check = value => Number.isSafeInteger(value) && Number(value) >= 0
const isFlag: Check = value => typeof value === 'boolean'
const listOf = (check: Check): Check => value => Array.isArray(value) && value.every(check)
const optional = (check: Check): Check => value => value === undefined || check(value)
const nullable = (check: Check): Check => value => value === null || check(value)
/** Fields that are not named may be there: a later version may add some. */
const shape = (fields: Readonly<Record<string, Check>>): Check => value => isObject(value) && Object.entries(fields).every(([key, check]) => check(value[key]))

const isSource = shape({ project: isText, repo: isText, branch: isText })
const isCommit = shape({ project: isText, repo: isText, branch: isText, id: isText })
const isHeader = shape({ version: isCount, name: isText, target: isSource, paths: listOf(isText), cluster: isText, last: optional(isCount) })
const contentFields = { s: optional(isCount), n: optional(isCount), p: optional(isPath), z: optional(isCount), l: optional(isCount), o: optional(listOf(isCount)) }
const isContent: Check = value => shape(contentFields)(value) && isObject(value) && (value['s'] !== undefined || value['n'] !== undefined)
const isTimes: Check = value => Array.isArray(value) && value.length >= 3 && value.slice(0, 3).every(isNumber)
const anyFields = { t: isNumber, x: optional(isTimes), b: optional(isPath) }
const nodes: Readonly<Record<string, Check>> = {
  f: shape({ ...anyFields, m: optional(isCount), c: isFlag, content: isContent }),
  d: shape({ ...anyFields, m: optional(isCount), n: optional(isCount), p: optional(isPath) }),
  l: shape({ ...anyFields, to: isText }),
}
const isNode: Check = value => isObject(value) && typeof value['k'] === 'string' && nodes[value['k']]?.(value) === true

/** What follows the word that a record begins with. */
const fields: { readonly [K in JournalRecord[0]]: readonly Check[] } = {
  mount: [isHeader],
  commit: [isCount, isCommit, isNumber],
  root: [nullable(isCount)],
  latest: [isCount],
  last: [isCount],
  put: [isPath, isCount, isNode],
  note: [isPath, isCount, isNode],
  drop: [isPath],
  move: [isPath, isPath, isFlag],
  mode: [isCount, isCount],
  time: [isCount, isNumber, optional(isNumber), optional(isNumber), optional(isNumber)],
  content: [isCount, isContent],
  own: [isCount, isCount, isCount],
  limit: [isCount, isCount],
  sending: [nullable(isText), optional(nullable(isText)), optional(nullable(isText))],
  done: [isCount, shape({ isBase: isFlag, isOpen: isFlag })],
  failed: [shape({ isUncertain: isFlag })],
  uncertain: [listOf(isPath)],
  removed: [listOf(isPath)],
  restored: [isPath],
  gone: [isPath, listOf(isText)],
}

/** Whether a value is a record of a kind that this version knows. A later one may add fields to it. */
export function isJournalRecord(value: unknown): value is JournalRecord {
  if (!isRecordOfSomeKind(value)) return false
  const [kind, ...rest] = value
  return Object.hasOwn(fields, kind) && fields[kind as JournalRecord[0]].every((check, index) => check(rest[index]))
}

/** Whether a value is a record of a kind that a later version may have added. */
export function isOfUnknownKind(value: unknown): boolean {
  return isRecordOfSomeKind(value) && !Object.hasOwn(fields, value[0])
}

/** Whether a value is a first record, of this version or a later one. */
export function isHeaderRecord(value: unknown): value is ['mount', Pick<JournalHeader, 'version'>] {
  return isRecordOfSomeKind(value) && value[0] === 'mount' && shape({ version: isCount })(value[1])
}

function isRecordOfSomeKind(value: unknown): value is [string, ...unknown[]] {
  return Array.isArray(value) && typeof value[0] === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

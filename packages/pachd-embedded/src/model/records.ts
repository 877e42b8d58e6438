/** The records of the model and the tables that they are kept in. */
import type { Rows, WritableRows } from '../store/store.js'
import type { BranchName, CommitName, RepoName } from './names.js'

/** A moment: whole seconds since 1970, and nanoseconds. */
export interface Moment {
  readonly seconds: number
  readonly nanos: number
}

/** The present, in the precision of the clock. */
export function now(): Moment {
  const ms = Date.now()
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 }
}

/** Milliseconds since 1970. */
export const toMs = ({ seconds, nanos }: Moment): number => seconds * 1000 + nanos / 1_000_000

/** Keys and values that users have put on something. */
export type MetadataRecord = Readonly<Record<string, string>>

export interface ProjectRecord {
  readonly name: string
  readonly description: string
  readonly createdAt: Moment
  readonly createdBy: string
  readonly metadata?: MetadataRecord
  readonly order: number
}

export interface RepoRecord {
  readonly repo: RepoName
  readonly description: string
  readonly metadata?: MetadataRecord
  readonly created: Moment
  readonly order: number
}

export interface TriggerRecord {
  readonly branch: string
  readonly all: boolean
  readonly rateLimitSpec: string
  readonly size: string
  readonly commits: number
  readonly cronSpec: string
}

export interface BranchRecord {
  readonly branch: BranchName
  readonly head: string
  readonly provenance: readonly BranchName[]
  /** Provenance along which commits do not spread. */
  readonly silent: readonly BranchName[]
  readonly trigger?: TriggerRecord
  readonly metadata?: MetadataRecord
  readonly createdAt: Moment
  readonly updatedAt: Moment
  readonly order: number
}

/** Changes of an open commit or of a file set, applied in order: those of one stream, or all files of a tree appended. */
export type Layer = { readonly kind: 'segment'; readonly id: number; /** Others use it, too: only a collection may remove it. */ readonly shared?: boolean } | { readonly kind: 'tree'; readonly root: number }

export type CommitOrigin = 'USER' | 'AUTO' | 'FSCK'

export interface CommitRecord {
  readonly commit: CommitName
  /** The branch on which the commit was started; empty when that branch is gone. */
  readonly branch: string
  readonly origin: CommitOrigin
  readonly description: string
  readonly parent?: string
  readonly provenance: readonly CommitName[]
  readonly started: Moment
  readonly finishing?: Moment
  readonly finished?: Moment
  readonly updatedAt: Moment
  readonly error: string
  readonly metadata?: MetadataRecord
  /** Changes that are not part of `folded` or `root` yet. */
  readonly layers: readonly Layer[]
  /** The tree of an open commit: its parent's files and the layers that were folded in. */
  readonly folded?: number
  /** The tree of a finished commit. */
  readonly root?: number
  /** The tree that a finished commit began with; what its children see if it has an error. */
  readonly baseRoot?: number
  readonly size: number
  readonly order: number
}

export interface FileSetRecord {
  readonly id: string
  readonly layers: readonly Layer[]
  /** The files as a tree, once somebody has read them. */
  readonly root?: number
  readonly expiresMs: number
}

export interface TransactionRecord {
  readonly id: string
  readonly started: Moment
  /** Each request in its wire form, base64. */
  readonly requests: readonly string[]
  /** What each request would have answered when it was appended, in its wire form, base64. */
  readonly responses?: readonly string[]
  readonly version: number
  readonly order: number
}

export interface TokenRecord {
  readonly hash: string
  readonly subject: string
  readonly expiresMs?: number
}

/** Who has which roles on a resource: subject → roles. */
export type RoleBinding = Readonly<Record<string, readonly string[]>>

/** What a user of the cluster has stored under a key. */
export interface CacheRecord {
  readonly tag: string
  /** The value in its wire form, base64. */
  readonly value: string
  readonly fileSetIds: readonly string[]
}

export interface PipelineRecord {
  readonly project: string
  readonly name: string
  readonly version: number
  /** The PipelineInfo in its wire form, base64. */
  readonly info: string
  readonly order: number
}

const SEPARATOR = '\0'
const LONGEST_KEY = 1900

/** Records of one kind under keys made of names; the names of a key hold no NUL. */
export class Table<T> {
  constructor(private readonly prefix: string) {}

  private key(parts: readonly string[]): Buffer {
    return Buffer.from([this.prefix, ...parts].join(SEPARATOR))
  }

  get(rows: Rows, ...parts: readonly string[]): T | undefined {
    const key = this.key(parts)
    // A name that no record can have; the store would refuse it.
    if (key.length > LONGEST_KEY) return undefined
    const row = rows.get(key)
    return row && (JSON.parse(Buffer.from(row).toString()) as T)
  }

  put(rows: WritableRows, parts: readonly string[], record: T): void {
    rows.put(this.key(parts), Buffer.from(JSON.stringify(record)))
  }

  remove(rows: WritableRows, ...parts: readonly string[]): void {
    rows.remove(this.key(parts))
  }

  /** The records whose keys begin with these names, in key order. */
  *list(rows: Rows, ...parts: readonly string[]): Generator<T, void, undefined> {
    for (const [, record] of this.entries(rows, parts)) yield record
  }

  /** The same with the names of the key behind the prefix. `after`: only those whose next name is behind this one. */
  *entries(rows: Rows, parts: readonly string[] = [], { reverse = false, after }: { reverse?: boolean; after?: string } = {}): Generator<[string[], T], void, undefined> {
    const start = Buffer.concat([this.key(after === undefined ? parts : [...parts, after]), Buffer.from([after === undefined ? 0 : 1])])
    const end = Buffer.concat([this.key(parts), Buffer.from([1])])
    if (start.length > LONGEST_KEY) return
    for (const { key, value } of rows.range({ start, end, reverse })) {
      yield [Buffer.from(key).toString().split(SEPARATOR).slice(1), JSON.parse(Buffer.from(value).toString()) as T]
    }
  }

  /** Removes all records whose keys begin with these names. */
  clear(rows: WritableRows, ...parts: readonly string[]): void {
    for (const [key] of [...this.entries(rows, parts)]) this.remove(rows, ...key)
  }
}

/** The names of a repo as parts of a key. */
export const repoKey = ({ project, name, type }: RepoName): [string, string, string] => [project, name, type]
/** The names of a branch as parts of a key. */
export const branchKey = ({ repo, name }: BranchName): string[] => [...repoKey(repo), name]
/** The names of a commit as parts of a key. */
export const commitKey = ({ repo, id }: CommitName): string[] => [...repoKey(repo), id]
/** A number as part of a key, so that the order of keys is that of the numbers. */
export const orderKey = (order: number): string => order.toString().padStart(15, '0')

/** All tables of the model. */
export const tables = {
  meta: new Table<string | number>('m'),
  projects: new Table<ProjectRecord>('project'),
  repos: new Table<RepoRecord>('repo'),
  branches: new Table<BranchRecord>('branch'),
  /** Branch → branches that have it in their direct provenance. */
  branchSubvenance: new Table<BranchName>('branch-sub'),
  commits: new Table<CommitRecord>('commit'),
  /** Repo and order → commit. */
  commitOrder: new Table<CommitName>('commit-order'),
  /** Order → commit, over all repos. */
  commitLog: new Table<CommitName>('commit-log'),
  commitSets: new Table<CommitName>('commit-set'),
  /** Commit → its children. */
  commitChildren: new Table<CommitName>('commit-child'),
  /** Commit → commits that have it in their direct provenance. */
  commitSubvenance: new Table<CommitName>('commit-sub'),
  fileSets: new Table<FileSetRecord>('file-set'),
  transactions: new Table<TransactionRecord>('transaction'),
  tokens: new Table<TokenRecord>('token'),
  bindings: new Table<RoleBinding>('binding'),
  /** Group → members. */
  groups: new Table<readonly string[]>('group'),
  pipelines: new Table<PipelineRecord>('pipeline'),
  /** The configuration of an identity provider and of its clients, each in its wire form, base64. */
  identity: new Table<string>('identity'),
  /** Hash of a key → what is stored under it. */
  cache: new Table<CacheRecord>('cache'),
} as const

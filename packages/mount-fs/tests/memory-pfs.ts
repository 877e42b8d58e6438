/** A pachd with one branch in memory, with switches for what goes wrong: the tests' stand-in for the network. */
import { PachdError, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { dirname } from 'node:path/posix'

/** Files of one commit by path. */
export type Files = Record<string, string | Uint8Array>

/** A client whose pfs part answers from memory. */
export interface MemoryPfs {
  readonly client: Pick<PachdClient, 'pfs'>
  /** How often each method was called, by name. */
  readonly calls: Map<string, number>
  /** Bytes that getFile sent. */
  sentBytes: number
  /** What calls do before they answer: throw, or wait. */
  before: (method: string, path: string) => Promise<void> | void
  /** The id of the head of the branch; empty while there is none. */
  readonly head: string
  /** The texts of the files of a commit, the head by default. */
  filesOf(id?: string): Record<string, string>
  /** The bytes of a file of the head; none when there is no such file. */
  bytesOf(path: string): Buffer
  /** Makes a commit as somebody else. */
  commit(files: Files): void
}

interface CommitReference {
  readonly id?: string
}

interface ModifyFileRequest {
  readonly body:
    | { readonly $case: 'setCommit' }
    | { readonly $case: 'deleteFile'; readonly deleteFile: { readonly path: string } }
    | { readonly $case: 'addFile'; readonly addFile: { readonly path: string; readonly source: { readonly raw: Uint8Array } } }
    | { readonly $case: 'copyFile'; readonly copyFile: { readonly dst: string; readonly src: { readonly path: string; readonly commit: CommitReference } } }
}

type Contents = ReadonlyMap<string, Uint8Array>

const MESSAGE_BYTES = 256 * 1024

/** A pachd whose branch has one commit with these files; without files it has none. */
export function memoryPfs(files?: Files): MemoryPfs {
  const commits = new Map<string, { readonly contents: Contents; readonly parent: string | undefined; description: string }>()
  let head = ''
  const addCommit = (contents: Contents, description = '') => {
    const parent = head === '' ? undefined : head
    head = `commit-${String(commits.size + 1)}`
    commits.set(head, { contents, parent, description })
  }
  const contentsOf = ({ id }: CommitReference): Contents => commits.get(id ?? '')?.contents ?? new Map<string, Uint8Array>()
  const memory: MemoryPfs = {
    client: { pfs: undefined } as never,
    calls: new Map(),
    sentBytes: 0,
    before: () => undefined,
    get head() {
      return head
    },
    filesOf: (id = head) => Object.fromEntries([...contentsOf({ id })].map(([path, content]) => [path, Buffer.from(content).toString()])),
    bytesOf: path => Buffer.from(contentsOf({ id: head }).get(path) ?? []),
    commit: changed => addCommit(new Map([...contentsOf({ id: head }), ...bytesOf(changed)])),
  }
  if (files) addCommit(new Map(bytesOf(files)))
  const enter = async (method: string, path: string) => {
    memory.calls.set(method, (memory.calls.get(method) ?? 0) + 1)
    await memory.before(method, path)
  }
  const timestamp = { seconds: 1_700_000_000, nanos: 0 }
  const change = async (contents: Map<string, Uint8Array>, requests: AsyncIterable<ModifyFileRequest> | Iterable<ModifyFileRequest>) => {
    for await (const { body } of requests) {
      if (body.$case === 'deleteFile') {
        const { path: deleted } = body.deleteFile
        for (const path of contents.keys()) if (path === deleted || (deleted.endsWith('/') && path.startsWith(deleted))) contents.delete(path)
      } else if (body.$case === 'addFile') {
        const { path, source } = body.addFile
        if (path.includes('[')) throw new PachdError('UNKNOWN', `path (${path}) invalid: globbing character ([) not allowed in path`)
        contents.set(path, Buffer.concat([contents.get(path) ?? new Uint8Array(0), source.raw]))
      } else if (body.$case === 'copyFile') {
        const { dst, src } = body.copyFile
        for (const [path, content] of contentsOf(src.commit)) if (isWithin(path, src.path)) contents.set(dst + path.slice(src.path.length), content)
      }
    }
  }
  let fileSet: ModifyFileRequest[] = []
  const pfs = {
    async *listFile({ file }: { file: { path: string; commit: CommitReference } }) {
      const prefix = file.path === '/' ? '/' : `${file.path}/`
      await enter('listFile', file.path)
      const names = new Map<string, { path: string; fileType: string; sizeBytes: number }>()
      for (const [path, content] of contentsOf(file.commit)) {
        if (!path.startsWith(prefix)) continue
        const [name = '', ...rest] = path.slice(prefix.length).split('/')
        const isDirectory = rest.length > 0
        names.set(name, { path: `${prefix}${name}${isDirectory ? '/' : ''}`, fileType: isDirectory ? 'DIR' : 'FILE', sizeBytes: content.byteLength })
      }
      for (const [, { path, fileType, sizeBytes }] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
        yield { file: { path }, fileType, sizeBytes, committed: timestamp }
      }
    },
    async inspectFile({ file: { path, commit } }: { file: { path: string; commit: CommitReference } }) {
      await enter('inspectFile', path)
      const contents = contentsOf(commit)
      const content = contents.get(path)
      const isDirectory = [...contents.keys()].some(other => other.startsWith(`${path}/`))
      if (!content && !isDirectory) throw new PachdError('NOT_FOUND', `file ${path} not found`)
      return { file: { path: isDirectory ? `${path}/` : path }, fileType: isDirectory ? 'DIR' : 'FILE', sizeBytes: content?.byteLength ?? 0, committed: timestamp }
    },
    async *getFile({ file, offset }: { file: { path: string; commit: CommitReference }; offset: number }) {
      await enter('getFile', file.path)
      const content = contentsOf(file.commit).get(file.path)
      if (!content) throw new PachdError('NOT_FOUND', `file ${file.path} not found`)
      for (let at = offset; at < content.byteLength; at += MESSAGE_BYTES) {
        const value = content.subarray(at, at + MESSAGE_BYTES)
        memory.sentBytes += value.byteLength
        yield { value }
        await new Promise(setImmediate)
      }
    },
    async *getFileTAR({ file, pathRange }: { file: { path: string; commit: CommitReference }; pathRange?: { lower: string; upper: string } }) {
      await enter('getFileTAR', file.path)
      const pattern = new RegExp(`^${file.path.replace(/[.^$()[\]{}+|]/g, '\\$&').replaceAll('?', '[^/]').replaceAll('*', '[^/]*')}$`)
      const isInRange = (path: string) => !pathRange || (path >= pathRange.lower && path < pathRange.upper)
      // A directory brings what is in it, if it lies in the range itself.
      const isAsked = (path: string): boolean => (pattern.test(path) && isInRange(path)) || (path !== '/' && isAsked(dirname(path)))
      for (const [path, content] of [...contentsOf(file.commit)].sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (isInRange(path) && isAsked(path)) yield { value: tarEntry(path, content) }
      }
      yield { value: new Uint8Array(1024) }
    },
    async modifyFile(requests: AsyncIterable<ModifyFileRequest>) {
      await enter('modifyFile', '')
      const contents = new Map(contentsOf({ id: head }))
      await change(contents, requests)
      addCommit(contents)
      return {}
    },
    async createFileSet(requests: AsyncIterable<ModifyFileRequest>) {
      fileSet = []
      for await (const request of requests) fileSet.push(request)
      return { fileSetId: 'file-set' }
    },
    async startCommit({ description }: { description: string }) {
      await enter('startCommit', '')
      addCommit(new Map(contentsOf({ id: head })), description)
      return { id: head }
    },
    async addFileSet({ commit }: { commit: CommitReference }) {
      await enter('addFileSet', commit.id ?? '')
      await change(contentsOf(commit) as Map<string, Uint8Array>, fileSet)
      return {}
    },
    finishCommit({ commit: { id = '' }, description }: { commit: CommitReference; description: string }) {
      const commit = commits.get(id)
      if (commit) commit.description = description || commit.description
      return Promise.resolve({})
    },
    async *listCommit() {
      await enter('listCommit', '')
      for (let id: string | undefined = head === '' ? undefined : head; id !== undefined; id = commits.get(id)?.parent) yield { commit: { id } }
    },
    async *diffFile({ newFile, oldFile }: { newFile: { commit: CommitReference }; oldFile: { commit: CommitReference } }) {
      await enter('diffFile', '')
      const [now, then] = [contentsOf(newFile.commit), contentsOf(oldFile.commit)]
      for (const path of new Set([...now.keys(), ...then.keys()])) if (now.get(path) !== then.get(path)) yield { newFile: now.has(path) ? { file: { path } } : undefined, oldFile: then.has(path) ? { file: { path } } : undefined }
    },
    async inspectBranch() {
      await enter('inspectBranch', '')
      return { head: { id: head } }
    },
    async inspectCommit({ commit: { id = '' } }: { commit: CommitReference }) {
      await enter('inspectCommit', id)
      const commit = commits.get(id)
      if (!commit) throw new PachdError('NOT_FOUND', `commit ${id} not found`)
      return { commit: { id }, description: commit.description, error: '', finishing: timestamp, finished: timestamp, parentCommit: commit.parent === undefined ? undefined : { id: commit.parent } }
    },
  }
  return Object.assign(memory, { client: { pfs } as unknown as Pick<PachdClient, 'pfs'> })
}

/** One file as blocks of a USTAR archive. */
export function tarEntry(path: string, content: Uint8Array): Uint8Array {
  const entry = Buffer.alloc(512 + Math.ceil(content.byteLength / 512) * 512)
  entry.write(path, 0)
  entry.write(content.byteLength.toString(8).padStart(11, '0'), 124)
  entry.write('0', 156)
  entry.write('ustar\0', 257)
  entry.set(content, 512)
  return entry
}

function bytesOf(files: Files): [string, Uint8Array][] {
  return Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? Buffer.from(content) : content])
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`)
}

/** Each place where input from outside is parsed or matched, as a function of a text. */
import { Journal } from '../../packages/mount-fs/src/writing/journal.js'
import { packEntries } from '../../packages/mount-fs/src/cache/pack-format.js'
import { cleanPath } from '../../packages/mount-fs/src/path-names.js'
import { tarEntries } from '../../packages/mount-fs/src/reading/tar-files.js'
import { byteSize } from '../../packages/mount-server/src/byte-size.js'
import { createApp } from '../../packages/mount-server/src/app.js'
import { parseHost, parseOrigin } from '../../packages/mount-server/src/authority.js'
import { Connection } from '../../packages/mount-server/src/connection.js'
import { DatumCursor } from '../../packages/mount-server/src/datum-cursor.js'
import { readDatumInput } from '../../packages/mount-server/src/datum-input.js'
import { answerFile } from '../../packages/mount-server/src/files/file-answer.js'
import { pathInMount, requestedPath } from '../../packages/mount-server/src/files/request-path.js'
import { firstJsonValue } from '../../packages/mount-server/src/lenient-body.js'
import { literalsOf } from '../../packages/mount-server/src/listed-datums.js'
import { MountLifecycle } from '../../packages/mount-server/src/mount-lifecycle.js'
import { readPipelineSpec } from '../../packages/mount-server/src/pipeline-spec.js'
import { FileSystem, StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { parseAddress } from '../../packages/pachd-client/src/address.js'
import { readConfigFile } from '../../packages/pachd-client/src/config-file.js'
import { PachdError } from '../../packages/pachd-client/src/errors.js'
import { parseAncestry } from '../../packages/pachd-embedded/src/model/commit-reference.js'
import { cronIsDue, parseDuration } from '../../packages/pachd-embedded/src/model/cron.js'
import { checkWritablePath, cleanPath as embeddedPath } from '../../packages/pachd-embedded/src/model/file-paths.js'
import { Glob } from '../../packages/pachd-embedded/src/model/glob.js'
import { parseSize } from '../../packages/pachd-embedded/src/model/triggers.js'
import { parseSpec, toRequest } from '../../packages/pachd-embedded/src/services/pipeline-json.js'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One parser. */
export interface Target {
  readonly name: string
  /** Longer texts never reach it. */
  readonly maxLength: number
  /** Prepares a text, and returns the work to measure. */
  readonly prepare: (text: string) => Promise<() => unknown>
}

const KIB = 1024
/** Node.js takes no longer header. */
const HEADER_BYTES = 16 * KIB
const PATH_BYTES = 16 * KIB
const FILE_BYTES = 256 * KIB
const attributes = { kind: 'file', sizeBytes: 1e9, modifiedMs: 0 } as Parameters<typeof answerFile>[1]['attributes']

/** A lone surrogate cannot be sent. */
const wellFormed = (text: string) => Buffer.from(text).toString()

const target = (name: string, maxLength: number, run: (text: string) => unknown): Target => ({ name, maxLength, prepare: text => Promise.resolve(() => run(text)) })

/** All parsers; files are written below `folder`. What is returned with them is closed by the caller. */
export function inputTargets(folder: string): { targets: Target[]; close: () => Promise<void> } {
  const fileSystem = new FileSystem()
  const connection = new Connection({ env: {}, configFile: join(folder, 'none.json') })
  const mounts = new MountLifecycle({ fileSystem, connection, stage: new StageDirectory(join(folder, 'stage')), mountDir: '/pfs' })
  const app = createApp({
    fileSystem, connection, mounts, datums: new DatumCursor(connection, mounts), started: Promise.resolve(), arrived: () => Promise.resolve(),
    host: '127.0.0.1', token: undefined, apiCompat: '2.8', logger: undefined, limits: { perSecond: 1e9, atOnce: 1e9 },
  })
  const body = (method: 'PUT', url: string) => target(`${method} ${url}`, FILE_BYTES, text => app.inject({ method, url, payload: text }))
  const targets = [
    target('JSON body', FILE_BYTES, firstJsonValue),
    target('datum specification', FILE_BYTES, text => readDatumInput(text)),
    target('pipeline specification', FILE_BYTES, text => readPipelineSpec(firstJsonValue(text))),
    body('PUT', '/config'),
    body('PUT', '/contexts/_activate'),
    target('query', PATH_BYTES, text => app.inject({ method: 'GET', url: `/logs?after=${encodeURIComponent(wellFormed(text))}` })),
    target('path of a request', PATH_BYTES, text => requestedPath(`/files/m/${text}`)),
    target('path in a body', FILE_BYTES, text => pathInMount('m', text)),
    target('header Host', HEADER_BYTES, text => parseHost(text)),
    target('header Origin', HEADER_BYTES, text => parseOrigin(text)),
    ...(['range', 'if-range', 'if-none-match', 'if-modified-since', 'cache-control'] as const).map(header =>
      target(`header ${header}`, HEADER_BYTES, text => answerFile({ range: 'bytes=0-1', [header]: text }, { name: 'a', tag: '"t"', attributes, download: true })),
    ),
    target('file name in a header', HEADER_BYTES, text => answerFile({}, { name: wellFormed(text), tag: '"t"', attributes, download: true })),
    target('size', FILE_BYTES, byteSize),
    target('address of pachd', FILE_BYTES, parseAddress),
    target('message of pachd', FILE_BYTES, text => PachdError.from(Object.assign(new Error(text), { code: 13, details: text }))),
    target('literals of a glob', FILE_BYTES, literalsOf),
    target('glob', 4 * KIB, text => new Glob(text)),
    target('glob over a path', 4 * KIB, text => new Glob('/*(a|b)**/*.[!a-f]').match(text)),
    target('path with a glob of its own kind', 4 * KIB, text => new Glob(text.slice(0, 64)).matches(text)),
    target('template', FILE_BYTES, text => new Glob('/(*)').replace('/a', text)),
    target('commit reference', FILE_BYTES, parseAncestry),
    target('duration', FILE_BYTES, parseDuration),
    target('cron expression', FILE_BYTES, text => cronIsDue(text, 0, 1)),
    target('size of a trigger', FILE_BYTES, parseSize),
    target('path in a commit', FILE_BYTES, text => checkWritablePath(embeddedPath(text))),
    target('path below the mount', FILE_BYTES, cleanPath),
    target('pipeline for the embedded pachd', FILE_BYTES, text => toRequest(parseSpec(text, 'spec'), 'spec')),
    target('pack of the cache', FILE_BYTES, text => packEntries(Buffer.from(`JPFSPAK1${text}`))),
    target('archive', FILE_BYTES, text => archive(Buffer.from(text))),
    target('extended header of an archive', FILE_BYTES, text => archive(extendedHeader(Buffer.from(text)))),
    onDisk('config file', folder, (text, path) => writeFile(path, text), path => readConfigFile(path)),
    onDisk('journal', folder, (text, path) => writeFile(path, text), openJournal),
    onDisk('journal with a good record', folder, async (text, path) => {
      const journal = Journal.create(path)
      journal.append({ kind: 'x' })
      journal.close()
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.from(text)]))
    }, openJournal),
  ]
  return {
    targets,
    close: async () => {
      await app.close()
      connection.close()
    },
  }
}

let files = 0

function onDisk(name: string, folder: string, write: (text: string, path: string) => Promise<unknown>, read: (path: string) => unknown): Target {
  return {
    name,
    maxLength: FILE_BYTES,
    prepare: async text => {
      const path = join(folder, `file-${String(files++)}`)
      await write(text, path)
      return () => read(path)
    },
  }
}

function openJournal(path: string): void {
  Journal.open(path).journal.close()
}

async function archive(bytes: Uint8Array): Promise<number> {
  let sizeBytes = 0
  for await (const { pieces } of tarEntries(once(bytes))) for await (const piece of pieces()) sizeBytes += piece.byteLength
  return sizeBytes
}

async function* once(value: Uint8Array): AsyncGenerator<{ value: Uint8Array }, void, undefined> {
  yield await Promise.resolve({ value })
}

function extendedHeader(content: Buffer): Buffer {
  const header = Buffer.alloc(512)
  header.write(content.length.toString(8).padStart(11, '0'), 124)
  header.write('x', 156)
  return Buffer.concat([header, content])
}

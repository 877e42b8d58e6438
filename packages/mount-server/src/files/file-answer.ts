/** How a file is answered: all of it or a range, under which headers. */
import type { Attributes, FileState } from '@jupyterlab-pachyderm/mount-fs'
import fresh from 'fresh'
import mime from 'mime'
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import parseRange from 'range-parser'

import { MountError } from '../errors.js'

/** The bytes to send, and what to say about them. */
export interface FileAnswer {
  readonly status: 200 | 206 | 304
  readonly headers: Readonly<Record<string, string>>
  readonly offset: number
  readonly length: number
}

/** The strong ETag of a file: equal tags mean equal bytes, whatever the mount showed in between. */
export function entityTag({ version, attributes: { sizeBytes } }: FileState): string {
  return `"${createHash('sha256').update(`${version} ${sizeBytes}`).digest('base64url').slice(0, 22)}"`
}

/** Whether an If-Match header asks for the file that has this tag. */
export function matches(wanted: string, tag: string): boolean {
  return wanted.split(',').some(one => one.trim() === '*' || one.trim() === tag)
}

/** What to answer to a request for the file `name`. Throws MountError RANGE_NOT_SATISFIABLE, and CHANGED when If-Match asks for another version. */
export function answerFile(request: IncomingHttpHeaders, { name, tag, attributes, download }: { name: string; tag: string; attributes: Attributes; download: boolean }): FileAnswer {
  const { sizeBytes, modifiedMs } = attributes
  const wanted = request['if-match']
  if (wanted !== undefined && !matches(wanted, tag)) throw new MountError('CHANGED', `${name} is not the file that was asked for; it changed, or its mount shows another commit`)
  const headers = {
    etag: tag,
    'last-modified': new Date(modifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-type': mime.getType(name) ?? 'application/octet-stream',
    // What is in a repo is data: no page of it may act in the name of the user.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox",
    'x-content-type-options': 'nosniff',
    'content-disposition': disposition(download ? 'attachment' : 'inline', name),
  }
  if (fresh(request, headers)) return { status: 304, headers, offset: 0, length: 0 }
  const range = isRangeOf(request, headers) ? parseRange(sizeBytes, request.range ?? '', { combine: true }) : undefined
  if (range === -1) throw new MountError('RANGE_NOT_SATISFIABLE', `the range ${request.range ?? ''} begins behind the end of the file, which has ${sizeBytes} bytes`)
  // Several ranges would come in a body of several parts; all of the file is a right answer, too.
  const [only] = Array.isArray(range) && range.type === 'bytes' && range.length === 1 ? range : []
  if (!only) return { status: 200, headers: { ...headers, 'content-length': String(sizeBytes) }, offset: 0, length: sizeBytes }
  const length = only.end - only.start + 1
  return { status: 206, headers: { ...headers, 'content-length': String(length), 'content-range': `bytes ${only.start}-${only.end}/${sizeBytes}` }, offset: only.start, length }
}

/** Whether the range counts: with If-Range only when the client has the same version, for certain. */
function isRangeOf({ range, 'if-range': condition }: IncomingHttpHeaders, { etag, 'last-modified': lastModified }: { etag: string; 'last-modified': string }): boolean {
  if (range === undefined) return false
  return condition === undefined || condition === etag || condition === lastModified
}

function disposition(kind: 'attachment' | 'inline', name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`
}

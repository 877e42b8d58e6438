import { errorCodes } from '@jupyterlab-pachyderm/mount-api'
import { FsError } from '@jupyterlab-pachyderm/mount-fs'
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'
import fastify from 'fastify'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

import { appearanceOf, codeOf, codeOfFsError } from './error-codes.js'
import { answerErrors } from './error-handler.js'
import { MountError } from './errors.js'

test('docs/ERRORS.md names every code with its status, its status on the routes of the original, its errno and its hint', async () => {
  const text = await readFile(new URL('../../../docs/ERRORS.md', import.meta.url), 'utf8')
  const rows = text.split('\n').filter(line => /^\| `/.test(line))

  const documented = rows.map(row => row.split('|').slice(1, -1).map(cell => cell.trim()))

  const expected = errorCodes.map(code => {
    const appearance = appearanceOf[code]
    const errno = Object.entries(codeOfFsError).filter(([, its]) => its === code).map(([name]) => name)
    return [`\`${code}\``, String(appearance.status), String(appearance.oldStatus), errno.join(', ') || '–', expect.stringMatching(/./) as string, appearance.hint ?? (expect.any(String) as string)]
  })
  expect(documented).toEqual(expected)
})

test.each([
  [new MountError('NO_DATUM', ''), 'NO_DATUM'],
  [new FsError('EROFS', ''), 'READ_ONLY'],
  [FsError.from(new PachdError('UNAVAILABLE', '')), 'UNREACHABLE'],
  [new PachdError('PERMISSION_DENIED', ''), 'NO_ACCESS'],
  [Object.assign(new Error(), { statusCode: 413 }), 'TOO_LARGE'],
  [Object.assign(new Error(), { statusCode: 400 }), 'BAD_REQUEST'],
  [new Error('a mistake of ours'), 'INTERNAL'],
])('%o has the code %s', (error, code) => {
  expect(codeOf(error)).toBe(code)
})

test('a route of our own refuses with a body of code, message and hint, one of the original with a line of text', async () => {
  const app = fastify()
  answerErrors(app, () => [])
  const refuse = () => {
    throw new MountError('NOT_MOUNTED', "nothing is mounted at 'x'")
  }
  app.get('/ours', { config: { errors: 'json' } }, refuse)
  app.get('/old', refuse)

  const [ours, old] = [await app.inject('/ours'), await app.inject('/old')]

  expect([ours.statusCode, ours.json()]).toEqual([404, { code: 'NOT_MOUNTED', message: "nothing is mounted at 'x'", hint: appearanceOf.NOT_MOUNTED.hint }])
  expect([old.statusCode, old.body]).toEqual([500, "nothing is mounted at 'x'\n"])
})

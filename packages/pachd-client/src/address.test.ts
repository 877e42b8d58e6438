import { expect, test } from 'vitest'

import { parseAddress } from './address.js'

test.each([
  ['localhost', 'grpc://localhost:30650', false],
  ['grpc://pach.example:80', 'grpc://pach.example:80', false],
  ['http://pach.example', 'grpc://pach.example:30650', false],
  ['https://pach.example:443', 'grpcs://pach.example:443', true],
  ['grpcs://[::1]:650', 'grpcs://[::1]:650', true],
  ['[fe80::1]', 'grpc://[fe80::1]:30650', false],
  [' 127.0.0.1:1650 ', 'grpc://127.0.0.1:1650', false],
  ['unix:/run/pachd.sock', 'unix:/run/pachd.sock', false],
  ['unix:///run/pachd.sock', 'unix:/run/pachd.sock', false],
])('%s is qualified as %s', (text, qualified, tls) => {
  expect(parseAddress(text)).toMatchObject({ qualified, tls })
})

test.each([
  ['', 'no pachd address specified'],
  ['ftp://pach.example', 'unrecognized scheme in pachd address: ftp'],
  ['grpc://pach.example/', 'should not include a path'],
  ['grpc://me:secret@pach.example', 'should not include login credentials'],
  ['pach.example?x=1', 'should not include a query string'],
  ['pach.example#top', 'should not include a fragment'],
  ['pach.example:99999', 'between 1 and 65535'],
  ['two words', 'is not a pachd address'],
  ['::1', 'is not a pachd address'],
])('%j is refused with a sentence that says why', (text, reason) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(reason) as string }) as Error)
})

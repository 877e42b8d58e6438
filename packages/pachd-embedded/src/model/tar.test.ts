import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { tarEnd, tarHeader, tarPadding } from './tar.js'

test('an archive is what tar reads, also with names that no plain header holds', () => {
  const names = ['/a.txt', `/${'d'.repeat(90)}/${'f'.repeat(90)}`, `/${'n'.repeat(300)}`]
  const content = Buffer.from('content')
  const file = join(mkdtempSync(join(tmpdir(), 'pachd-tar-')), 'a.tar')
  writeFileSync(file, Buffer.concat([tarHeader('/d/', 0), ...names.flatMap(name => [tarHeader(name, content.length), content, tarPadding(content.length)]), tarEnd()]))

  expect(execFileSync('tar', ['-tPf', file]).toString().trim().split('\n')).toEqual(['/d/', ...names])
  expect(execFileSync('tar', ['-xPOf', file, '/a.txt']).toString()).toBe('content')
})

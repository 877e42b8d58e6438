import type { Change } from '@jupyterlab-pachyderm/mount-fs'
import { expect, test } from 'vitest'

import { replacedFiles } from './replaced-files.js'

const change = (kind: Change['kind'], path: string): Change => ({ kind, path, sizeBytes: undefined, refusal: undefined })

test('a file that was deleted is replaced when there are files below its name', () => {
  expect(replacedFiles([change('deleted', '/g'), change('added', '/g/a/inner'), change('added', '/g/b')])).toEqual(['/g'])
})

test.each<[string, Change[]]>([
  ['a deleted file', [change('deleted', '/g')]],
  ['a name that begins alike', [change('deleted', '/g'), change('added', '/gg/inner')]],
  ['a file in a new directory', [change('added', '/g/inner'), change('deleted', '/other')]],
  ['a directory that was deleted with a file left beside it', [change('deleted', '/g/'), change('changed', '/f')]],
])('%s replaces nothing', (_, changes) => {
  expect(replacedFiles(changes)).toEqual([])
})

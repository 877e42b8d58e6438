// @vitest-environment happy-dom
/// <reference types="node" />
/** The settings that docs/jupyterlab.md proposes, as JupyterLab and the panel take them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DefaultSchemaValidator, type ISettingRegistry } from '@jupyterlab/settingregistry'
import { beforeAll, expect, test } from 'vitest'

import { readSnippets, snippetCode, snippetsFor } from '../src/model/snippets/configured-snippets.js'
import { SETTINGS_ID } from '../src/tokens.js'
import { mountEntry } from './scripted-mount-server.js'

let schema: ISettingRegistry.ISchema
let documented: { snippets: unknown[] }
beforeAll(async () => {
  schema = JSON.parse(await readFile(join(import.meta.dirname, '../schema/mount.json'), 'utf8')) as ISettingRegistry.ISchema
  const page = await readFile(join(import.meta.dirname, '../../../docs/jupyterlab.md'), 'utf8')
  const [, block = ''] = /```json\n([^`]*)```/.exec(page) ?? []
  documented = (JSON.parse(block) as Record<string, typeof documented>)[SETTINGS_ID] ?? { snippets: [] }
})

/** What JupyterLab's validator says of settings. */
function problemsOf(settings: object): string[] {
  const plugin = { id: SETTINGS_ID, raw: JSON.stringify(settings), schema, version: 'test', data: { composite: {}, user: {} } }
  return (new DefaultSchemaValidator().validateData(plugin) ?? []).map(({ message }) => message ?? '')
}

test('the documented snippet is taken, and reads a file', () => {
  expect(problemsOf(documented)).toEqual([])
  const { snippets, problems } = readSnippets(documented.snippets)
  expect(problems).toEqual([])

  const mount = mountEntry({ name: 'shop', repo: 'sales' })
  const file = { path: 'shop/a.csv', kind: 'file' as const, place: '/pfs/shop/a.csv', mount }
  const [snippet] = snippetsFor(snippets, file, 'python')

  expect(snippet && snippetCode(snippet, file, 'python')).toBe(
    'import polars as pl\n\n# default/sales@master:/a.csv\ntable = pl.scan_csv("/pfs/shop/a.csv") if "a.csv".endswith(".csv") else pl.scan_parquet("/pfs/shop/a.csv")',
  )
})

test.each([[{ label: 'a', pattern: 'b' }], [{ label: '', pattern: 'b', template: 'c' }], [{ label: 'a', pattern: 'b', template: 'c', more: 1 }], ['a']])('%j is refused by the schema', snippet => {
  expect(problemsOf({ snippets: [snippet] })).not.toEqual([])
})

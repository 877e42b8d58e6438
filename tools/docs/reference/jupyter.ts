/** The settings of the JupyterLab extension: of its server half, and of its panel. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { venv } from '../../setup/python-environment.mjs'
import { root } from '../pages.js'
import { cell, table } from './table.js'

const extension = join(root, 'packages/jupyterlab-extension')

interface ServerSetting {
  readonly name: string
  readonly variable: string
  readonly default: string
  readonly text: string
  readonly values: readonly string[]
}

interface PanelSetting {
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
}

/** What an administrator may set, from the traits of the server extension. */
export async function serverSettings(): Promise<string> {
  const { stdout } = await promisify(execFile)(join(venv, 'bin', 'python'), [join(import.meta.dirname, 'jupyter_settings.py')], { cwd: extension })
  const settings = JSON.parse(stdout) as readonly ServerSetting[]
  return table(
    ['variable', 'trait of `c.PachydermExtension`', 'default', 'what it says'],
    settings.map(({ name, variable, default: otherwise, text, values }) => [`\`${variable}\``, `\`${name}\``, cell(otherwise), cell(values.length > 0 ? `${text} One of ${values.map(value => `\`${value}\``).join(', ')}.` : text)]),
  )
}

/** What a user may set in the Settings Editor, from the schemas of the plugins. */
export async function panelSettings(): Promise<string> {
  const folder = join(extension, 'schema')
  const rows: string[][] = []
  for (const name of (await readdir(folder)).filter(file => file.endsWith('.json')).sort()) {
    const { properties = {} } = JSON.parse(await readFile(join(folder, name), 'utf8')) as { properties?: Record<string, PanelSetting> }
    for (const [key, setting] of Object.entries(properties)) {
      const values = setting.enum ? ` One of ${setting.enum.map(value => `\`${String(value)}\``).join(', ')}.` : ''
      rows.push([`\`${key}\``, cell(setting.title ?? ''), `\`${JSON.stringify(setting.default)}\``, cell(`${setting.description ?? ''}${values}`)])
    }
  }
  return table(['setting', 'in the Settings Editor', 'default', 'what it says'], rows)
}

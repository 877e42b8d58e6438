/** The JupyterLab extension: the settings of its server half and of its panel, and what its server half answers. */
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

interface ServerRoute {
  readonly path: string
  readonly methods: readonly string[]
  readonly text: string
}

/** What one of our Python programs prints, which knows the server extension. */
async function asPythonSays(program: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(join(venv, 'bin', 'python'), [join(import.meta.dirname, program)], { cwd: extension })
  return JSON.parse(stdout)
}

/** What Jupyter answers by itself below /pachyderm/v2. */
export async function serverRoutes(): Promise<string> {
  const own = (await asPythonSays('jupyter_routes.py')) as readonly ServerRoute[]
  return table(['below `/pachyderm/v2`', 'methods', 'what it does'], own.map(({ path, methods, text }) => [`\`/${path.replace('|', '\\|')}\``, methods.join(', '), cell(text)]))
}

/** What an administrator may set, from the traits of the server extension. */
export async function serverSettings(): Promise<string> {
  const settings = (await asPythonSays('jupyter_settings.py')) as readonly ServerSetting[]
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

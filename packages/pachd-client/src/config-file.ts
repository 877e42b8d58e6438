/** The config file that is shared with pachctl: found, read, and changed without losing what others wrote. */
import { readFileSync, renameSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { randomBytes } from 'node:crypto'

import { PachdError } from './errors.js'

/** A context of the config file, by the keys that this product uses. Other keys are kept untouched. */
export interface PachContext {
  pachd_address?: string
  server_cas?: string
  session_token?: string
  cluster_deployment_id?: string
  project?: string
  [key: string]: unknown
}

/** The config file as JSON with its written keys. */
export interface PachConfig {
  user_id?: string
  v2?: {
    active_context?: string
    contexts?: Record<string, PachContext>
    metrics?: boolean
    [key: string]: unknown
  }
  [key: string]: unknown
}

/** Other programs write the file when somebody uses them, not again and again. */
const MAX_ATTEMPTS = 50

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where the config file is: `PACH_CONFIG`, else /pachctl/config.json when that exists, else
 * ~/.pachyderm/config.json (the home directory comes from the password file when `HOME` is not set).
 */
export async function configPath(env: Environment): Promise<string> {
  if (env['PACH_CONFIG']) return resolve(env['PACH_CONFIG'])
  const inContainer = '/pachctl/config.json'
  const exists = await stat(inContainer).then(
    () => true,
    () => false,
  )
  return exists ? inContainer : join(env['HOME'] || userInfo().homedir, '.pachyderm', 'config.json')
}

/**
 * The config file at `path`; undefined when there is none. Keys in camelCase are read as their snake_case twins.
 * Throws PachdError FAILED_PRECONDITION when it cannot be read or is not a config file.
 */
export async function readConfigFile(path: string): Promise<PachConfig | undefined> {
  const text = await textOf(path)
  return text === undefined ? undefined : parseConfig(path, text)
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR')) return undefined
    throw new PachdError('FAILED_PRECONDITION', `${path}: the config file cannot be read: ${describe(cause)}`, { cause })
  }
}

function parseConfig(path: string, text: string): PachConfig {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new PachdError('FAILED_PRECONDITION', `${path}: the config file is not JSON: ${describe(cause)}`, { cause })
  }
  const config = snakeCaseKeys(value) as PachConfig | undefined
  if (!isObject(config) || (config.v2 !== undefined && !isObject(config.v2)) || (config.v2?.contexts !== undefined && !isObject(config.v2.contexts))) {
    throw new PachdError('FAILED_PRECONDITION', `${path}: the config file should be a JSON object with the contexts in "v2.contexts"`)
  }
  return config
}

/**
 * Changes the config file at `path` with `change`, which gets the present content (a new one when there is none)
 * and edits it in place. The file is replaced in one step, readable by its owner only; what `change` does not touch
 * stays. When another program, such as pachctl, writes the file meanwhile, `change` is made once more to what that wrote.
 * Throws PachdError FAILED_PRECONDITION when the present file is broken (it is left alone) or cannot be written.
 */
export async function updateConfigFile(path: string, change: (config: PachConfig) => void): Promise<PachConfig> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const changed = await changedUnlessOvertaken(path, change)
    if (changed) return changed
  }
  throw new PachdError('FAILED_PRECONDITION', `${path}: the config file cannot be changed, since another program writes it all the time`)
}

async function changedUnlessOvertaken(path: string, change: (config: PachConfig) => void): Promise<PachConfig | undefined> {
  const before = await textOf(path)
  const config = before === undefined ? newConfig() : parseConfig(path, before)
  change(config)
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(temporary, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600, flush: true })
    await chmod(temporary, 0o600)
    // pachctl takes no lock: looking and replacing in one go leaves it the least time to come between.
    if (textNow(path) === before) {
      renameSync(temporary, path)
      return config
    }
    await rm(temporary, { force: true })
    return undefined
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new PachdError('FAILED_PRECONDITION', `${path}: the config file cannot be written: ${describe(cause)}`, { cause })
  }
}

function newConfig(): PachConfig {
  return { user_id: randomBytes(16).toString('hex'), v2: { contexts: {}, metrics: true } }
}

function textNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Writes one context, and makes it the active one when `activate` is set; other contexts stay as they are. */
export async function saveContext(path: string, name: string, context: PachContext, { activate }: { activate: boolean }): Promise<PachConfig> {
  return updateConfigFile(path, config => {
    config.v2 ??= {}
    config.v2.contexts = { ...config.v2.contexts, [name]: context }
    if (activate) config.v2.active_context = name
  })
}

function snakeCaseKeys(value: unknown, depth = 0): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isContextName = depth === 2
      const name = isContextName ? key : key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
      return [name, snakeCaseKeys(item, depth + 1)]
    }),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

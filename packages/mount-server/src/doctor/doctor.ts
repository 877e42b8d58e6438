/** Everything that mounting needs, looked at once and told with what mends it. */
import { configPath } from '@jupyterlab-pachyderm/pachd-client'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'

import type { ServerOptions } from '../cli.js'
import { connectToServer } from '../commands/server-connection.js'
import type { Terminal } from '../commands/terminal.js'
import { defaultCacheDirectory } from '../read-cache.js'
import { defaultStageRoot } from '../stage-root.js'
import type { Check, CheckResult, Person } from './check.js'
import { checkConnection } from './connection-check.js'
import { checkMountDirectory, checkStore } from './directory-checks.js'
import { checkAllowOther, checkDevice, checkHelper, fusePlaces, type FusePlaces } from './fuse-checks.js'
import { checkConfig, checkSocket, checkTokenFile } from './private-file-checks.js'
import { checkRecovered } from './recovered-check.js'

type Environment = Readonly<Record<string, string | undefined>>

const signs = { ok: '✓', warning: '!', failed: '✗' } as const satisfies Record<CheckResult['state'], string>

/** Prints what was found; resolves to whether nothing failed. */
export async function runDoctor(options: ServerOptions, env: Environment, terminal: Terminal, { json, places = fusePlaces(env['PATH']) }: { json: boolean; places?: FusePlaces }): Promise<boolean> {
  const results: CheckResult[] = []
  for (const check of await checksFor(options, env, places)) results.push(await check())
  if (json) terminal.printJson(results)
  else {
    for (const { check, state, message, fix } of results) {
      terminal.print(`${signs[state]} ${check}: ${message}`)
      if (fix !== undefined) terminal.print(`    ${fix}`)
    }
  }
  return results.every(({ state }) => state !== 'failed')
}

async function checksFor(options: ServerOptions, env: Environment, places: FusePlaces): Promise<Check[]> {
  const person = whoRuns()
  const config = options.pachConfig ?? (await configPath(env))
  const fuse = options.fuse ? [checkDevice(places), checkHelper(places, person), checkAllowOther(places, person, options.allowOther), checkMountDirectory(resolve(options.mountDir), person, await isServing(options))] : []
  const stageRoot = resolve(options.stageDir ?? defaultStageRoot(env))
  const cache = options.cacheSize === 0 ? [] : [checkStore('cache', resolve(options.cacheDir ?? defaultCacheDirectory(env)), '--cache-dir')]
  return [
    ...fuse,
    ...cache,
    checkStore('stage', stageRoot, '--stage-dir'),
    checkRecovered(stageRoot),
    checkSocket(options.sockPath, person),
    checkTokenFile(options.tokenFile),
    checkConfig(config),
    checkConnection(env, options.pachConfig),
  ]
}

async function isServing(options: ServerOptions): Promise<boolean> {
  try {
    await (await connectToServer(options)).client.health()
    return true
  } catch {
    return false
  }
}

function whoRuns(): Person {
  const uid = process.getuid?.() ?? 0
  try {
    return { uid, name: userInfo().username }
  } catch {
    // A user id without an entry in the user database, as in some containers.
    return { uid, name: String(uid) }
  }
}

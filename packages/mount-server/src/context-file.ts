/** The config file that is shared with pachctl, and what it and the environment ask for. */
import type { ContextList } from '@jupyterlab-pachyderm/mount-api'
import {
  activeContext, configPath, connectionFromConfig, parseAddress, type PachConfig, type PachContext, type PachdClientOptions, PachdError, readConfigFile, saveContext,
  updateConfigFile,
} from '@jupyterlab-pachyderm/pachd-client'

import { MountError } from './errors.js'
import { TurnTaking } from './turn-taking.js'

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A pachd that is asked for, and the name of its context in the config file. */
export type Wanted = PachdClientOptions & { readonly context: string | undefined }

/** What the file says, and what it and the environment ask for. */
export interface ReadContexts {
  readonly config: PachConfig | undefined
  /** Undefined when they name no pachd. */
  readonly wanted: Wanted | undefined
}

/** Reads and changes the file; each change is made to what the one before wrote. */
export class ContextFile {
  readonly path: Promise<string>
  readonly #env: Environment
  readonly #writing = new TurnTaking()

  /** `path`: default as pachctl finds it. */
  constructor(env: Environment, path: string | undefined) {
    this.#env = env
    this.path = path === undefined ? configPath(env) : Promise.resolve(path)
  }

  /** Rejects with PachdError for a file, or for settings, that cannot be used. */
  async read(): Promise<ReadContexts> {
    const config = await readConfigFile(await this.path)
    return { config, wanted: await connectionFromConfig(config, this.#env) }
  }

  /** What the context `name` asks for. Throws MountError NOT_FOUND when there is none, and BAD_REQUEST when it has no address. */
  async contextNamed(name: string): Promise<Wanted> {
    const path = await this.path
    const context = (await readConfigFile(path))?.v2?.contexts?.[name]
    if (!context) throw new MountError('NOT_FOUND', `${path} has no context "${name}"`, { hint: 'GET /contexts lists them' })
    const wanted = await connectionFromConfig({ v2: { active_context: name, contexts: { [name]: context } } }, {})
    if (!wanted) throw new MountError('BAD_REQUEST', `the context "${name}" has no pachd_address`, { hint: 'add one with: pachctl config update context NAME --pachd-address=grpc://host:30650' })
    return wanted
  }

  /** The contexts without their secrets. A file that cannot be read has none, and says why; else `problem` is what it says. */
  async list(connected: string | undefined, problem: string | undefined): Promise<ContextList> {
    const { config, reason = problem } = await this.#readable()
    const contexts = Object.entries(config?.v2?.contexts ?? {}).map(([name, { pachd_address: address, session_token: token, project }]) => ({
      name, pachd_address: address ?? null, has_token: Boolean(token), project: project ?? null,
    }))
    return {
      file: await this.path,
      active: this.#env['PACH_CONTEXT'] || (config?.v2?.active_context ?? null),
      connected: connected ?? null,
      contexts,
      ...(reason !== undefined && { problem: reason }),
    }
  }

  /**
   * Whether the token that `config` has for a context is meant for the pachd at `address`: a token is for the pachd
   * that gave it, so one that stands beside another address is not, unless the environment puts this one in its place.
   */
  isTokenFor(config: PachConfig | undefined, context: string | undefined, address: string): boolean {
    if (this.#env['PACHD_ADDRESS'] && activeContext(config, this.#env)?.name === context) return true
    const named = context === undefined ? undefined : config?.v2?.contexts?.[context]?.pachd_address
    return named !== undefined && parseAddress(named).qualified === address
  }

  /** Resolves to the new content. Rejects with PachdError when the file cannot be written. */
  async edit(change: (config: PachConfig) => void): Promise<PachConfig> {
    const path = await this.path
    return this.#writing.run(() => updateConfigFile(path, change))
  }

  /** Writes a context, and makes it the active one. Rejects with PachdError when the file cannot be written. */
  async addActive(name: string, context: PachContext): Promise<void> {
    const path = await this.path
    await this.#writing.run(() => saveContext(path, name, context, { activate: true }))
  }

  async #readable(): Promise<{ config?: PachConfig | undefined; reason?: string }> {
    try {
      return { config: await readConfigFile(await this.path) }
    } catch (error) {
      return { reason: PachdError.from(error).message }
    }
  }
}

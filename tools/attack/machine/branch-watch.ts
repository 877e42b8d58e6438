/** A client of pachd that reads a branch over and over, each time in one call, and says which of the known states it saw. */
import { commitReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { setTimeout as delay } from 'node:timers/promises'

import type { Files } from './file-trees.js'

/** The sizes of all files of the branch as of one moment. */
export async function branchSizes(client: Pick<PachdClient, 'pfs'>, repo: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for await (const { file, fileType, sizeBytes } of client.pfs.walkFile({ file: { commit: commitReference({ repo, branch: 'master', id: '' }), path: '/' } }, { timeoutMs: 5000 })) {
    if (fileType === 'FILE' && file) sizes.set(file.path, sizeBytes)
  }
  return sizes
}

/** Reads until it is stopped. */
export class BranchWatch {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #repo: string
  readonly #states: readonly (readonly [string, Files])[]
  readonly #torn: string[] = []
  #isOver = false
  #reading: Promise<void> = Promise.resolve()
  /** How often each state was seen. */
  readonly seen = new Map<string, number>()

  constructor(client: Pick<PachdClient, 'pfs'>, repo: string, states: Readonly<Record<string, Files>>) {
    this.#client = client
    this.#repo = repo
    this.#states = Object.entries(states)
  }

  start(): void {
    this.#reading = this.#read()
  }

  /** What was seen that is none of the states, one line each. */
  async stop(): Promise<readonly string[]> {
    this.#isOver = true
    await this.#reading
    return this.#torn
  }

  async #read(): Promise<void> {
    while (!this.#isOver) {
      // pachd may be away; then nothing is seen.
      const sizes = await branchSizes(this.#client, this.#repo).catch(() => undefined)
      if (sizes) this.#note(sizes)
      await delay(2)
    }
  }

  #note(sizes: ReadonlyMap<string, number>): void {
    const [state] = this.#states.find(([, files]) => files.size === sizes.size && [...files].every(([path, bytes]) => sizes.get(path) === bytes.byteLength)) ?? []
    if (state === undefined) this.#torn.push(`the branch shows ${String(sizes.size)} files: ${[...sizes.keys()].slice(0, 4).join(' ')} …`)
    else this.seen.set(state, (this.seen.get(state) ?? 0) + 1)
  }
}

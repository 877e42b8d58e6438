/** A mount and a plain directory that the same operations are done to, and the ways in which a mount's life goes on. */
import { deepStrictEqual as equal, fail } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { CommitTrees, FileReaders, FileSystem, findLeftChanges, mountFuse, StageDirectory, WorkingCopy } from '../../src/index.js'
import type { BranchPachd } from './branch-pachd.js'

/** One operation of twins.py, or one of the mount's life. */
export interface Operation {
  readonly kind: string
  readonly path: string
  readonly other: string
  readonly to: string
  readonly seed: number
  readonly size: number
  readonly at: number
}

/** What happens to a mount as a whole. */
export const lifeKinds = ['commit', 'discard', 'discardpath', 'remount', 'restart', 'kill'] as const

interface Answer {
  readonly wrong?: unknown
}

/** Does operations until the first difference, which it throws as an assertion error. */
export async function runTwins(pachd: BranchPachd, repo: string, operations: readonly Operation[]): Promise<void> {
  const twins = await Twins.start(pachd, repo)
  try {
    for (const { life, between } of stretches(operations)) {
      await twins.operate(between)
      if (life) await twins.live(life)
    }
    await twins.live({ kind: 'commit', path: '/' })
  } finally {
    await twins.stop()
  }
}

function* stretches(operations: readonly Operation[]): Generator<{ life: Operation | undefined; between: Operation[] }> {
  let between: Operation[] = []
  for (const operation of operations) {
    if ((lifeKinds as readonly string[]).includes(operation.kind)) {
      yield { life: operation, between }
      between = []
    } else between.push(operation)
  }
  yield { life: undefined, between }
}

class Twins {
  readonly #pachd: BranchPachd
  readonly #repo: string
  readonly #folder: string
  readonly #fileSystem = new FileSystem()
  readonly #cleanUp: (() => unknown)[] = []
  #ask: (request: object) => Promise<Answer> = () => Promise.resolve({})
  #copy: WorkingCopy | undefined
  #stage: StageDirectory
  #stages = 0
  #committed: Record<string, string> = {}

  private constructor(pachd: BranchPachd, repo: string, folder: string) {
    this.#pachd = pachd
    this.#repo = repo
    this.#folder = folder
    this.#stage = new StageDirectory(join(folder, 'stage-0'))
  }

  static async start(pachd: BranchPachd, repo: string): Promise<Twins> {
    const twins = new Twins(pachd, repo, await mkdtemp(join(pachd.folder, 'twins-')))
    const [mount, plain] = [join(twins.#folder, 'mount'), join(twins.#folder, 'plain')]
    await mkdir(mount)
    await mkdir(plain)
    await twins.#open()
    const session = await mountFuse(twins.#fileSystem, { mountDir: mount })
    twins.#cleanUp.push(() => session.unmount())
    const child = spawn('python3', [join(import.meta.dirname, 'twins.py'), join(mount, 'm'), plain], { stdio: ['pipe', 'pipe', 'inherit'] })
    twins.#cleanUp.push(() => child.kill())
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    twins.#ask = async request => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const { value } = (await lines.next()) as { value: string }
      return JSON.parse(value) as Answer
    }
    twins.#committed = await twins.#filesOfBranch()
    await twins.#check(twins.#ask({ reset: '', files: twins.#committed, compare: true }), 'the first look')
    return twins
  }

  async operate(operations: readonly Operation[]): Promise<void> {
    if (operations.length > 0) await this.#check(this.#ask({ operations }), 'an operation')
  }

  async live({ kind, path }: Pick<Operation, 'kind' | 'path'>): Promise<void> {
    const copy = this.#copy
    if (!copy) throw new Error('not started')
    if (kind === 'commit') await this.#commit(copy)
    else await this.#ask({ letGo: true })
    switch (kind) {
      case 'discard':
        await copy.discardChanges()
        await this.#fileSystem.forgetName('m')
        await this.#ask({ reset: '', files: this.#committed, compare: false })
        break
      case 'discardpath':
        if (((await this.#ask({ blocked: path })) as { blocked: boolean }).blocked) break
        await copy.discardChanges([path])
        await this.#fileSystem.forgetName('m')
        await this.#ask({ reset: path, files: this.#committed, compare: false })
        break
      case 'remount':
        await this.#commit(copy)
        await this.#leave()
        await copy.discard()
        await this.#open()
        await this.#ask({ reset: '', files: this.#committed, compare: false })
        break
      case 'restart':
        await this.#leave()
        copy.close()
        await this.#resume()
        break
      case 'kill': {
        // What a process that is killed leaves is what is in its files at that moment.
        await this.#leave()
        const before = this.#stage
        this.#stage = new StageDirectory(join(this.#folder, `stage-${String(++this.#stages)}`))
        cpSync(before.path, this.#stage.path, { recursive: true, preserveTimestamps: true })
        copy.close()
        await this.#resume()
      }
    }
    await this.#check(this.#ask({ compare: true }), kind)
  }

  async stop(): Promise<void> {
    for (const step of this.#cleanUp.reverse()) await step()
    await this.#copy?.discard()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #commit(copy: WorkingCopy): Promise<void> {
    const before = (await this.#pachd.commits(this.#repo)).length
    const hadChanges = copy.hasChanges
    await copy.commitChanges()
    this.#committed = (await this.#ask({ committed: true })) as Record<string, string>
    equal(await this.#filesOfBranch(), this.#committed, 'what the branch holds')
    equal(copy.hasChanges, false, 'changes after a commit')
    equal((await this.#pachd.commits(this.#repo)).length - before, hadChanges ? 1 : 0, 'commits made')
    equal(copy.commit?.id, await this.#pachd.head(this.#repo), 'the commit that is shown')
  }

  async #filesOfBranch(): Promise<Record<string, string>> {
    return Object.fromEntries([...(await this.#pachd.files(this.#repo))].map(([path, content]) => [path, content.toString('hex')]))
  }

  async #leave(): Promise<void> {
    this.#fileSystem.mounts.remove('m')
    await this.#fileSystem.forgetName('m')
  }

  #cluster() {
    const { client } = this.#pachd
    return { client, trees: new CommitTrees(client), readers: new FileReaders(client), id: 'c' }
  }

  async #open(): Promise<void> {
    const source = { project: 'default', repo: this.#repo, branch: 'master' }
    const id = await this.#pachd.head(this.#repo)
    this.#show(WorkingCopy.open({ name: 'm', base: id === undefined ? undefined : { commit: { ...source, id }, madeAtMs: 0 }, cluster: this.#cluster(), stage: this.#stage, target: source }))
  }

  async #resume(): Promise<void> {
    const [left] = findLeftChanges(this.#stage, error => fail(error.message))
    if (!left) fail('nothing was left')
    else this.#show(await WorkingCopy.resume(left, this.#cluster()))
  }

  #show(copy: WorkingCopy): void {
    this.#copy = copy
    this.#fileSystem.mounts.add({ name: 'm', source: { project: 'default', repo: this.#repo, branch: 'master' }, mode: 'rw', paths: ['/'], commit: undefined, volume: copy.volume })
  }

  async #check(answer: Promise<Answer>, what: string): Promise<void> {
    const found = await answer
    if (found.wrong !== undefined) fail(`the mount and the plain directory differ after ${what}: ${JSON.stringify(found)}`)
  }
}

/** Repos, branches and the history of commits, against plain maps and lists. */
import type { pfs } from '@jupyterlab-pachyderm/pachd-proto'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { problemsOf } from './problems.js'
import { serving } from './serving.js'
import { add, at, failureOf, on, remove } from './wire-client.js'

const now = serving()

interface ModelCommit {
  readonly id: string
  parent: ModelCommit | undefined
  files: ReadonlyMap<string, string>
  isFinished: boolean
}

interface ModelRepo {
  /** Oldest first. */
  readonly commits: ModelCommit[]
  readonly branches: Map<string, ModelCommit>
}

const repo = fc.constantFrom('a', 'b')
const branch = fc.constantFrom('master', 'dev', 'x')
const place = { repo, branch }
const path = fc.constantFrom('/f', '/g', '/d/h', '/d/e/i', '/d-1')
const nth = fc.nat(30)

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('createRepo' as const), repo }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteRepo' as const), repo }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('put' as const), ...place, path, text: fc.string({ maxLength: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), ...place, path }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), ...place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('finish' as const), ...place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('createBranch' as const), ...place, head: fc.option(nth) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteBranch' as const), ...place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('squash' as const), repo, nth }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('drop' as const), repo, nth }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('together' as const), branch }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ancestor' as const), ...place, back: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('diff' as const), repo, nth, other: nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('look' as const), repo }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'collect' as const }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const idOf = (commit: pfs.Commit | undefined) => commit?.id ?? ''
const line = (commit: ModelCommit): ModelCommit[] => (commit.parent ? [commit, ...line(commit.parent)] : [commit])

/** One run: the names of its repos end with a number of its own, so that runs do not meet. */
class Run {
  readonly #suffix: number
  readonly #repos = new Map<string, ModelRepo>()

  constructor(suffix: number) {
    this.#suffix = suffix
  }

  #name = (repo: string) => `${repo}-${this.#suffix}`

  async #expectRefusal(call: Promise<unknown>, text: RegExp): Promise<void> {
    expect((await failureOf(call)).text).toMatch(text)
  }

  async step(one: Step): Promise<void> {
    if (one.kind === 'collect') {
      await now().pachd.collectGarbage()
      return
    }
    if (one.kind === 'together') return this.#together(one.branch)
    const name = this.#name(one.repo)
    const repo = this.#repos.get(one.repo)
    if (one.kind === 'createRepo') {
      if (repo) return this.#expectRefusal(now().client.createRepo(name), /already exists/)
      await now().client.createRepo(name)
      this.#repos.set(one.repo, { commits: [], branches: new Map() })
      return
    }
    if (one.kind === 'deleteRepo') {
      expect((await now().client.pfs('deleteRepo', { repo: { name } })).deleted).toBe(repo !== undefined)
      this.#repos.delete(one.repo)
      return
    }
    if (!repo) return this.#expectRefusal(now().client.startCommit(name, 'master'), /repo default\/\S+ not found/)
    switch (one.kind) {
      case 'put':
        return this.#change(name, repo, one.branch, files => new Map([...files, [one.path, one.text]]), [remove(one.path), add(one.path, one.text)])
      case 'remove':
        return this.#change(name, repo, one.branch, files => new Map([...files].filter(([path]) => path !== one.path)), [remove(one.path)])
      case 'start':
        return this.#start(name, repo, one.branch)
      case 'finish':
        return this.#finish(name, repo, one.branch)
      case 'createBranch':
        return this.#createBranch(name, repo, one)
      case 'deleteBranch':
        if (!repo.branches.has(one.branch)) return this.#expectRefusal(now().client.pfs('deleteBranch', { branch: { repo: { name }, name: one.branch } }), /not found/)
        await now().client.pfs('deleteBranch', { branch: { repo: { name }, name: one.branch } })
        repo.branches.delete(one.branch)
        return
      case 'squash':
      case 'drop':
        return this.#removeCommit(name, repo, one)
      case 'ancestor':
        return this.#checkAncestor(name, repo, one)
      case 'diff':
        return this.#checkDifference(name, repo, one)
      case 'look':
        return this.#check(one.repo)
    }
  }

  async #change(name: string, repo: ModelRepo, branch: string, change: (files: ReadonlyMap<string, string>) => Map<string, string>, operations: object[]): Promise<void> {
    await now().client.modify(on(name, branch), operations)
    const head = repo.branches.get(branch)
    if (head && !head.isFinished) {
      head.files = change(head.files)
      return
    }
    const { commit } = await now().client.inspectCommit(on(name, branch))
    this.#add(repo, branch, { id: idOf(commit), parent: head, files: change(head?.files ?? new Map()), isFinished: true })
  }

  #add(repo: ModelRepo, branch: string, commit: ModelCommit): void {
    repo.commits.push(commit)
    repo.branches.set(branch, commit)
  }

  async #start(name: string, repo: ModelRepo, branch: string): Promise<void> {
    const head = repo.branches.get(branch)
    if (head && !head.isFinished) return this.#expectRefusal(now().client.startCommit(name, branch), /parent commit \S+ has not been finished/)
    const { id } = await now().client.startCommit(name, branch)
    this.#add(repo, branch, { id, parent: head, files: head?.files ?? new Map(), isFinished: false })
  }

  async #finish(name: string, repo: ModelRepo, branch: string): Promise<void> {
    const head = repo.branches.get(branch)
    if (!head) return this.#expectRefusal(now().client.finishCommit(on(name, branch)), /not found/)
    if (head.isFinished) return this.#expectRefusal(now().client.finishCommit(on(name, branch)), /has already finished/)
    await now().client.finishCommit(on(name, branch))
    head.isFinished = true
  }

  async #createBranch(name: string, repo: ModelRepo, { branch, head }: { branch: string; head: number | null }): Promise<void> {
    const chosen = head === null || repo.commits.length === 0 ? undefined : repo.commits[head % repo.commits.length]
    const target = { repo: { name }, name: branch }
    await now().client.pfs('createBranch', { branch: target, ...(chosen && { head: at(name, chosen.id) }) })
    if (chosen) repo.branches.set(branch, chosen)
    else if (!repo.branches.has(branch)) {
      const info = await now().client.pfs('inspectBranch', { branch: target })
      this.#add(repo, branch, { id: idOf(info.head), parent: undefined, files: new Map(), isFinished: true })
    }
  }

  /** Starts a commit in both repos by one transaction: all or nothing, and one id for both. */
  async #together(branch: string): Promise<void> {
    const [a, b] = [this.#repos.get('a'), this.#repos.get('b')]
    if (!a || !b) return
    const { id } = await now().client.txn('startTransaction')
    const isPossible = [a, b].every(({ branches }) => branches.get(branch)?.isFinished ?? true)
    const started = now().client.inTransaction(id, async () => {
      for (const repo of ['a', 'b']) await now().client.startCommit(this.#name(repo), branch)
    })
    if (!isPossible) {
      await this.#expectRefusal(started, /has not been finished/)
      await now().client.txn('deleteTransaction', { transaction: { id } })
      return
    }
    await started
    await now().client.txn('finishTransaction', { transaction: { id } })
    for (const [letter, repo] of [['a', a], ['b', b]] as const) {
      const { commit } = await now().client.inspectCommit(on(this.#name(letter), branch))
      expect(idOf(commit)).toBe(id)
      const head = repo.branches.get(branch)
      this.#add(repo, branch, { id, parent: head, files: head?.files ?? new Map(), isFinished: false })
    }
  }

  async #removeCommit(name: string, repo: ModelRepo, { kind, nth }: { kind: 'squash' | 'drop'; nth: number }): Promise<void> {
    const commit = repo.commits[nth % Math.max(1, repo.commits.length)]
    if (!commit) return
    const children = repo.commits.filter(({ parent }) => parent === commit)
    const call = now().client.pfs(kind === 'squash' ? 'squashCommit' : 'dropCommit', { commit: at(name, commit.id) })
    if (kind === 'squash' && children.length === 0) return this.#expectRefusal(call, /cannot squash a commit that has no children/)
    if (kind === 'drop' && children.length > 0) return this.#expectRefusal(call, /cannot drop a commit that has children/)
    if (children.some(({ isFinished }) => !isFinished)) return this.#expectRefusal(call, /cannot squash until child commit \S+ is finished/)
    await call
    repo.commits.splice(repo.commits.indexOf(commit), 1)
    for (const child of children) child.parent = commit.parent
    for (const [branch, head] of [...repo.branches]) {
      if (head !== commit) continue
      if (commit.parent) {
        repo.branches.set(branch, commit.parent)
        continue
      }
      const info = await now().client.pfs('inspectBranch', { branch: { repo: { name }, name: branch } })
      const known = repo.commits.find(({ id }) => id === idOf(info.head))
      if (known) repo.branches.set(branch, known)
      else this.#add(repo, branch, { id: idOf(info.head), parent: undefined, files: new Map(), isFinished: true })
    }
  }

  async #checkAncestor(name: string, repo: ModelRepo, { branch, back }: { branch: string; back: number }): Promise<void> {
    const head = repo.branches.get(branch)
    const ancestors = head ? line(head) : []
    const wanted = ancestors[back]
    const counted = ancestors.at(-1 - back)
    for (const [reference, expected] of [[`${branch}~${back}`, wanted], [`${branch}${'^'.repeat(back)}`, wanted], [`${branch}.${back + 1}`, counted]] as const) {
      const answer = now().client.inspectCommit(at(name, reference))
      if (expected) expect(idOf((await answer).commit), reference).toBe(expected.id)
      else await this.#expectRefusal(answer, /not found/)
    }
  }

  async #checkDifference(name: string, { commits }: ModelRepo, { nth, other }: { nth: number; other: number }): Promise<void> {
    const finished = commits.filter(({ isFinished }) => isFinished)
    const [left, right] = [finished[nth % Math.max(1, finished.length)], finished[other % Math.max(1, finished.length)]]
    if (!left || !right) return
    const answers = await now().client.pfsList('diffFile', { oldFile: { commit: at(name, left.id), path: '/' }, newFile: { commit: at(name, right.id), path: '/' } })
    const changed = new Set(answers.flatMap(({ oldFile, newFile }) => [oldFile, newFile]).flatMap(info => (info?.fileType === 'FILE' ? (info.file?.path ?? []) : [])))
    const expected = [...new Set([...left.files.keys(), ...right.files.keys()])].filter(path => left.files.get(path) !== right.files.get(path))
    expect([...changed].sort()).toEqual(expected.sort())
  }

  async #check(letter: string): Promise<void> {
    const repo = this.#repos.get(letter)
    if (!repo) return
    const name = this.#name(letter)
    const infos = await now().client.listCommits(name)
    expect(infos.map(({ commit }) => idOf(commit))).toEqual(repo.commits.map(({ id }) => id).reverse())
    for (const [i, info] of infos.reverse().entries()) {
      const commit = repo.commits[i]
      expect({ parent: info.parentCommit && idOf(info.parentCommit), isFinished: info.finished !== undefined }).toEqual({ parent: commit?.parent?.id, isFinished: commit?.isFinished })
    }
    const branches = await now().client.pfsList('listBranch', { repo: { name } })
    expect(branches.map(({ branch, head }) => [branch?.name, idOf(head)]).sort()).toEqual([...repo.branches].map(([branch, { id }]) => [branch, id]).sort())
    for (const [branch, head] of repo.branches) {
      const walked = await now().client.pfsList('listCommit', { repo: { name }, to: on(name, branch) })
      expect(walked.map(({ commit }) => idOf(commit))).toEqual(line(head).map(({ id }) => id))
    }
    for (const commit of repo.commits) {
      // An open commit on top of an open one cannot be read.
      if (line(commit).slice(1).some(({ isFinished }) => !isFinished)) continue
      await this.#checkFiles(at(name, commit.id), commit.files)
    }
  }

  async #checkFiles(commit: object, files: ReadonlyMap<string, string>): Promise<void> {
    const expected = [...files].sort()
    const found: [string, string][] = []
    for (const { file, fileType } of await now().client.walk(commit)) if (fileType === 'FILE' && file) found.push([file.path, String(await now().client.get(commit, file.path))])
    expect(found.sort()).toEqual(expected)
    const globbed = (await now().client.glob(commit, '/**')).flatMap(({ file, fileType }) => (fileType === 'FILE' ? (file?.path ?? []) : []))
    expect(globbed.sort()).toEqual(expected.map(([path]) => path))
    const top = (await now().client.listFiles(commit)).map(({ file }) => file?.path)
    expect(top.sort()).toEqual([...new Set(expected.map(([path]) => (path.startsWith('/d/') ? '/d/' : path)))].sort())
  }

  async checkAll(): Promise<void> {
    for (const letter of ['a', 'b']) await this.#check(letter)
  }
}

// Some 11,000 operations. fast-check prints the seed of a failure and the shortest sequence that it found.
const RUNS = Number(process.env['PACHD_HISTORY_RUNS'] ?? 250)

test('any sequence of operations on repos, branches and commits leaves the history that plain lists would have', async () => {
  let number = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60, size: 'max' }), async steps => {
      const run = new Run(number++)
      for (const one of steps) await run.step(one)
      await run.checkAll()
    }),
    { numRuns: RUNS, endOnFailure: process.env['PACHD_HISTORY_SHRINK'] === undefined },
  )
  await now().pachd.stop()
  expect(await problemsOf(now().dataDir)).toEqual([])
}, 900_000)

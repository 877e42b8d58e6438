/** The life of mounts: checked, mounted, committed, unmounted; and what lists them. One change of a mount at a time. */
import type { MountChanges, MountEntry, MountList, MountSpec } from '@jupyterlab-pachyderm/mount-api'
import { type Change, type CommitIdentity, type FileSystem, PathSelection, ReadOnlyVolume, type StageDirectory, type Volume } from '@jupyterlab-pachyderm/mount-fs'

import { viewCommit } from './commit-view.js'
import type { Cluster, Connection } from './connection.js'
import { EarlierCommits } from './earlier-commits.js'
import { MountError } from './errors.js'
import { LeftMounts } from './left-mounts.js'
import { ifAnswered, isSilence } from './local-answer.js'
import { type CommitGuard, commitMount } from './mount-commit.js'
import { beginLife, commitProgress, countUncommitted, isSameSource, isSourceThere, mountEntry, type MountLife } from './mount-life.js'
import { type CheckedMount, checkMount } from './mount-request.js'
import { mountStatus, UNKNOWN_STATUS } from './mount-status.js'
import { NamedTurns } from './named-turns.js'
import { recoveredFiles } from './recovered-files.js'
import { refuseReplacedFiles } from './replaced-files.js'
import { ScratchDirectory } from './scratch-directory.js'
import type { Transfers } from './transfers.js'

/** Mounts a datum's files: a name, what it shows of which commit. */
export interface DatumMount {
  readonly name: string
  readonly commit: CommitIdentity
  readonly paths: readonly string[]
}

/** What the mounts of a server work with. */
export interface MountLifecycleParts {
  readonly fileSystem: FileSystem
  readonly connection: Connection
  readonly stage: StageDirectory
  /** Absolute. */
  readonly mountDir: string
  /** Told of commits that run; nobody is when left out. */
  readonly transfers?: Transfers
  /** Ends commits that are open when the server dies; without one they wait for the next server. */
  readonly guard?: CommitGuard | undefined
  /** Told in one sentence of changes that wait, and of what became of them. */
  readonly onNotice?: (sentence: string) => void
}

/** All mounts of the server. Methods that take a cluster use the one that is connected; they throw MountError. */
export class MountLifecycle {
  readonly #fileSystem: FileSystem
  readonly #connection: Connection
  readonly #stage: StageDirectory
  readonly #mountDir: string
  readonly #transfers: Transfers | undefined
  readonly #guard: CommitGuard | undefined
  readonly #onNotice: (sentence: string) => void
  readonly #left: LeftMounts
  readonly #scratch: ScratchDirectory
  readonly #lives = new Map<string, MountLife>()
  readonly #turns = new NamedTurns()
  readonly #earlier = new EarlierCommits()

  constructor({ fileSystem, connection, stage, mountDir, transfers, guard, onNotice = () => undefined }: MountLifecycleParts) {
    this.#fileSystem = fileSystem
    this.#connection = connection
    this.#stage = stage
    this.#mountDir = mountDir
    this.#transfers = transfers
    this.#guard = guard
    this.#onNotice = onNotice
    this.#left = new LeftMounts(stage, onNotice)
    this.#scratch = new ScratchDirectory(fileSystem, stage, onNotice)
  }

  /**
   * All mounts and all repos. Mounts whose source was deleted are taken away first. While pachd does not answer these are
   * the mounts as they are known here, the repos of the last listing, and a sentence that says so. Rejects with PachdError.
   */
  async list(): Promise<MountList> {
    const { repos, client } = this.#connection.cluster
    const [unmounted, isFresh] = await Promise.all([ifAnswered(repos.list()), this.refreshSoon()])
    const known = { mounted: this.entries(), unmounted: [...(unmounted ?? repos.last ?? [])] }
    if (unmounted && isFresh) return known
    const missing = [...(isFresh ? [] : ['how the mounts stand to their branches']), ...(unmounted ? [] : [repos.last ? 'whether the repos are still the same' : 'which repos there are'])]
    return { ...known, problem: `pachd at ${client.address} does not answer, so it is not known ${missing.join(' and ')}` }
  }

  /** Asks pachd how the mounts stand to their branches. False when it did not answer soon; their status says so then. */
  async refreshSoon(): Promise<boolean> {
    const lives = [...this.#lives.values()]
    const fresh = await Promise.all(lives.map(life => ifAnswered(this.#refresh(life).then(() => true))))
    lives.forEach((life, index) => (life.isStatusOld = !fresh[index]))
    return fresh.every(Boolean)
  }

  /** The mounts as far as is known; pachd is not asked. */
  entries(): MountEntry[] {
    return this.#fileSystem.mounts.list().flatMap(({ name }) => {
      const life = this.#lives.get(name)
      return life ? [mountEntry(life, this.#mountDir)] : []
    })
  }

  /** Asks pachd how the mounts stand to their branches. Mounts whose source was deleted are taken away. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#lives.values()].map(life => this.#refresh(life)))
  }

  /** Counts what is not committed; pachd is not asked how the mounts stand to their branches. Rejects with PachdError. */
  async recount(): Promise<void> {
    await Promise.all([...this.#lives.values()].map(countUncommitted))
  }

  /** Mounts again what an earlier server left, as it was, with its changes; what is of another cluster waits for that. */
  resume(): Promise<void> {
    return this.#turns.runAlone(async () => {
      await this.#left.resume(this.#connection.cluster, { isTaken: name => this.#lives.has(name), insert: life => this.#insert(life) })
    })
  }

  /** Ends all mounts without a commit; their changes are found by the next server. */
  keepAll(): Promise<void> {
    return this.#turns.runAlone(async () => {
      for (const life of [...this.#lives.values()]) {
        await this.#hide(life)
        await this.#end(life, { keep: true })
      }
      await this.#scratch.remove()
      this.#left.close()
    })
  }

  /** What a commit of the mount would change. Throws MountError NOT_MOUNTED. */
  async changes(name: string): Promise<Omit<MountChanges, 'changes' | 'next'> & { readonly changes: readonly Change[] }> {
    const { workingCopy } = this.#life(name)
    if (!workingCopy) return { changes: [], counts: { added: 0, changed: 0, deleted: 0 }, conflicts: [] }
    const [changes, counts, conflicts] = [await workingCopy.changes(), await workingCopy.countChanges(), await workingCopy.conflicts()]
    return { changes, counts: { ...counts }, conflicts: [...conflicts], ...recoveredFiles(this.#stage, name), ...commitProgress(workingCopy) }
  }

  /** What the mount shows of a commit of its repo. Rejects with PachdError; throws MountError NOT_MOUNTED, and GONE when the commit was deleted. */
  volumeAt(name: string, commitId: string): Promise<Volume> {
    return this.#earlier.volumeAt(this.#life(name), commitId)
  }

  /** Throws the changes of a mount away: all, or those of some paths. Throws MountError NOT_MOUNTED and READ_ONLY. */
  discard(name: string, paths: readonly string[] | undefined): Promise<void> {
    return this.#turns.run([name], async () => {
      const { workingCopy } = this.#life(name)
      if (!workingCopy) throw new MountError('READ_ONLY', `'${name}' is mounted read-only and has no changes`)
      await workingCopy.discardChanges(paths)
      await this.#fileSystem.forgetName(name)
    })
  }

  /** Checks all of `specs`, then mounts them in order up to the first that cannot be. */
  mount(specs: readonly MountSpec[]): Promise<void> {
    return this.#turns.run(specs.map(({ name }) => name), async () => {
      const { cluster } = this.#connection
      const checked: CheckedMount[] = []
      for (const spec of specs) checked.push(await checkMount(cluster.client, spec))
      for (const mount of checked) this.#add(cluster, mount)
    })
  }

  /** Commits and unmounts the named mounts in order, up to the first that cannot be, or in which a directory is where a file was. */
  async unmount(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.#turns.run([name], async () => {
        const life = this.#life(name)
        await refuseReplacedFiles(life)
        await this.#unmount(life)
      })
    }
  }

  /** Commits and unmounts everything; what cannot be committed stays mounted, and is reported when all others are gone. */
  unmountAll(): Promise<void> {
    return this.#turns.runAlone(() => this.#unmountAll())
  }

  /**
   * Shows the present head of the mounted branch from now on; files that are open keep what they show. Throws MountError
   * CONFLICT when there are changes that are not committed, and BAD_REQUEST for a mount that shows one commit for ever.
   */
  update(name: string): Promise<void> {
    return this.#turns.run([name], async () => {
      const life = this.#life(name)
      const { mount: { source, mode, paths, commit }, workingCopy, cluster } = life
      if (source.branch === '') throw new MountError('BAD_REQUEST', `'${name}' shows a commit and no branch; there is nothing newer to show`)
      const checked = await checkMount(cluster.client, { name, ...source, mode, paths: [...paths] })
      if (checked.commit?.id === commit?.id) return
      if (mode === 'ro') return this.#show(life, checked)
      await this.#hide(life)
      if (workingCopy?.hasChanges) {
        this.#fileSystem.mounts.add(life.mount)
        throw new MountError('CONFLICT', `'${name}' has changes that are not committed`, { hint: 'commit them with PUT /_commit, or throw them away, and update then' })
      }
      await this.#end(life)
      this.#add(cluster, checked)
    })
  }

  /** Whether the mount moves on with its branch from now on. Throws MountError BAD_REQUEST for one that shows a commit or can be written. */
  follow(name: string, follow: boolean): Promise<void> {
    return this.#turns.run([name], async () => {
      const life = this.#life(name)
      const { mount: { source, mode, paths }, cluster } = life
      if (!follow) {
        life.stopFollowing?.()
        delete life.stopFollowing
        return
      }
      if (source.branch === '') throw new MountError('BAD_REQUEST', `'${name}' shows a commit and no branch; there is nothing to follow`)
      await checkMount(cluster.client, { name, ...source, mode, paths: [...paths], follow })
      this.#follow(life)
    })
  }

  /** Commits what was written to a mount, with a description or without; without changes no commit is made. */
  commit(name: string, { message }: { message?: string | undefined } = {}): Promise<void> {
    return this.#turns.run([name], () => this.#commit(this.#life(name), message))
  }

  /** Shows these files instead of all mounts, with an empty scratch directory. */
  showDatum(mounts: readonly DatumMount[], scratchName: string): Promise<void> {
    return this.#turns.runAlone(async () => {
      await this.#unmountAll()
      const { cluster } = this.#connection
      for (const { name, commit, paths } of mounts) {
        const source = { project: commit.project, repo: commit.repo, branch: commit.branch }
        this.#add(cluster, { name, source, mode: 'ro', paths, commit, committedMs: Date.now(), follow: false })
      }
      this.#scratch.show(scratchName, cluster)
    })
  }

  #add(cluster: Cluster, checked: CheckedMount): void {
    const present = this.#lives.get(checked.name)
    if (present) {
      if (isSameSource(present.mount, checked)) {
        if (checked.follow) this.#follow(present)
        return
      }
      throw new MountError('MOUNT_EXISTS', `mount at '${checked.name}' already in use; unmount it first, or choose another name`)
    }
    const life = beginLife(checked, cluster, this.#stage)
    if (!life) return
    this.#insert(life)
    if (checked.follow) this.#follow(life)
  }

  /** Shows each new head of the branch from now on. */
  #follow(life: MountLife): void {
    const { mount: { name, source }, cluster } = life
    life.stopFollowing ??= cluster.heads.watch(source, id =>
      this.#turns.run([name], async () => {
        const present = this.#lives.get(name)
        const shown = present?.mount.commit
        if (!present?.stopFollowing || (shown?.id === id && shown.openView === undefined)) return
        await this.#show(present, await viewCommit(cluster.client, { ...source, id }))
      }),
    )
  }

  /** Shows another commit in the place of a read-only one, in one step; files that are open stay as they are. */
  async #show(life: MountLife, { commit, committedMs }: Pick<CheckedMount, 'commit' | 'committedMs'>): Promise<void> {
    const { mount, cluster } = life
    if (!commit) return
    const volume = new ReadOnlyVolume(mount.name, cluster.trees.of(commit, committedMs), new PathSelection(mount.paths), cluster.readers)
    const moved = { ...mount, commit, volume }
    await this.#fileSystem.replaceMount(moved)
    this.#lives.set(mount.name, { ...life, mount: moved, status: UNKNOWN_STATUS })
  }

  #insert(life: MountLife): void {
    const open = life.workingCopy?.openCommit
    if (open) this.#guard?.opens(open)
    this.#fileSystem.mounts.add(life.mount)
    this.#lives.set(life.mount.name, life)
  }

  #life(name: string): MountLife {
    const life = this.#lives.get(name)
    if (!life) throw new MountError('NOT_MOUNTED', `nothing is mounted at '${name}'`)
    return life
  }

  #commit(life: MountLife, message?: string): Promise<void> {
    return commitMount(life, { message, transfers: this.#transfers, onNotice: this.#onNotice, guard: this.#guard })
  }

  async #unmount(life: MountLife): Promise<void> {
    await this.#commit(life)
    await this.#hide(life)
    try {
      // What was written between the commit and the moment when nobody could write any more.
      if (life.workingCopy?.hasChanges) await this.#commit(life)
    } catch (error) {
      this.#fileSystem.mounts.add(life.mount)
      throw error
    }
    await this.#end(life)
  }

  #hide({ mount: { name } }: MountLife): Promise<void> {
    return this.#fileSystem.removeMount(name)
  }

  async #end({ mount: { name }, workingCopy, stopFollowing }: MountLife, { keep = false } = {}): Promise<void> {
    this.#lives.delete(name)
    stopFollowing?.()
    if (keep && workingCopy?.hasChanges) workingCopy.close()
    else await workingCopy?.discard()
  }

  async #unmountAll(): Promise<void> {
    const failures: unknown[] = []
    for (const life of [...this.#lives.values()]) {
      // Each mount with changes would wait for a pachd that does not answer.
      const isHopeless = life.workingCopy?.hasChanges && failures.some(error => error instanceof MountError && isSilence(error.cause))
      if (!isHopeless) await this.#unmount(life).catch((error: unknown) => failures.push(error))
    }
    await this.#scratch.remove()
    if (failures.length > 0) throw failures[0]
  }

  async #refresh(life: MountLife): Promise<void> {
    const status = mountStatus(life.cluster.client, life.mount)
    // What fails with a source that is gone is of no interest.
    status.catch(() => undefined)
    if (!(await isSourceThere(life))) {
      await this.#turns.run([life.mount.name], async () => {
        if (this.#lives.get(life.mount.name) !== life) return
        await this.#hide(life)
        if (life.workingCopy?.hasChanges) this.#onNotice(`'${life.mount.name}' is gone with its repo; what was not committed waits in ${this.#stage.path}`)
        await this.#end(life, { keep: true })
      })
      return
    }
    await countUncommitted(life)
    life.status = (await status) ?? life.status
    life.isStatusOld = false
  }
}

/** Which commit the head of a branch is, for those who want to know as soon as that changes. */
import { branchReference, commitReference, isNotFound, type PachdClient, PachdError, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { setTimeout as delay } from 'node:timers/promises'

import type { MountSource } from '../mounted-branch.js'

/** Called with the id of a finished head; the next one is told when this resolves. Rejections are the listener's own. */
export type HeadListener = (commitId: string) => Promise<void>

/** A head that was moved by hand makes no commit that pachd would tell of, so it is looked at this often all the same. */
const LOOK_MS = 3000
const TIMEOUT_MS = 10_000

interface Watched {
  readonly listeners: Set<HeadListener>
  readonly stopping: AbortController
}

/** The heads of the branches of one pachd; each branch is asked for once, however many want to know. */
export class BranchHeads {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #watched = new Map<string, Watched>()

  constructor(client: Pick<PachdClient, 'pfs'>) {
    this.#client = client
  }

  /** How many branches are watched. */
  get watchedCount(): number {
    return this.#watched.size
  }

  /** Tells `listener` of each new finished head from now on, and of the present one; the function that comes back ends that. */
  watch(source: MountSource, listener: HeadListener): () => void {
    const key = `${source.project}/${source.repo}@${source.branch}`
    const watched = this.#watched.get(key) ?? this.#start(key, source)
    watched.listeners.add(listener)
    return () => {
      watched.listeners.delete(listener)
      if (watched.listeners.size > 0 || this.#watched.get(key) !== watched) return
      this.#watched.delete(key)
      watched.stopping.abort()
    }
  }

  #start(key: string, source: MountSource): Watched {
    const watched = { listeners: new Set<HeadListener>(), stopping: new AbortController() }
    this.#watched.set(key, watched)
    void this.#follow(source, watched)
    return watched
  }

  async #follow(source: MountSource, { listeners, stopping: { signal } }: Watched): Promise<void> {
    const told = new WeakMap<HeadListener, string>()
    const bell = new Bell()
    let isSubscribing = false
    while (!signal.aborted) {
      const head = await this.#finishedHead(source, signal)
      if (head !== undefined && !isSubscribing) {
        isSubscribing = true
        void this.#ringForCommits(source, head, bell, signal).finally(() => (isSubscribing = false))
      }
      for (const listener of listeners) {
        if (head !== undefined && told.get(listener) !== head) await listener(head).then(() => told.set(listener, head), () => undefined)
      }
      await bell.rung(LOOK_MS, signal)
    }
  }

  /** Undefined while the branch has no finished head, and while pachd does not answer. */
  async #finishedHead({ project, repo, branch }: MountSource, signal: AbortSignal): Promise<string | undefined> {
    try {
      const { head } = await this.#client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) }, { signal, timeoutMs: TIMEOUT_MS })
      if (!head?.id) return undefined
      const { finished } = await this.#client.pfs.inspectCommit({ commit: commitReference({ project, repo, branch, id: head.id }), wait: 'STARTED' }, { signal, timeoutMs: TIMEOUT_MS })
      return finished ? head.id : undefined
    } catch {
      return undefined
    }
  }

  /** Rings for each commit after `head` as soon as it is finished, until pachd ends that. */
  async #ringForCommits({ project, repo, branch }: MountSource, head: string, bell: Bell, signal: AbortSignal): Promise<void> {
    const from = commitReference({ project, repo, branch, id: head })
    try {
      for await (const info of this.#client.pfs.subscribeCommit({ repo: repoReference({ project, name: repo }), branch, from, state: 'FINISHED' }, { signal })) {
        if (info.commit?.id !== head) bell.ring()
      }
    } catch (thrown) {
      const isHopeless = isNotFound(thrown) || PachdError.from(thrown).code === 'UNIMPLEMENTED'
      await delay(isHopeless ? 60_000 : LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

/** Wakes one who waits; a ring that nobody waited for wakes the next one. */
class Bell {
  #isRung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#isRung = true
    this.#wake?.()
  }

  /** Resolves when it was rung, after `ms`, or when `signal` is aborted. */
  async rung(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isRung && !signal.aborted) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, ms).unref()
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal.addEventListener('abort', this.#wake, { once: true })
      })
      if (this.#wake) signal.removeEventListener('abort', this.#wake)
      this.#wake = undefined
    }
    this.#isRung = false
  }
}

/** mount-server, pachd, or both are killed between two calls of a commit, while another client reads the branch. */
import { branchReference, commitReference } from '@jupyterlab-pachyderm/pachd-client'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { commitsOf, committedDigests, KillableStack } from '../../../packages/mount-server/tests/kills/killable-stack.js'
import { type GatePoint, startPachdBorder } from '../../../packages/mount-server/tests/pachd-border.js'
import { Dice } from '../dice.js'
import { BranchWatch } from '../machine/branch-watch.js'
import { differences, digestsIn, digestsOf, type Files, randomFiles } from '../machine/file-trees.js'
import type { Room, Setting } from '../room.js'

/** How long a head may be open that no living server works on. */
const OPEN_HEAD_MS = 2000
const TRIES = 10

const victims = ['server', 'pachd', 'both'] as const

export const calls: Room = {
  name: 'calls',
  promise: 'Killed between any two calls of a commit, with or without a message: others see the old or the new state, and it is committed once.',
  rounds: { short: 6, night: 300 },
  proofs: ['kills before the answer', 'looks at the branch'],
  async open(setting) {
    const gate = new Gate()
    const { programs, cleanUp } = setting
    const stack = await KillableStack.make({
      programs,
      through: async address => {
        const border = await startPachdBorder(address)
        border.setGate(point => gate.pass(point))
        cleanUp(() => border.stop())
        return border.address
      },
    })
    cleanUp(() => stack.stop())
    await stack.server.start()
    const moments = { plain: 0, described: 0 }
    let repos = 0
    const attack = async (dice: Dice, point: number | undefined, isDescribed: boolean) => new CommitAttack(setting, stack, gate, `calls${String(++repos)}`, isDescribed).run(dice, point)
    // How many moments a commit has, so that the dice fall on one of them.
    for (const kind of ['plain', 'described'] as const) {
      await attack(new Dice(0), undefined, kind === 'described')
      moments[kind] = gate.seen
    }
    return {
      async round({ dice }) {
        const isDescribed = dice.pick([true, false])
        await attack(dice, dice.below(moments[isDescribed ? 'described' : 'plain']), isDescribed)
      },
    }
  },
}

/** Counts the moments between mount-server and pachd, and does something at one of them, which waits for it. */
class Gate {
  #at: { readonly point: number; readonly act: () => Promise<void> } | undefined
  #acting: Promise<void> = Promise.resolve()
  seen = 0

  /** Counts from 0 again. */
  arm(point: number | undefined, act: () => Promise<void>): void {
    this.seen = 0
    this.#at = point === undefined ? undefined : { point, act }
  }

  async pass({ method }: GatePoint): Promise<'pass'> {
    // What is asked all the time, whether there is a commit or not.
    if (!/^\/(?:pfs_v2|transaction_v2)\./.test(method) || method.endsWith('/SubscribeCommit')) return 'pass'
    const at = this.#at
    if (this.seen++ !== at?.point) return 'pass'
    this.#at = undefined
    this.#acting = at.act()
    await this.#acting
    return 'pass'
  }

  /** Resolves when what was begun is over; nothing is begun from now on. */
  async disarm(): Promise<void> {
    this.#at = undefined
    await this.#acting
  }
}

/** One commit of many changes, and what happens in it. */
class CommitAttack {
  readonly #setting: Setting
  readonly #stack: KillableStack
  readonly #gate: Gate
  readonly #repo: string
  readonly #isDescribed: boolean

  constructor(setting: Setting, stack: KillableStack, gate: Gate, repo: string, isDescribed: boolean) {
    this.#setting = setting
    this.#stack = stack
    this.#gate = gate
    this.#repo = repo
    this.#isDescribed = isDescribed
  }

  /** Kills at the moment of this number; without one nothing is killed. */
  async run(dice: Dice, point: number | undefined): Promise<void> {
    const { tally } = this.#setting
    const [stack, repo] = [this.#stack, this.#repo]
    const before = new Map([...randomFiles(dice, '/old', 12, 500), ...randomFiles(dice, '/moved', 3, 500), ['/same', dice.bytes(1000)], ['/large', dice.bytes(300_000)]])
    const after = new Map([...randomFiles(dice, '/new', 12, 600), ...[...before].flatMap(([path, bytes]) => (path.startsWith('/moved/') ? [[path.replace('/moved/', '/there/'), bytes] as const] : [])), ['/same', dice.bytes(2000)], ['/late', dice.bytes(400_000)]])
    await stack.makeRepo(repo, before)
    const directory = await stack.mount(repo, 'rw')
    await this.#change(directory, after)

    const victim = dice.pick(victims)
    const watch = new BranchWatch(stack.client, repo, { old: before, new: after })
    watch.start()
    let isAnswered = false
    this.#gate.arm(point, async () => {
      if (!isAnswered) tally.count('kills before the answer')
      tally.count('kills')
      if (victim !== 'pachd') await stack.server.kill()
      if (victim !== 'server') await stack.pachd.kill()
    })
    await stack.call('PUT', '/_commit', this.#commitRequest(), 60_000).catch(() => undefined)
    isAnswered = true
    await this.#gate.disarm()
    await this.#restart(point === undefined ? undefined : victim)
    for (const line of await watch.stop()) tally.fail('torn', `${repo} (${this.#isDescribed ? 'with' : 'without'} a message, kill of ${victim} at moment ${String(point)}): ${line}`)
    for (const times of watch.seen.values()) tally.count('looks at the branch', times)

    await stack.mount(repo, 'rw')
    for (const line of differences(await digestsIn(directory), digestsOf(after))) tally.fail('lost', `${repo}: in the mount, ${line}`)
    await this.#commitToTheEnd()
    for (const line of differences(await committedDigests(stack.client, repo), digestsOf(after))) tally.fail('lost', `${repo}: in the commit, ${line}`)
    const commits = await commitsOf(stack.client, repo)
    tally.expect(commits.filter(({ isEmpty }) => !isEmpty).length === 2, 'twice', `${repo}: ${String(commits.length)} commits, where one was there and one was made`)
    tally.expect(commits.every(({ isFinished }) => isFinished), 'torn', `${repo}: a commit is open for good`)
    await stack.done('PUT', '/_unmount', { mounts: [repo] })
  }

  async #change(directory: string, after: Files): Promise<void> {
    await rm(join(directory, 'old'), { recursive: true })
    await rm(join(directory, 'large'))
    await rename(join(directory, 'moved'), join(directory, 'there'))
    for (const [path, bytes] of after) {
      if (path.startsWith('/there/')) continue
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), bytes)
      this.#setting.tally.count('operations')
    }
  }

  #commitRequest(): object {
    return { mount: this.#repo, ...(this.#isDescribed ? { message: `all of ${this.#repo}` } : {}) }
  }

  /** Starts what was killed; meanwhile no head is open that the dead server opened. */
  async #restart(victim: (typeof victims)[number] | undefined): Promise<void> {
    const { pachd, server } = this.#stack
    if (!pachd.isRunning) await pachd.start()
    if (!server.isRunning) {
      const openMs = await this.#headIsOpenForMs()
      if (openMs > 0) this.#setting.tally.took('a head was open after the kill for', openMs / 1000)
      this.#setting.tally.expect(openMs < OPEN_HEAD_MS, 'torn', `${this.#repo}: the head is open ${String(OPEN_HEAD_MS / 1000)} s after the kill of ${String(victim)}`)
      await server.start()
    }
  }

  async #headIsOpenForMs(): Promise<number> {
    const begun = performance.now()
    const { client } = this.#stack
    for (;;) {
      const { head } = await client.pfs.inspectBranch({ branch: branchReference({ repo: this.#repo, branch: 'master' }) })
      const { finished } = await client.pfs.inspectCommit({ commit: commitReference({ repo: this.#repo, branch: 'master', id: head?.id }), wait: 'STARTED' })
      const elapsedMs = performance.now() - begun
      if (finished) return elapsedMs < 200 ? 0 : elapsedMs
      if (elapsedMs > OPEN_HEAD_MS) return elapsedMs
      await delay(50)
    }
  }

  async #commitToTheEnd(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { status, text } = await this.#stack.call('PUT', '/_commit', this.#commitRequest())
      if (status === 200) return
      if (attempt === TRIES) throw new Error(`${this.#repo} cannot be committed after the restart: ${String(status)} ${text}`)
      await delay(500)
    }
  }
}

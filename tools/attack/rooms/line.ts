/** The line between mount-server and pachd is slow, cut, silent or half-open while programs read. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { type FaultProxy, startFaultProxy } from '../../../packages/mount-fs/tests/reading/fault-proxy.js'
import { digest, KillableStack } from '../../../packages/mount-server/tests/kills/killable-stack.js'
import type { Dice } from '../dice.js'
import { bounded } from '../machine/bounded-command.js'
import type { Room, Setting } from '../room.js'

/** For what needs no pachd. */
const LOCAL_SECONDS = 2
/** For a read that gets nothing from pachd any more. */
const READ_SECONDS = 65
const RECOVERED_SECONDS = 45
const READERS = 3

const faults = ['latency', 'throttle', 'cuts', 'away', 'stall', 'half-open'] as const
type LineFault = (typeof faults)[number]

export const line: Room = {
  name: 'line',
  promise: 'Whatever the line to pachd does, reads bring the right bytes or an error in 65 s, and what is local answers in 2 s.',
  rounds: { short: 6, night: 60 },
  proofs: ['reads', 'local answers', 'reads under a fault'],
  isMostlyWaiting: true,
  async open(setting) {
    const { programs, cleanUp } = setting
    let proxy: FaultProxy | undefined
    const stack = await KillableStack.make({
      programs,
      // What was read once is not read again: each read needs the line.
      serverArgs: ['--cache-size', '0'],
      through: async address => {
        proxy = await startFaultProxy(address)
        return `grpc://${proxy.address}`
      },
    })
    cleanUp(() => proxy?.stop())
    cleanUp(() => stack.stop())
    await stack.server.start()
    let repos = 0
    return {
      async round({ seed, dice }) {
        if (!proxy) throw new Error('there is no line')
        // Each kind comes in turn, so that few rounds have all of them.
        await new LineAttack(setting, stack, proxy, `line${String(++repos)}`, faults[seed % faults.length] ?? 'stall').run(dice)
      },
    }
  },
}

class LineAttack {
  readonly #setting: Setting
  readonly #stack: KillableStack
  readonly #proxy: FaultProxy
  readonly #repo: string
  readonly #fault: LineFault
  #isOver = false

  constructor(setting: Setting, stack: KillableStack, proxy: FaultProxy, repo: string, fault: LineFault) {
    this.#setting = setting
    this.#stack = stack
    this.#proxy = proxy
    this.#repo = repo
    this.#fault = fault
  }

  async run(dice: Dice): Promise<void> {
    const { tally, isNight } = this.#setting
    const [stack, repo] = [this.#stack, this.#repo]
    const files = new Map(Array.from({ length: READERS }, (_, index) => [`/f${String(index)}`, dice.bytes(dice.between(100_000, 600_000))]))
    await stack.makeRepo(repo, files)
    const directory = await stack.mount(repo, 'ro')
    await stack.done('PUT', '/_mount', { mounts: [{ name: `${repo}-again`, repo, mode: 'ro' }] })
    // The names are known from now on; of the bytes nothing is.
    await bounded(10, ['ls', '-l', directory])

    const disturbing = this.#disturb(dice)
    const reads = [...files].map(([path, bytes]) => this.#read(join(directory, path), digest(bytes)))
    await delay(200)
    await this.#askWhatIsLocal(directory)
    await delay(isNight ? dice.between(0, 50_000) : 500)
    this.#isOver = true
    await disturbing
    tally.count('reads under a fault', (await Promise.all(reads)).length)

    await tally.timed('all could be read again after', RECOVERED_SECONDS, async () => {
      for (const [path, bytes] of files) while (!(await this.#read(join(directory, path), digest(bytes)))) await delay(200)
    })
    await stack.call('PUT', '/_unmount', { mounts: [repo] }, 10_000)
  }

  /** Whether it could be read; an error is no failure here. */
  async #read(path: string, expected: string): Promise<boolean> {
    const { tally } = this.#setting
    const { code, output, seconds } = await bounded(READ_SECONDS + 5, ['sha256sum', path])
    tally.count('reads')
    tally.took('the longest read', seconds)
    if (seconds > READ_SECONDS) tally.fail('hung', `${this.#fault}: ${path} is read for ${seconds.toFixed(0)} s`)
    if (code === 0 && !output.startsWith(expected)) tally.fail('wrong', `${this.#fault}: ${path} has other bytes`)
    return code === 0
  }

  /** The list of mounts, liveness, a known directory, and taking a read-only mount away. */
  async #askWhatIsLocal(directory: string): Promise<void> {
    const { tally } = this.#setting
    const ask = async (what: string, work: () => Promise<boolean>) => {
      const begun = performance.now()
      const isRight = await work().catch(() => false)
      const seconds = (performance.now() - begun) / 1000
      tally.count('local answers')
      tally.took(`${what} answered in`, seconds)
      if (seconds > LOCAL_SECONDS) tally.fail('hung', `${this.#fault}: ${what} took ${seconds.toFixed(1)} s`)
      else if (!isRight) tally.fail('other failures', `${this.#fault}: ${what} failed`)
    }
    const isDone = async (method: string, path: string, body?: unknown) => (await this.#stack.call(method, path, body, 20_000)).status === 200
    await ask('GET /health', () => isDone('GET', '/health'))
    await ask('GET /mounts', () => isDone('GET', '/mounts'))
    await ask('ls of a known directory', async () => (await bounded(20, ['ls', '-l', directory])).code === 0)
    await ask('unmounting what is read-only', () => isDone('PUT', '/_unmount', { mounts: [`${this.#repo}-again`] }))
  }

  async #disturb(dice: Dice): Promise<void> {
    const proxy = this.#proxy
    switch (this.#fault) {
      case 'latency':
        proxy.delayMs = dice.between(50, 500)
        break
      case 'throttle':
        proxy.bytesPerSecond = dice.between(50_000, 200_000)
        break
      case 'cuts':
        while (!this.#isOver) {
          proxy.cut()
          await delay(dice.between(20, 400))
        }
        break
      case 'away':
        proxy.refuse()
        proxy.cut()
        break
      case 'stall':
        proxy.stall()
        break
      case 'half-open':
        proxy.forget()
    }
    while (!this.#isOver) await delay(20)
    proxy.delayMs = 0
    proxy.bytesPerSecond = 0
    proxy.accept()
    proxy.resume()
  }
}

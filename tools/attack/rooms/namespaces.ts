/** Two servers in network, mount and PID namespaces of their own share one home volume, as an old and a new pod do. */
import { readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { callSocket, committedDigests, digest, KillableStack, type Programs } from '../../../packages/mount-server/tests/kills/killable-stack.js'
import { Program } from '../../../packages/mount-server/tests/kills/program.js'
import type { Room } from '../room.js'

const relay = join(import.meta.dirname, '../machine/relay.mjs')
/** A new network namespace has every port free. */
const PORT = 30_650
const STEPS = 8

export const namespaces: Room = {
  name: 'namespaces',
  promise: 'Two servers in different namespaces over one home volume, killed in any order, lose no closed file.',
  rounds: { short: 1, night: 40 },
  proofs: ['closed files', 'kills'],
  async open({ programs, tally, cleanUp }) {
    const stack = await KillableStack.make({ programs })
    cleanUp(() => stack.stop())
    const door = join(stack.folder, 'pachd.sock')
    const server = createServer(incoming => {
      const outgoing = connect(Number(stack.address.split(':').at(-1)), '127.0.0.1')
      incoming.pipe(outgoing).pipe(incoming)
      incoming.on('error', () => outgoing.destroy())
      outgoing.on('error', () => incoming.destroy())
    }).listen(door)
    cleanUp(() => server.close())
    await once(server, 'listening')
    await writeFile(stack.config, JSON.stringify({ v2: { active_context: 'test', contexts: { test: { pachd_address: `grpc://127.0.0.1:${String(PORT)}` } } } }), { mode: 0o600 })
    let repos = 0
    return {
      async round({ dice }) {
        const repo = `pods${String(++repos)}`
        await stack.makeRepo(repo)
        const pods = ['a', 'b'].map(name => new Pod(stack, programs, door, name))
        const closed = new Map<string, string>()
        const writeIn = async (pod: Pod) => {
          await pod.start()
          await pod.mount(repo)
          for (let count = dice.between(1, 8); count > 0; count--) {
            const [path, bytes] = [`/f${String(closed.size)}`, dice.bytes(dice.below(20_000))]
            await writeFile(join(pod.directory(repo), path), bytes)
            closed.set(path, digest(bytes))
            tally.count('closed files')
          }
        }
        try {
          for (const pod of pods) await writeIn(pod)
          for (let step = 0; step < STEPS; step++) {
            const pod = dice.pick(pods)
            const act = dice.pick(['write', 'kill', 'kill', 'restart', 'commit'] as const)
            if (act === 'kill' || act === 'restart') {
              if (pod.isRunning) tally.count('kills')
              await pod.kill()
              if (act === 'restart') await pod.start()
            } else if (act === 'write') await writeIn(pod)
            else if (pod.isRunning) await pod.commit(repo)
          }
          // What a dead server left is taken over by the next one; what each has is committed when it ends.
          for (const pod of [...pods, ...pods]) {
            await pod.start()
            await pod.stop()
          }
        } finally {
          for (const pod of pods) await pod.kill()
        }
        const committed = await committedDigests(stack.client, repo)
        for (const [path, expected] of closed) if (committed.get(path) !== expected) tally.fail('lost', `${repo}${path} was closed and is ${committed.has(path) ? 'other bytes' : 'in no commit'}`)
      },
    }
  },
}

/** A server in its own namespaces; home, stage, cache and mount directory have the same paths in all of them. */
class Pod {
  readonly #program: Program
  readonly #socket: string
  readonly #mountDir: string

  constructor({ folder, mountDir, config }: KillableStack, programs: Programs, door: string, name: string) {
    this.#socket = join(folder, `${name}.sock`)
    this.#mountDir = mountDir
    const server = [process.execPath, programs.server, '--mount-dir', mountDir, '--sock-path', this.#socket, '--stage-dir', join(folder, 'stage'), '--cache-dir', join(folder, 'cache'), '--pach-config', config]
    this.#program = new Program({
      command: () => ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child=SIGTERM', '--mount-proc', 'sh', '-c', 'ip link set lo up; "$0" "$1" "$2" "$3" & shift 3; exec "$@"', process.execPath, relay, String(PORT), door, ...server],
      env: () => ({ PATH: process.env['PATH'], HOME: join(folder, 'home') }),
      isReady: async () => (await callSocket(this.#socket, 'GET', '/ready').catch(() => undefined))?.status === 200,
    })
  }

  get isRunning(): boolean {
    return this.#program.isRunning
  }

  /** A directory of its mount, which only its mount namespace sees. */
  directory(repo: string): string {
    return `/proc/${String(this.#program.pid)}/root${join(this.#mountDir, repo)}`
  }

  async start(): Promise<void> {
    if (!this.isRunning) await this.#program.start()
  }

  async mount(repo: string): Promise<void> {
    if ((await this.#done('GET', '/mounts')).includes(`"name":"${repo}"`)) return
    await this.#done('PUT', '/_mount', { mounts: [{ name: repo, repo, mode: 'rw' }] })
  }

  async commit(repo: string): Promise<void> {
    if ((await this.#done('GET', '/mounts')).includes(`"name":"${repo}"`)) await this.#done('PUT', '/_commit', { mount: repo })
  }

  /** Kills the server and all that is in its namespaces. */
  async kill(): Promise<void> {
    const inside = await this.#serverPid()
    if (inside !== undefined) process.kill(inside, 'SIGKILL')
    await this.#program.kill()
  }

  /** Ends it as a pod is ended; it commits what it has. */
  async stop(): Promise<void> {
    const inside = await this.#serverPid()
    if (inside === undefined) throw new Error('the server does not run')
    process.kill(inside, 'SIGTERM')
    while (this.isRunning) await delay(20)
  }

  /** The first process of the PID namespace, as this namespace sees it. */
  async #serverPid(): Promise<number | undefined> {
    const { pid } = this.#program
    if (pid === undefined) return undefined
    const [child] = (await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')).split(' ')
    return child ? Number(child) : undefined
  }

  async #done(method: string, path: string, body?: unknown): Promise<string> {
    const { status, text } = await callSocket(this.#socket, method, path, body)
    if (status !== 200) throw new Error(`${method} ${path} is ${String(status)}: ${text}\n${this.#program.log}`)
    return text
  }
}

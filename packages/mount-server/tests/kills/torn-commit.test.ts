/**
 * mount-server, pachd, or both are killed between any two calls of a commit, and between a call and its answer, while another
 * client watches the branch: it sees the old files or the new ones. MOUNT_SERVER_COMMIT_KILLS says how often (13, each once);
 * kills beyond those come at random moments.
 */
import { branchReference, commitReference, isNotFound, PachdError } from '@jupyterlab-pachyderm/pachd-client'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'

import { type GatePoint, type PachdBorder, startPachdBorder } from '../pachd-border.js'
import { bundlePrograms, commitsOf, committedDigests, digest, KillableStack } from './killable-stack.js'

type Victim = 'server' | 'pachd' | 'both'

interface Stop {
  readonly message: boolean
  readonly method: string
  readonly at: GatePoint['at']
  readonly victim: Victim
}

const described = ['CreateFileSet', 'StartCommit', 'AddFileSet', 'FinishCommit'].flatMap(method => (['call', 'answer'] as const).map((at): Stop => ({ message: true, method, at, victim: 'server' })))
const STOPS: readonly Stop[] = [
  ...described,
  { message: false, method: 'ModifyFile', at: 'call', victim: 'server' },
  { message: false, method: 'ModifyFile', at: 'answer', victim: 'server' },
  { message: true, method: 'StartCommit', at: 'answer', victim: 'both' },
  { message: true, method: 'AddFileSet', at: 'answer', victim: 'both' },
  { message: true, method: 'AddFileSet', at: 'call', victim: 'pachd' },
]
const KILLS = Number(process.env['MOUNT_SERVER_COMMIT_KILLS'] ?? STOPS.length)
const VICTIMS: readonly Victim[] = ['server', 'both', 'pachd']
const LONGEST_COMMIT_MS = 400
const REPO = 'torn'
const branch = branchReference({ repo: REPO, branch: 'master' })

/** Changes files of every kind in the mount; the digests of all that the branch holds when this is committed. */
async function change(directory: string, round: number): Promise<Map<string, string>> {
  const at = (path: string) => join(directory, path)
  const files = new Map<string, string>()
  await rm(at('removed'), { recursive: true, force: true })
  if (round > 0) {
    await rm(at('dropped'), { recursive: true })
    await rename(at('next'), at('dropped'))
    for (let index = 0; index < 3; index++) files.set(`/dropped/${String(index)}`, `next ${String(round - 1)} ${String(index)}`)
  } else {
    await mkdir(at('dropped'))
  }
  for (const [name, count] of [['next', 3], ['removed', 20]] as const) {
    await mkdir(at(name))
    for (let index = 0; index < count; index++) files.set(`/${name}/${String(index)}`, `${name} ${String(round)} ${String(index)}`)
  }
  files.set('/large', `${String(round)} `.repeat(500_000))
  files.set('/changed', `changed ${String(round)}`)
  for (const [path, text] of files) if (!path.startsWith('/dropped')) await writeFile(at(path), text)
  return new Map([...files].map(([path, text]) => [path, digest(Buffer.from(text))] as const).sort())
}

/** What others read of the branch in one call: the hash over all files. Undefined while pachd is away. */
async function shown({ client }: KillableStack): Promise<string | undefined> {
  try {
    const { hash } = await client.pfs.inspectFile({ file: { commit: { branch, repo: branch.repo }, path: '/' } }, { timeoutMs: 5000 })
    return Buffer.from(hash).toString('hex')
  } catch (error) {
    if (isNotFound(error)) return 'nothing'
    if (error instanceof PachdError && ['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED'].includes(error.code)) return undefined
    throw error
  }
}

async function isHeadOpen({ client }: KillableStack): Promise<boolean> {
  return (await client.pfs.inspectCommit({ commit: commitReference({ repo: REPO, branch: 'master' }), wait: 'STARTED' })).finishing === undefined
}

/** Looks at the branch all the time until it is stopped; the states in their order. */
function watchBranch(stack: KillableStack): () => Promise<string[]> {
  const states: string[] = []
  const over = new AbortController()
  const look = async () => {
    const state = await shown(stack)
    if (state !== undefined && state !== states.at(-1)) states.push(state)
  }
  const looking = (async () => {
    while (!over.signal.aborted) {
      await look()
      await delay(2)
    }
  })()
  return async () => {
    over.abort()
    await looking
    await look()
    return states
  }
}

async function kill({ server, pachd }: KillableStack, victim: Victim): Promise<void> {
  await Promise.all([victim === 'pachd' ? undefined : server.kill(), victim === 'server' ? undefined : pachd.kill()])
}

/** Kills at the stop, or at a random moment. */
async function killAt(stack: KillableStack, border: PachdBorder, stop: Stop | undefined, victim: Victim): Promise<void> {
  if (!stop) {
    await delay(Math.random() * LONGEST_COMMIT_MS)
    return kill(stack, victim)
  }
  await new Promise<void>(killed => {
    border.setGate(async ({ method, at }) => {
      if (method !== `/pfs_v2.API/${stop.method}` || at !== stop.at) return 'pass'
      border.setGate(undefined)
      await kill(stack, victim)
      killed()
      return 'break'
    })
  })
}

test(`others see the old or the new files, whichever of ${String(KILLS)} kills hits a commit`, { timeout: 3_600_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'torn-commit-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  let border: PachdBorder | undefined
  const through = async (address: string) => {
    border = await startPachdBorder(address)
    return border.address
  }
  const stack = await KillableStack.make({ programs: await bundlePrograms(folder), through })
  onTestFinished(() => stack.stop())
  onTestFinished(() => border?.stop())
  const countCommits = async () => (await commitsOf(stack.client, REPO)).filter(({ isEmpty }) => !isEmpty).length
  await stack.makeRepo(REPO)
  await stack.server.start()
  const directory = await stack.mount(REPO, 'rw')
  await change(directory, 0)
  await stack.done('PUT', '/_commit', { mount: REPO, message: 'first' })
  expect(await countCommits()).toBe(1)
  if (!border) throw new Error('the border was not made')

  for (let round = 1; round <= KILLS; round++) {
    const stop = STOPS[round - 1]
    const victim = stop?.victim ?? VICTIMS[round % VICTIMS.length] ?? 'server'
    const message = (stop?.message ?? round % 4 !== 0) ? `message ${String(round)}` : undefined
    const what = stop ? `${victim} killed at ${stop.method}, ${stop.at}` : `${victim} killed at random, round ${String(round)}`
    const commit = { mount: REPO, message }
    const expected = await change(directory, round)
    const stopWatching = watchBranch(stack)
    onTestFinished(() => void stopWatching())
    const before = await shown(stack)
    const killed = killAt(stack, border, stop, victim)
    const asked = stack.call('PUT', '/_commit', commit).catch(() => undefined)
    await killed
    await asked

    if (!stack.pachd.isRunning) await stack.pachd.start()
    await expect.poll(() => isHeadOpen(stack), { timeout: 30_000, message: `${what}: the head is open` }).toBe(false)
    if (!stack.server.isRunning) await stack.server.start()
    await expect.poll(async () => (await stack.call('PUT', '/_commit', commit)).status, { timeout: 30_000, message: `${what}\n${stack.server.log}` }).toBe(200)

    const states = await stopWatching()
    expect(states, what).toEqual([before, await shown(stack)])
    expect(await committedDigests(stack.client, REPO), what).toEqual(expected)
    expect(await countCommits(), what).toBe(round + 1)
    expect(await isHeadOpen(stack), what).toBe(false)
  }
})

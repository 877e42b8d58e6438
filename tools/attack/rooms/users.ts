/** Another user of the machine against the mount, the socket and the port of a default server. */
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'

import { committedDigests, digest, KillableStack } from '../../../packages/mount-server/tests/kills/killable-stack.js'
import { freePort, Program } from '../../../packages/mount-server/tests/kills/program.js'
import { bounded } from '../machine/bounded-command.js'
import { differences } from '../machine/file-trees.js'
import type { Room } from '../room.js'

/** An id that no user of the machine has. */
const OTHER = 54_321
const script = join(import.meta.dirname, '../machine/other-user.py')

/** What shows whether others may do it. */
const shownBy = new Map([['read 0600', '/secret'], ['read in 0700', '/private'], ['list 0700', '/private']])

type Outcomes = Readonly<Record<string, string>>

export const users: Room = {
  name: 'users',
  promise: 'Another user of the machine can neither write through the mount, nor read what its modes deny, nor call the API.',
  rounds: { short: 1, night: 20 },
  proofs: ['attempts of another user', 'attempts that the owner may make'],
  async open({ programs, tally, cleanUp }) {
    const stack = await KillableStack.make({ programs })
    cleanUp(() => stack.stop())
    // The other user gets as far as the mount; what keeps him out is the product.
    await chmod(stack.folder, 0o755)
    await stack.server.start()
    const port = await freePort()
    const second = new Program({
      command: () => [process.execPath, programs.server, '--no-fuse', '--port', String(port), '--pach-config', stack.config, '--stage-dir', join(stack.folder, 'stage2'), '--cache-dir', join(stack.folder, 'cache2')],
      env: () => ({ PATH: process.env['PATH'], HOME: join(stack.folder, 'home') }),
      isReady: () => statusOf(port, '/mounts').then(status => status === 200, () => false),
    })
    cleanUp(() => second.kill())
    await second.start()
    const text = await readFile(script, 'utf8')
    const tryAll = async (uid: number, directory: string): Promise<Outcomes> => {
      const { output, code } = await bounded(120, ['python3', '-', String(uid), directory, stack.socket, String(port)], { input: text })
      if (code !== 0) throw new Error(`the attempts ended with ${String(code)}: ${output}`)
      return JSON.parse(output) as Outcomes
    }
    let repos = 0
    return {
      async round({ dice }) {
        const repo = `users${String(++repos)}`
        await stack.makeRepo(repo)
        const directory = await stack.mount(repo, 'rw')
        const files = new Map<string, [text: string, mode: number]>([['/secret', ['S', 0o600]], ['/public', ['P', 0o644]], ['/private/key', ['K', dice.pick([0o600, 0o644])]], ['/open/file', ['O', 0o644]]])
        for (const [name, mode] of [['private', 0o700], ['open', 0o755], ['empty', 0o755]] as const) {
          await mkdir(join(directory, name))
          await chmod(join(directory, name), mode)
        }
        for (const [path, [content, mode]] of files) {
          await writeFile(join(directory, path), content)
          await chmod(join(directory, path), mode)
        }
        const expected = new Map(Array.from(files, ([path, [content]]) => [path, digest(Buffer.from(content))]))
        // Before and after a commit: the modes of what is staged and of what is committed.
        for (const isCommitted of [false, true]) {
          if (isCommitted) await stack.done('PUT', '/_commit', { mount: repo })
          for (const [attempt, outcome] of Object.entries(await tryAll(OTHER, directory))) {
            tally.count('attempts of another user')
            // pachd keeps no modes: what is committed may be shown as readable, and then it is.
            const shown = shownBy.get(attempt)
            const isReadable = isCommitted && shown !== undefined && ((await stat(join(directory, shown))).mode & 0o004) !== 0
            if (outcome === 'done' && !isReadable) tally.fail('open to others', `another user may ${attempt}${isCommitted ? ', committed' : ''}`)
          }
        }
        await stack.done('PUT', '/_commit', { mount: repo })
        for (const path of differences(await committedDigests(stack.client, repo), expected)) tally.fail('open to others', `after another user was there and the owner committed, ${path}`)
        tally.count('attempts that the owner may make', Object.values(await tryAll(process.getuid?.() ?? 0, directory)).filter(outcome => outcome === 'done').length)
      },
    }
  },
}

function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

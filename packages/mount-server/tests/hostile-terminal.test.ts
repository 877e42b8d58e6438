/** Names that would steer a terminal, through the real commands: on a terminal of their own and in a pipe. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { send, startProcess, untilAnswers } from './server-process.js'

const TITLE = '\u001b]0;forged\u0007'
const NAME = `${TITLE}a\n+ w/forged\u009b2J\u202e\\n`
const SHOWN = '\\u001b]0;forged\\u0007a\\n+ w/forged\\u009b2J\\u202e\\\\n'
const main = new URL('../src/main.ts', import.meta.url).pathname
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

const command = (args: readonly string[]) => [process.execPath, '--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', main, ...args]

function runIn(how: 'pipe' | 'terminal', args: readonly string[], socket: string): Promise<string> {
  const [program = '', ...rest] = how === 'pipe' ? command(args) : ['script', '--quiet', '--return', '--command', command(args).map(arg => `'${arg.replaceAll("'", "'\\''")}'`).join(' '), '/dev/null']
  return new Promise(resolve => {
    execFile(program, rest, { env: { PATH: process.env['PATH'], HOME: pachd.folder, SHELL: '/bin/sh', MOUNT_SERVER_SOCK_PATH: socket }, cwd: import.meta.dirname }, (_error, out, err) => resolve(out + err))
  })
}

/** Characters that steer a terminal, apart from the line ends of the commands and the progress that a terminal gets. */
const steering = (text: string) => text.replaceAll('\r\n', '\n').match(/\]0;forged\u0007|[\u0000-\u0008\u000b-\u001a\u007f-\u009f\u202a-\u202e]/g)

describe('a name with escape sequences is shown escaped by every command, on a terminal and in a pipe', () => {
  test.each(['pipe', 'terminal'] as const)('in a %s', async how => {
    await pachd.repo(`names-${how}`, { '/a': '1' })
    const server = await startProcess([], { config: pachd.config })
    await untilAnswers(server)
    await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: `names-${how}`, mode: 'rw' }] })
    await writeFile(join(server.mountDir, 'w', NAME.replaceAll('/', ':')), '12345')
    const shown = SHOWN.replaceAll('/', ':')

    const changes = await runIn(how, ['changes'], server.socket)
    const outputs = [changes]
    for (const args of [['mount', `names-${how}`, '--name', TITLE], ['mount', TITLE], ['commit', TITLE], ['repos', TITLE], ['commit', 'w', '-m', TITLE], ['unmount', TITLE], ['unmount', '--all'], ['status'], ['logs', '-n', '1000']]) outputs.push(await runIn(how, args, server.socket))

    expect(changes).toContain(`+ w/${shown}  5 B`)
    expect(outputs.flatMap(output => steering(output) ?? [])).toEqual([])
    expect(outputs[1]).toContain('\\u001b]0;forged')
    expect(steering(server.log())).toBeNull()
    expect(server.log()).toContain('\\u001b]0;forged')
  }, 120_000)

  test('--json and -z give the exact name', async () => {
    await pachd.repo('exact', { '/a': '1' })
    const server = await startProcess([], { config: pachd.config })
    await untilAnswers(server)
    await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'exact', mode: 'rw' }] })
    const name = NAME.replaceAll('/', ':')
    await writeFile(join(server.mountDir, 'w', name), '12345')

    const json = await runIn('pipe', ['changes', '--json'], server.socket)

    expect(JSON.parse(json)).toMatchObject([{ changes: [{ path: `/${name}` }] }])
    expect(steering(json)).toBeNull()
    expect(await runIn('pipe', ['changes', '-z'], server.socket)).toBe(`+ w/${name}\0`)
  }, 120_000)
})

/** Mounts of users who are not root, on a machine of their own: a mount namespace with its own devices and its own /etc/fuse.conf. */
import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

/** One that the user database knows, as fusermount wants: nobody. */
const USER = 65534

/** What plain-user.ts prints when `USER` runs it, where fusermount has this configuration. */
async function mountAsUser(fuseConfig: string, owner: number): Promise<{ notices: string[]; first: string; second: string; last: string }> {
  // Not in a folder of this user alone.
  const folder = await mkdtemp('/tmp/plain-user-')
  onTestFinished(() => rm(folder, { recursive: true }))
  await chmod(folder, 0o755)
  await mkdir(join(folder, 'pfs'))
  await chown(join(folder, 'pfs'), USER, USER)
  await writeFile(join(folder, 'fuse.conf'), fuseConfig)
  const machine = [
    'mount --bind "$0/fuse.conf" /etc/fuse.conf',
    'mount -t tmpfs tmpfs /dev',
    'mknod -m 666 /dev/fuse c 10 229',
    ...Object.entries({ null: 3, zero: 5, full: 7, random: 8, urandom: 9 }).map(([name, minor]) => `mknod -m 666 /dev/${name} c 1 ${minor}`),
    `cd "$1" && exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --inh-caps=-all env TMPDIR=/tmp "$2" --import tsx -C @jupyterlab-pachyderm/source plain-user.ts "$0/pfs" ${owner}`,
  ].join('\n')
  const { stdout } = await promisify(execFile)('unshare', ['--mount', '--propagation=private', 'sh', '-euc', machine, folder, import.meta.dirname, process.execPath], { timeout: 60_000 })
  return JSON.parse(stdout) as Awaited<ReturnType<typeof mountAsUser>>
}

test('without user_allow_other a user gets a mount for this user alone, and a sentence that says so', async () => {
  const { notices, ...seen } = await mountAsUser('# user_allow_other\n', USER)

  expect(notices).toEqual([expect.stringMatching(/^only this user can look into the mount: .* "user_allow_other" to \/etc\/fuse.conf, or start with --allow-other=false$/)])
  expect(seen).toEqual({ first: `first ${USER}\n`, second: 'second', last: expect.stringContaining('No such file') as string })
})

test('with user_allow_other files can belong to another user, and mounts move and go as ever', async () => {
  const { notices, ...seen } = await mountAsUser('user_allow_other\n', 54321)

  expect(notices).toEqual([])
  expect(seen).toEqual({ first: 'first 54321\n', second: 'second', last: expect.stringContaining('No such file') as string })
})

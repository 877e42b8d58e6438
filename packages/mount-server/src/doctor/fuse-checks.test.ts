import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { checkMountDirectory, checkStore } from './directory-checks.js'
import { checkAllowOther, checkDevice, checkHelper, fusePlaces, type FusePlaces } from './fuse-checks.js'

let folder: string
let places: FusePlaces
const user = { uid: 54321, name: 'ana' }
const root = { uid: 0, name: 'root' }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'))
  places = { device: join(folder, 'fuse'), config: join(folder, 'fuse.conf'), searchPath: join(folder, 'bin') }
})
afterEach(() => rm(folder, { recursive: true }))

test('without the device there is a command that brings it', async () => {
  expect(await checkDevice(places)()).toMatchObject({ state: 'failed', fix: 'sudo modprobe fuse' })
  await writeFile(places.device, '')
  expect(await checkDevice(places)()).toMatchObject({ state: 'ok' })
})

test('a user needs a helper that runs as root, and root can do without', async () => {
  expect(await checkHelper(places, user)()).toMatchObject({ state: 'failed', fix: 'sudo apt-get install --yes fuse3' })
  expect(await checkHelper(places, root)()).toMatchObject({ state: 'warning' })
  await mkdir(places.searchPath)
  await writeFile(join(places.searchPath, 'fusermount3'), '', { mode: 0o755 })
  expect(await checkHelper(places, user)()).toMatchObject({ state: 'failed', fix: expect.stringContaining('chmod 4755') as string })
})

test('a user who may not let others look in gets a warning with the way to allow it', async () => {
  await writeFile(places.config, '# user_allow_other\n')
  expect(await checkAllowOther(places, user, true)()).toMatchObject({ state: 'warning', fix: `echo user_allow_other | sudo tee -a ${places.config}` })
  expect(await checkAllowOther(places, user, false)()).toMatchObject({ state: 'ok' })
  await writeFile(places.config, 'user_allow_other\n')
  expect(await checkAllowOther(places, user, true)()).toMatchObject({ state: 'ok' })
})

test('a mount directory that is missing is made by a command that may be copied', async () => {
  const missing = join(folder, 'not there')

  expect(await checkMountDirectory(missing, user, false)()).toMatchObject({ state: 'failed', fix: `sudo mkdir -p '${missing}' && sudo chown ana '${missing}'` })
  expect(await checkMountDirectory(folder, root, false)()).toMatchObject({ state: 'ok' })
})

test('a store that does not exist yet is looked for where it will be', async () => {
  expect(await checkStore('cache', join(folder, 'a/b/c'), '--cache-dir')()).toMatchObject({ check: 'cache', state: expect.stringMatching(/ok|warning/) as string })
})

test('the places are those of Linux', () => {
  expect(fusePlaces('/opt/bin')).toEqual({ device: '/dev/fuse', config: '/etc/fuse.conf', searchPath: '/opt/bin:/usr/sbin:/usr/bin:/sbin:/bin' })
})

import { expect, test } from 'vitest'

import { readOptions } from './options.mjs'

test('options have defaults, and PFS_MOUNT_DIR names the mount directory', () => {
  expect(readOptions([], { PFS_MOUNT_DIR: '/data/pfs' })).toMatchObject({ check: false, port: 8888, pachdPort: 30650, mountDir: '/data/pfs' })
  expect(readOptions(['--port', '9999', '--mount-dir=/elsewhere'], {})).toMatchObject({ port: 9999, mountDir: '/elsewhere' })
})

test.each([
  [['--prot', '1'], "Unknown option '--prot'"],
  [['--port', 'high'], '--port high: a port is a number'],
])('%j is refused with the usage', (args, message) => {
  expect(() => readOptions(args, {})).toThrow(message)
})

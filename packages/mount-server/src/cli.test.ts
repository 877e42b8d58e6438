import { expect, test } from 'vitest'

import { readCommandLine } from './cli.js'

function optionsOf(args: string[], env: Record<string, string> = {}) {
  const commandLine = readCommandLine(args, env)
  if (!('options' in commandLine)) throw new Error(commandLine.text)
  return commandLine.options
}

test('without arguments it serves /pfs on loopback', () => {
  expect(optionsOf([])).toMatchObject({ mountDir: '/pfs', host: '127.0.0.1', port: 9002, allowOther: true, fuse: true, logLevel: 'info', apiCompat: '2.8' })
})

test.each([
  [['--mount-dir', '/x', '--port', '0'], { mountDir: '/x', port: 0 }],
  [['--mount-dir=/x', '--sock-path=/s'], { mountDir: '/x', sockPath: '/s' }],
  [['--allow-other=false'], { allowOther: false }],
  [['--allow-other=true'], { allowOther: true }],
  [['--allow-other'], { allowOther: true }],
  [['--uid=1000', '--gid=100', '--umask=077'], { uid: 1000, gid: 100, umask: 0o077 }],
  [[], { uid: process.geteuid?.(), gid: process.getegid?.(), umask: 0o022 }],
  [['--no-fuse', '--log-format=json'], { fuse: false, logFormat: 'json' }],
  [['--cache-dir=/c', '--cache-size=500MB'], { cacheDir: '/c', cacheSize: 500e6 }],
  [['--cache-size=0'], { cacheSize: 0 }],
  [['--host=0.0.0.0', '--token-file=t'], { host: '0.0.0.0', tokenFile: 't' }],
])('%j is read', (args, options) => {
  expect(optionsOf(args)).toMatchObject(options)
})

test('each option is an environment variable too, and arguments count first', () => {
  const env = { MOUNT_SERVER_MOUNT_DIR: '/env', MOUNT_SERVER_PORT: '1', MOUNT_SERVER_ALLOW_OTHER: 'false', MOUNT_SERVER_FUSE: 'false', MOUNT_SERVER_LOG_LEVEL: 'debug' }

  expect(optionsOf(['--port', '2'], env)).toMatchObject({ mountDir: '/env', port: 2, allowOther: false, fuse: false, logLevel: 'debug' })
})

test.each([['--nope'], ['extra'], ['--allow-other=maybe'], ['--uid=-1'], ['--gid=users'], ['--umask=88'], ['--umask=01777'], ['--port=x'], ['--port=70000'], ['--host=0.0.0.0'], ['--log-level=loud']])('%s is refused with a reason', argument => {
  expect(readCommandLine([argument], {})).toMatchObject({ exitCode: 1, text: expect.stringContaining('error') as string })
})

test.each([
  ['2.7', 'give 2.8 if they call PUT /datums/_mount, and 2.6 if'],
  ['2.5', 'give 2.6 if they call PUT /_mount, and 2.3 if'],
  ['2.8.4', 'For 2.8.4 give 2.8.'],
  ['2.10', '2.9 is the last API'],
  ['2.12.1', '2.9 is the last API'],
  ['3', 'one of 2.9, 2.8, 2.6, 2.3'],
])('--api-compat %s says which version to give', (version, advice) => {
  expect(readCommandLine(['--api-compat', version], {})).toMatchObject({ exitCode: 1, text: expect.stringContaining(advice) as string })
})

test('--api-compat takes each version', () => {
  for (const apiCompat of ['2.9', '2.8', '2.6', '2.3']) expect(optionsOf(['--api-compat', apiCompat])).toMatchObject({ apiCompat })
})

test.each(['--help', '--version'])('%s prints and ends well', argument => {
  expect(readCommandLine([argument], {})).toMatchObject({ exitCode: 0, text: expect.stringMatching(/./) as string })
})

import { expect, test } from 'vitest'

import { mountEntry } from '../../tests/scripted-mount-server.js'
import { readingCode } from './code-snippet.js'
import { serverCasFrom } from './connection.js'
import { fileArguments } from './file-arguments.js'
import { branchArgument, mountArgument } from './mount-arguments.js'
import { branchLabel, commitMountNameOf, commitUri, mountNameOf } from './mount-naming.js'
import { mountedPath } from './mounted-path.js'

test('a mount is named after project and repo, and after a branch that is not master', () => {
  expect(mountNameOf({ project: 'default', repo: 'images', branch: 'master' })).toBe('default_images')
  expect(mountNameOf({ project: 'vision', repo: 'images', branch: 'dev' })).toBe('vision_images_dev')
})

test('a branch with a slash gives a name that can be a directory', () => {
  expect(mountNameOf({ project: 'a', repo: 'b', branch: 'feature/x' })).toBe('a_b_feature-x')
})

test('a label leaves the default project out', () => {
  expect(branchLabel({ project: 'default', repo: 'images', branch: 'dev' })).toBe('images@dev')
  expect(branchLabel({ project: 'vision', repo: 'images', branch: 'dev' })).toBe('vision/images@dev')
})

test('the path of a file is the one that a kernel sees', () => {
  const mounts = [mountEntry({ name: 'images', mountpoint: '/home/ana/pfs/images' })]

  expect(mountedPath('images/train/a.csv', mounts)).toBe('/home/ana/pfs/images/train/a.csv')
  expect(mountedPath('images', mounts)).toBe('/home/ana/pfs/images')
})

test('a mount-server that names no mountpoint uses /pfs', () => {
  expect(mountedPath('images/a.csv', [mountEntry({ name: 'images', mountpoint: '' })])).toBe('/pfs/images/a.csv')
})

test('code for a table reads it with pandas, and quotes what Python needs quoted', () => {
  expect(readingCode('/pfs/a/"b".csv', 'file')).toBe('import pandas as pd\n\ndf = pd.read_csv("/pfs/a/\\"b\\".csv")\ndf.head()')
})

test('code for a directory lists it, and for unknown bytes reads them', () => {
  expect(readingCode('/pfs/a', 'directory')).toContain('Path("/pfs/a").iterdir()')
  expect(readingCode('/pfs/a/x.dat', 'file')).toContain('open("/pfs/a/x.dat", "rb")')
})

test('a command on a file without a path is refused', () => {
  expect(() => fileArguments({ kind: 'file' })).toThrow(TypeError)
  expect(fileArguments({ path: 'a/b', kind: 'nonsense' })).toEqual({ path: 'a/b', kind: 'file' })
})

test('certificates in PEM are sent as base64, and base64 as it is', () => {
  expect(atob(serverCasFrom('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----'))).toContain('BEGIN CERTIFICATE')
  expect(serverCasFrom(' LS0t ')).toBe('LS0t')
})

test('a commit is written as the tools of Pachyderm take it, and mounted beside its branch', () => {
  const ref = { project: 'vision', repo: 'images', branch: 'dev' }

  expect(commitUri(ref, 'abc')).toBe('vision/images@dev=abc')
  expect(commitUri(ref, '')).toBe('vision/images@dev')
  expect(commitMountNameOf(ref, '0123456789abcdef')).toBe('vision_images_dev_01234567')
})

test('a command on a mount needs one that is mounted', () => {
  const mounts = [mountEntry({ name: 'a' })]

  expect(mountArgument({ mountName: 'a' }, mounts)).toBe(mounts[0])
  expect(() => mountArgument({ mountName: 'b' }, mounts)).toThrow('Nothing is mounted as "b"')
})

test('a command on a branch means master of the default project unless told otherwise', () => {
  expect(branchArgument({ repo: 'images' })).toEqual({ project: 'default', repo: 'images', branch: 'master' })
  expect(() => branchArgument({})).toThrow(TypeError)
})

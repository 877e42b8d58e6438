import { describe, expect, test } from 'vitest'

import { mountEntry } from '../../tests/scripted-mount-server.js'
import { serverCasFrom } from './connection.js'
import { fileArguments, someFiles } from './file-arguments.js'
import { nothingSelected } from './list-selection.js'
import { mountArgument, mountSpecArgument, someMount, someTarget, targetArgument } from './mount-arguments.js'
import { branchLabel, commitLabel, commitMountNameOf, commitUri, fileUri, mountNameOf } from './mount-naming.js'
import { mountedPath } from './mounted-path.js'
import { PanelSelection } from './panel-selection.js'

const nothingChosen = new PanelSelection().state

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

test('a command on a file without a path is refused', () => {
  expect(() => someFiles({ kind: 'file' }, { status: 'none' }, nothingChosen)).toThrow(TypeError)
  expect(someFiles({ path: 'a/b', kind: 'nonsense' }, { status: 'none' }, nothingChosen)).toEqual([{ path: 'a/b', kind: 'file' }])
})

test('a command on files without an argument means those that are chosen and still there', () => {
  const entries = ['m/a', 'm/b'].map(path => ({ path, name: path.slice(2), kind: 'file' as const, sizeBytes: 1, modified: '' }))
  const files = { status: 'ready' as const, path: 'm', search: '', entries, total: 2, next: null, isWritable: false, isLoadingMore: false }

  expect(fileArguments({}, files, { ...nothingChosen, files: { ...nothingSelected, keys: new Set(['m/b', 'm/gone']) } })).toEqual([entries[1]])
})

test('a file is written as the tools of Pachyderm take it', () => {
  expect(fileUri({ project: 'vision', repo: 'images', branch: 'dev' }, 'train/a.png')).toBe('vision/images@dev:/train/a.png')
})

test('certificates in PEM are sent as base64, and base64 as it is', () => {
  expect(atob(serverCasFrom('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----'))).toContain('BEGIN CERTIFICATE')
  expect(serverCasFrom(' LS0t ')).toBe('LS0t')
})

test('a commit is written as the tools of Pachyderm take it, and mounted beside its branch', () => {
  const ref = { project: 'vision', repo: 'images', branch: 'dev' }

  expect(commitUri(ref, 'abc')).toBe('vision/images@dev=abc')
  expect(commitUri(ref, '')).toBe('vision/images@dev')
  expect(commitLabel({ ...ref, commit: '0123456789' })).toBe('vision/images@dev=01234567')
  expect(commitMountNameOf(ref, '0123456789abcdef')).toBe('vision_images_dev_01234567')
})

describe('a command on a mount', () => {
  const mounts = [mountEntry({ name: 'a' }), mountEntry({ name: 'b' })]

  test('means the one that is named, else the one chosen in the panel', () => {
    expect(mountArgument({ mountName: 'a' }, mounts, { ...nothingChosen, mountName: 'b' })).toBe(mounts[0])
    expect(mountArgument({}, mounts, { ...nothingChosen, mountName: 'b' })).toBe(mounts[1])
  })

  test('means the only one where nothing is chosen, and none of several', () => {
    expect(mountArgument({}, mounts.slice(1), nothingChosen)).toBe(mounts[1])
    expect(mountArgument({}, mounts, nothingChosen)).toBeUndefined()
  })

  test('is refused when there is no such mount', () => {
    expect(() => someMount({ mountName: 'c' }, mounts, nothingChosen)).toThrow('Nothing is mounted as "c"')
    expect(() => someMount({}, mounts, nothingChosen)).toThrow(TypeError)
  })
})

describe('a command on a branch', () => {
  const target = { project: 'vision', repo: 'models', branch: 'v2', isWritable: true }

  test('means master of the default project unless told otherwise', () => {
    expect(targetArgument({ repo: 'images' }, nothingChosen)).toEqual({ project: 'default', repo: 'images', branch: 'master', isWritable: true })
  })

  test('means what is chosen in the panel when no repo is named', () => {
    expect(targetArgument({}, { ...nothingChosen, target })).toBe(target)
    expect(() => someTarget({}, nothingChosen)).toThrow(TypeError)
  })

  test('mounts under the name and in the way that the arguments say', () => {
    expect(mountSpecArgument({ mode: 'rw', name: 'here' }, { ...nothingChosen, target })).toEqual({ name: 'here', project: 'vision', repo: 'models', branch: 'v2', mode: 'rw' })
    expect(mountSpecArgument({ follow: true }, { ...nothingChosen, target })).toMatchObject({ name: 'vision_models_v2', mode: 'ro', follow: true })
    expect(mountSpecArgument({ repo: 'images', commit: 'abcdef0123456789' }, nothingChosen)).toMatchObject({ name: 'default_images_abcdef01', commit: 'abcdef0123456789', mode: 'ro' })
  })
})

test('a commit of an unknown branch is named by its repo', () => {
  const ref = { project: 'default', repo: 'images', branch: '' }
  const commit = '0123456789abcdef'.repeat(2)

  expect([branchLabel(ref), commitLabel({ ...ref, commit }), commitUri(ref, commit), commitMountNameOf(ref, commit)]).toEqual(['images', 'images@01234567', `default/images@${commit}`, 'default_images_01234567'])
})

import { beforeEach, describe, expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { mountEntry, ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { MountModel } from './mount-model.js'

let server: ScriptedMountServer
let model: MountModel
beforeEach(() => {
  server = new ScriptedMountServer()
  model = new MountModel(server.client, server.serverHalf, english)
})

describe('refresh', () => {
  test('the first one asks for the cluster and then for the data; later ones for the data alone', async () => {
    await model.refresh()
    await model.refresh()

    expect(server.seen).toEqual(['GET /config', 'GET /mounts', 'GET /mounts'])
    expect(model.state.connection).toEqual({ status: 'connected', address: 'grpc://pachd:30650', secured: false })
  })

  test('callers at the same time share one question', async () => {
    await Promise.all([model.refresh(), model.refresh(), model.refresh()])

    expect(server.seen).toEqual(['GET /config', 'GET /mounts'])
  })

  test('without an address there is no cluster yet', async () => {
    server.config = { cluster_status: 'INVALID' }

    await model.refresh()

    expect(model.state.connection).toEqual({ status: 'disconnected' })
  })

  test('an address where no pachd answers is unreachable', async () => {
    server.config = { cluster_status: 'INVALID', pachd_address: 'grpc://gone:1' }

    await model.refresh()

    expect(model.state.connection).toEqual({ status: 'unreachable', address: 'grpc://gone:1' })
  })

  test('a pachd that went away later is unreachable, and what was listed stays', async () => {
    await model.refresh()
    server.refuse('GET /mounts', 500, 'connection refused')
    server.config = { cluster_status: 'INVALID', pachd_address: 'grpc://pachd:30650' }

    await model.refresh()

    expect(model.state.connection.status).toBe('unreachable')
    expect(model.state.repos).toHaveLength(1)
  })

  test('it finds back by itself when the data comes again', async () => {
    server.refuse('GET /mounts', 500, 'a hiccup')
    await model.refresh()
    expect(model.state.connection).toEqual({ status: 'failed', reason: 'a hiccup' })
    server.refuse('GET /mounts')

    await model.refresh()

    expect(model.state.connection.status).toBe('connected')
  })

  test('401 asks for a login and shows no data', async () => {
    await model.refresh()
    server.refuse('GET /mounts', 401, 'user unauthenticated')

    await model.refresh()

    expect(model.state.connection).toEqual({ status: 'logged-out', address: 'grpc://pachd:30650' })
    expect(model.state.repos).toEqual([])
  })

  test('a mount-server that is not there is told in its own words', async () => {
    server.refuse('GET /config', 503, 'mount-server is not installed', 'NO_MOUNT_SERVER')

    await model.refresh()

    expect(model.state.connection).toEqual({ status: 'no-server', missing: 'mount-server', reason: 'mount-server is not installed' })
  })
})

describe('mount', () => {
  test('it is mounting until mount-server says that it is mounted', async () => {
    const release = server.hold('PUT /_mount')
    const done = model.mount({ name: 'default_images', repo: 'images' })
    expect(model.state.progress.get('default_images')).toBe('mounting')
    expect(model.state.mounts).toEqual([])

    release()
    await done

    expect(model.state.progress.size).toBe(0)
    expect(model.state.mounts.map(mount => mount.name)).toEqual(['default_images'])
  })

  test('a refusal is kept under the name, and the next try clears it', async () => {
    server.refuse('PUT /_mount', 400, 'no such branch')
    await model.mount({ name: 'default_images', repo: 'images' })
    expect(model.state.problems.get('default_images')).toBe('no such branch')
    expect(model.state.progress.size).toBe(0)
    server.refuse('PUT /_mount')

    await model.mount({ name: 'default_images', repo: 'images' })

    expect(model.state.problems.size).toBe(0)
  })

  test('a second click while it is mounting sends nothing', async () => {
    const release = server.hold('PUT /_mount')
    const first = model.mount({ name: 'default_images', repo: 'images' })

    await model.mount({ name: 'default_images', repo: 'images' })
    release()
    await first

    expect(server.seen.filter(request => request === 'PUT /_mount')).toHaveLength(1)
  })

  test('an older listing that comes later does not undo it', async () => {
    await model.refresh()
    const release = server.hold('GET /mounts')
    const listing = model.refresh()
    await model.mount({ name: 'default_images', repo: 'images' })

    release()
    await listing

    expect(model.state.mounts.map(mount => mount.name)).toEqual(['default_images'])
  })
})

describe('a mount', () => {
  test('a refused unmount leaves it, with the reason', async () => {
    server.mounts = [mountEntry({ name: 'default_images' })]
    await model.refresh()
    server.refuse('PUT /_unmount', 500, 'a program still reads there')

    await model.unmount('default_images')

    expect(model.state.mounts).toHaveLength(1)
    expect(model.state.problems.get('default_images')).toBe('a program still reads there')
  })

  test('an update asks for the head of the branch under the same name', async () => {
    server.mounts = [mountEntry({ name: 'old', repo: 'images', branch: 'dev', how_many_commits_behind: 2 })]
    await model.refresh()

    await model.update('old')

    expect(server.seen.at(-1)).toBe('PUT /mounts/old/_update')
    expect(model.state.mounts).toMatchObject([{ name: 'old', branch: 'dev', how_many_commits_behind: 0 }])
  })
})

describe('a writable mount', () => {
  test('a commit that is refused tells why and leaves the mount as it was', async () => {
    server.mounts = [mountEntry({ name: 'out', mode: 'rw' })]
    await model.refresh()
    server.refuse('PUT /_commit', 500, 'pachd is away')

    await model.commit('out')

    expect(model.state.problems.get('out')).toBe('pachd is away')
    expect(model.state.mounts).toHaveLength(1)
  })

  test('it is committing until the commit is made', async () => {
    server.mounts = [mountEntry({ name: 'out', mode: 'rw' })]
    await model.refresh()
    const release = server.hold('PUT /_commit')
    const done = model.commit('out')
    expect(model.state.progress.get('out')).toBe('committing')

    release()
    await done

    expect(model.state.progress.size).toBe(0)
  })
})

describe('connect', () => {
  test.each(['grpc://a', 'grpcs://a', 'http://a', 'https://a', 'unix:///a'])('%s is sent', async address => {
    expect(await model.connect(` ${address} `)).toBeUndefined()
    expect(server.seen[0]).toBe('PUT /config')
  })

  test('an address without a scheme is not sent', async () => {
    expect(await model.connect('pachd.example.com')).toBe('Cluster address should start with grpc://, grpcs://, http://, https:// or unix://')
    expect(server.seen).toEqual([])
  })

  test('a refusal is told in the words of mount-server', async () => {
    server.refuse('PUT /config', 500, 'grpc://a:1 does not answer')

    expect(await model.connect('grpc://a:1')).toBe('grpc://a:1 does not answer')
  })

  test('a cluster without pachd is an invalid address', async () => {
    server.config = { cluster_status: 'INVALID' }

    expect(await model.connect('grpc://a:1')).toContain('Invalid address.')
  })
})

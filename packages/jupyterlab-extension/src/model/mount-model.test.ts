import type { FollowedEvent, Snapshot } from '@jupyterlab-pachyderm/mount-api'
import { beforeEach, describe, expect, test } from 'vitest'

import { mountEntry, ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { MountModel } from './mount-model.js'

let server: ScriptedMountServer
let model: MountModel
beforeEach(() => {
  server = new ScriptedMountServer()
  model = new MountModel(server.client)
})

describe('refresh', () => {
  test('the first one asks for the cluster and then for the data; later ones for the data alone', async () => {
    await model.refresh()
    await model.refresh()

    expect(server.seen).toEqual(['GET /config', 'GET /mounts', 'GET /mounts'])
    expect(model.state.connection).toEqual({ status: 'connected', address: 'grpc://pachd:30650', secured: false })
  })

  test('repos are listed when the cluster has told them, and those of another are not', async () => {
    expect(model.state.isListed).toBe(false)
    await model.refresh()
    expect(model.state.isListed).toBe(true)

    const again = model.reset()

    expect(model.state.isListed).toBe(false)
    await again
    expect(model.state.isListed).toBe(true)
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

describe('what mount-server tells', () => {
  const snapshot = (part: Partial<Snapshot> = {}): FollowedEvent => ({
    type: 'snapshot',
    data: {
      connection: { state: 'connected', pachd_address: 'grpc://pachd:30650', user: 'robot:ana' },
      mounts: { mounted: [mountEntry({ name: 'default_images' })] },
      datums: { input: null, idx: 0, num_datums: 0, all_datums_received: false, curr_idx: 0 },
      transfers: { transfers: [] },
      ...part,
    },
  })

  test('a snapshot holds the mounts and the user; only the repos are asked for', async () => {
    await model.hear(snapshot())

    expect(server.seen).toEqual(['GET /mounts'])
    expect(model.state.connection).toEqual({ status: 'connected', address: 'grpc://pachd:30650', secured: true, user: 'robot:ana' })
    expect(model.state.repos).toHaveLength(1)
  })

  test('a change of the mounts asks nothing', async () => {
    await model.hear(snapshot())
    server.seen.length = 0

    await model.hear({ type: 'mounts', data: { mounted: [mountEntry({ name: 'default_images', how_many_commits_behind: 3 })] } })

    expect(model.state.mounts).toMatchObject([{ how_many_commits_behind: 3 }])
    expect(server.seen).toEqual([])
  })

  test('what is uncommitted stays known when an answer does not tell it', async () => {
    server.mounts = [mountEntry({ name: 'out', mode: 'rw' })]
    const uncommitted = { added: 2, changed: 0, deleted: 1 }
    await model.hear(snapshot({ mounts: { mounted: [mountEntry({ name: 'out', mode: 'rw', uncommitted })] } }))

    await model.refresh()

    expect(model.state.mounts).toMatchObject([{ name: 'out', uncommitted }])
  })

  test('how far a commit is stays known, until the commit is over', async () => {
    server.mounts = [mountEntry({ name: 'out', mode: 'rw' })]
    const committing = { files_done: 0, files_total: 1, bytes_done: 14, bytes_total: 67 }
    await model.hear(snapshot({ mounts: { mounted: [mountEntry({ name: 'out', mode: 'rw', committing })] } }))

    await model.refresh()
    expect(model.state.mounts).toMatchObject([{ name: 'out', committing }])
    await model.commit('out')

    expect(model.state.mounts[0]?.committing).toBeUndefined()
  })

  test.each([
    [{ state: 'none', pachd_address: null, user: null, message: 'no context' }, { status: 'disconnected', reason: 'no context' }],
    [{ state: 'unreachable', pachd_address: 'grpc://a', user: null, message: 'refused' }, { status: 'unreachable', address: 'grpc://a', reason: 'refused' }],
    [{ state: 'logged-out', pachd_address: 'grpc://a', user: null }, { status: 'logged-out', address: 'grpc://a' }],
    [{ state: 'starting', pachd_address: null, user: null }, { status: 'loading' }],
  ] as const)('%j is taken as it is', async (data, connection) => {
    await model.hear({ type: 'connection', data })

    expect(model.state.connection).toEqual(connection)
  })

  test('a pachd that comes back is asked for its repos', async () => {
    await model.hear({ type: 'connection', data: { state: 'unreachable', pachd_address: 'grpc://a', user: null } })
    expect(server.seen).toEqual([])

    await model.hear({ type: 'connection', data: { state: 'connected', pachd_address: 'grpc://a', user: null } })

    expect(server.seen).toEqual(['GET /mounts'])
  })

  test('an answer that was asked for before does not undo it', async () => {
    const release = server.hold('GET /mounts')
    const asking = model.refresh()
    await model.hear({ type: 'connection', data: { state: 'logged-out', pachd_address: 'grpc://pachd:30650', user: null } })
    await model.hear({ type: 'mounts', data: { mounted: [mountEntry({ name: 'new' })] } })

    release()
    await asking

    expect(model.state.connection.status).toBe('logged-out')
    expect(model.state.mounts).toMatchObject([{ name: 'new' }])
  })

  test('when the stream is lost, the reason is asked for', async () => {
    server.refuse('GET /config', 503, 'mount-server stopped', 'NO_MOUNT_SERVER')

    await model.hear({ type: 'lost', reason: new Error('503') })

    expect(model.state.connection).toEqual({ status: 'no-server', missing: 'mount-server', reason: 'mount-server stopped' })
  })
})

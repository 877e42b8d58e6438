import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { english } from '../../tests/english.js'
import { ScriptedMountServer } from '../../tests/scripted-mount-server.js'
import { MountModel } from './mount-model.js'
import { SessionModel } from './session-model.js'

let server: ScriptedMountServer
let mounts: MountModel
let session: SessionModel
beforeEach(() => {
  server = new ScriptedMountServer()
  mounts = new MountModel(server.client)
  session = new SessionModel(server.client, server.serverHalf, mounts, english, { askAgainMs: 1, patienceMs: 60_000 })
})
afterEach(() => session.dispose())

describe('connect', () => {
  test.each(['grpc://a', 'grpcs://a', 'http://a', 'https://a', 'unix:///a'])('%s is sent', async address => {
    expect(await session.connect(` ${address} `)).toBeUndefined()
    expect(server.seen[0]).toBe('PUT /config')
  })

  test('an address without a scheme is not sent', async () => {
    expect(await session.connect('pachd.example.com')).toBe('Cluster address should start with grpc://, grpcs://, http://, https:// or unix://')
    expect(server.seen).toEqual([])
  })

  test('a refusal is told in the words of mount-server', async () => {
    server.refuse('PUT /config', 500, 'grpc://a:1 does not answer')

    expect(await session.connect('grpc://a:1')).toBe('grpc://a:1 does not answer')
  })

  test('a cluster without pachd is an invalid address', async () => {
    server.config = { cluster_status: 'INVALID' }

    expect(await session.connect('grpc://a:1')).toContain('Invalid address.')
  })
})

describe('a context', () => {
  test('is changed to, and what is known of the way there is asked for anew', async () => {
    await mounts.refresh()
    await vi.waitFor(() => expect(session.state.contexts?.connected).toBe('home'))

    expect(await session.activate('work')).toBeUndefined()

    await vi.waitFor(() => expect(session.state.contexts?.connected).toBe('work'))
    expect(mounts.state.connection.status).toBe('connected')
  })

  test('that cannot be used says why, and nothing changes', async () => {
    await mounts.refresh()
    server.refuse('PUT /contexts/_activate', 404, 'no context "gone"')

    expect(await session.activate('gone')).toBe('no context "gone"')
    expect(mounts.state.connection.status).toBe('connected')
  })
})

describe('a login', () => {
  const logOut = async () => {
    server.refuse('GET /mounts', 401, 'user unauthenticated')
    await mounts.refresh()
  }

  test('is waited for until the user has done it', async () => {
    await logOut()
    const opened = vi.fn(() => true)
    const done = session.login(opened)
    await vi.waitFor(() => expect(session.state.login).toEqual({ address: 'https://login', isBlocked: false }))
    expect(opened).toHaveBeenCalledWith('https://login')

    server.refuse('GET /mounts')
    await done

    expect(session.state.login).toBeUndefined()
    expect(mounts.state.connection.status).toBe('connected')
  })

  test('whose window was blocked leaves its address to click on', async () => {
    await logOut()
    const done = session.login(() => false)

    await vi.waitFor(() => expect(session.state.login).toEqual({ address: 'https://login', isBlocked: true }))
    session.cancelLogin()
    await done
  })

  test('that is cancelled is not waited for any more', async () => {
    await logOut()
    const done = session.login(() => true)
    await vi.waitFor(() => expect(session.state.login).toBeDefined())

    session.cancelLogin()
    await done

    expect(session.state).toMatchObject({ login: undefined, problem: undefined })
    expect(mounts.state.connection.status).toBe('logged-out')
  })

  test('that nobody does comes to an end', async () => {
    const impatient = new SessionModel(server.client, server.serverHalf, mounts, english, { askAgainMs: 1, patienceMs: 5 })
    await logOut()

    await impatient.login(() => true)

    expect(impatient.state).toMatchObject({ login: undefined, problem: 'Nobody has logged in for five minutes. Try again.' })
    impatient.dispose()
  })

  test('that the cluster does not have says so', async () => {
    await logOut()
    server.refuse('PUT /auth/_login', 400, 'there is no identity provider')

    await session.login(() => true)

    expect(session.state).toMatchObject({ login: undefined, problem: 'there is no identity provider' })
  })

  test('that has expired is told from one that there never was', async () => {
    server.auth = { state: 'expired', user: null }

    await logOut()

    await vi.waitFor(() => expect(session.state.auth?.state).toBe('expired'))
  })

  test('by a token ends the waiting for a window', async () => {
    await logOut()
    const done = session.login(() => true)
    await vi.waitFor(() => expect(session.state.login).toBeDefined())
    server.refuse('GET /mounts')

    expect(await session.loginWithToken(' secret ')).toBeUndefined()
    await done

    expect(server.bodies).toContainEqual({ session_token: 'secret' })
    expect(mounts.state.connection.status).toBe('connected')
  })

  test('by a token that is refused says why', async () => {
    await logOut()
    server.refuse('PUT /auth/_login_with_token', 400, 'the token is not known')

    expect(await session.loginWithToken('x')).toBe('the token is not known')
  })
})

test('a logout asks anew what there is', async () => {
  await mounts.refresh()
  server.seen.length = 0

  expect(await session.logout()).toBeUndefined()

  expect(server.seen.slice(0, 3)).toEqual(['PUT /auth/_logout', 'GET /config', 'GET /mounts'])
})

test('without mount-server only Jupyter is asked how it is', async () => {
  server.refuse('GET /config', 503, 'mount-server is not installed', 'NO_MOUNT_SERVER')

  await mounts.refresh()

  await vi.waitFor(() => expect(session.state.server?.way).toBe('fuse'))
  expect(server.seen).toEqual(['GET /config', 'GET /mount-server'])
})

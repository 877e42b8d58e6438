// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { Connection } from '../src/model/connection.js'
import type { SessionState } from '../src/model/session-model.js'
import { ConnectionArea } from '../src/widgets/ConnectionArea.js'
import { english } from './english.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

describe('the connection', () => {
  const session: SessionState = { contexts: undefined, versions: undefined, auth: undefined, server: undefined, login: undefined, leaving: false, problem: undefined }
  const nobody = () => Promise.resolve(undefined)
  const actions = { onConnect: nobody, onActivate: nobody, onRefresh: vi.fn(), onLogin: vi.fn(), onCancelLogin: vi.fn(), onToken: nobody, onLogout: vi.fn(), onRestart: vi.fn(), onShowLog: vi.fn() }
  const area = (connection: Connection, parts: Partial<Parameters<typeof ConnectionArea>[0]> = {}) => <ConnectionArea connection={connection} session={session} trans={english} {...actions} {...parts} />

  test('without a cluster the form asks for its address', () => {
    render(area({ status: 'disconnected' }))

    expect(screen.getByTestId('Config__pachdAddressInput')).toHaveProperty('value', '')
    expect(screen.getByTestId('Config__pachdAddressSubmit')).toHaveProperty('disabled', true)
    expect(screen.queryByTestId('Config__pachdAddressCancel')).toBeNull()
    expect(screen.queryByTestId('Config__back')).toBeNull()
  })

  test('with one the form is left without a change', () => {
    render(area({ status: 'connected', address: 'grpc://a', secured: false }))
    fireEvent.click(screen.getByTestId('Config__pachdAddressUpdate'))

    fireEvent.click(screen.getByTestId('Config__back'))

    expect(screen.queryByTestId('Config__pachdAddressInput')).toBeNull()
  })

  test('a refused address stays in the field, with the reason', async () => {
    render(area({ status: 'disconnected' }, { onConnect: () => Promise.resolve('Nobody answers there.') }))

    fireEvent.change(screen.getByTestId('Config__pachdAddressInput'), { target: { value: 'grpc://x' } })
    fireEvent.click(screen.getByTestId('Config__pachdAddressSubmit'))

    await screen.findByText('Nobody answers there.')
    expect(screen.getByTestId('Config__pachdAddressInput')).toHaveProperty('value', 'grpc://x')
  })

  test('what is typed survives a change of the connection in the background', () => {
    const { rerender } = render(area({ status: 'connected', address: 'grpc://a', secured: false }))
    fireEvent.click(screen.getByTestId('Config__pachdAddressUpdate'))
    fireEvent.change(screen.getByTestId('Config__pachdAddressInput'), { target: { value: 'grpc://half-typ' } })

    rerender(area({ status: 'unreachable', address: 'grpc://a' }))

    expect(screen.getByTestId('Config__pachdAddressInput')).toHaveProperty('value', 'grpc://half-typ')
  })

  test('certificates are sent only while they are shown', async () => {
    const onConnect = vi.fn(() => Promise.resolve(undefined))
    render(area({ status: 'disconnected' }, { onConnect }))
    fireEvent.change(screen.getByTestId('Config__pachdAddressInput'), { target: { value: 'grpcs://x' } })
    fireEvent.click(screen.getByTestId('Config__advancedSettingsToggle'))
    fireEvent.change(screen.getByTestId('Config__serverCaInput'), { target: { value: 'PEM' } })

    fireEvent.click(screen.getByTestId('Config__pachdAddressSubmit'))

    await waitFor(() => expect(onConnect).toHaveBeenCalledWith('grpcs://x', 'PEM'))
  })

  test('what is typed survives that the form is not shown for a while', () => {
    const { rerender } = render(area({ status: 'disconnected' }))
    fireEvent.change(screen.getByTestId('Config__pachdAddressInput'), { target: { value: 'grpc://half-typ' } })

    rerender(area({ status: 'no-server', missing: 'jupyter', reason: 'Jupyter does not answer.' }))
    rerender(area({ status: 'disconnected' }))

    expect(screen.getByTestId('Config__pachdAddressInput')).toHaveProperty('value', 'grpc://half-typ')
  })

  test('logged out, the next step is a login; a failed one says why', () => {
    render(area({ status: 'logged-out', address: 'grpc://a' }, { session: { ...session, problem: 'The cluster has no identity provider.' } }))

    fireEvent.click(screen.getByTestId('Config__login'))

    expect(actions.onLogin).toHaveBeenCalledOnce()
    expect(screen.queryByText('The cluster has no identity provider.')).not.toBeNull()
  })

  test('a window that the browser did not open is a link, and the login can be given up', () => {
    render(area({ status: 'logged-out', address: 'grpc://a' }, { session: { ...session, login: { address: 'https://login/', isBlocked: true } } }))

    expect(screen.getByTestId('Config__loginLink')).toHaveProperty('href', 'https://login/')
    fireEvent.click(screen.getByTestId('Config__loginCancel'))
    expect(actions.onCancelLogin).toHaveBeenCalledOnce()
    expect(screen.queryByTestId('Config__login')).toBeNull()
  })

  test('a refused token stays in the field, with the reason', async () => {
    render(area({ status: 'logged-out', address: 'grpc://a' }, { onToken: () => Promise.resolve('pachd does not know it.') }))

    fireEvent.change(screen.getByTestId('Config__token'), { target: { value: 'abc' } })
    fireEvent.click(screen.getByTestId('Config__tokenSubmit'))

    await screen.findByText('pachd does not know it.')
    expect(screen.getByTestId('Config__token')).toHaveProperty('value', 'abc')
  })

  test('a login that has expired is not called one that is missing', () => {
    render(area({ status: 'logged-out', address: 'grpc://a' }, { session: { ...session, auth: { state: 'expired', user: null } } }))

    expect(screen.queryByText('Your login has expired')).not.toBeNull()
  })

  const contexts = {
    file: '/home/ana/.pachyderm/config.json',
    active: 'home',
    connected: 'home',
    contexts: [
      { name: 'home', pachd_address: 'grpc://home', has_token: true, project: null },
      { name: 'work', pachd_address: 'grpc://work', has_token: false, project: null },
    ],
  }
  const server = { problem: '', lines: [], way: 'none', reason: '/dev/fuse is not there.', mount_dir: '/pfs', address: '/run/sock', version: '0.1.0' } as const

  test('the details name the context, the user, the way to the data and what runs', () => {
    const versions = { version: '0.1.0', api_compat: '2.8', pachd: { version: '2.12.2', pachd_address: 'grpc://home' } }
    render(area({ status: 'connected', address: 'grpc://home', secured: true, user: 'user:ana@example.com' }, { session: { ...session, contexts, server, versions } }))
    expect(screen.getByTestId('Config__user').textContent).toContain('ana@example.com')
    fireEvent.click(screen.getByTestId('Config__details'))

    const told = screen.getByTestId('Config__detailsList').textContent
    for (const text of ['user:ana@example.com', 'without a mount', '/dev/fuse is not there.', contexts.file, '2.12.2']) expect(told).toContain(text)
  })

  test('another context is chosen; why it cannot be used is told beside it', async () => {
    const onActivate = vi.fn(() => Promise.resolve('grpc://work does not answer'))
    render(area({ status: 'connected', address: 'grpc://home', secured: false }, { session: { ...session, contexts }, onActivate }))
    fireEvent.click(screen.getByTestId('Config__details'))

    fireEvent.change(screen.getByTestId('Config__context'), { target: { value: 'work' } })

    await screen.findByText('grpc://work does not answer')
    expect(onActivate).toHaveBeenCalledWith('work')
    expect(screen.getByTestId('Config__context')).toHaveProperty('value', 'home')
  })

  test('where nothing can be mounted, the panel says what notebooks do instead, and why', () => {
    const { rerender } = render(area({ status: 'connected', address: 'grpc://a', secured: false }, { session: { ...session, server } }))
    expect(screen.getByTestId('Config__withoutMount').textContent).toContain('/dev/fuse is not there.')

    rerender(area({ status: 'connected', address: 'grpc://a', secured: false }, { session: { ...session, server: { ...server, way: 'fuse' } } }))

    expect(screen.queryByTestId('Config__withoutMount')).toBeNull()
  })

  test('logging out is possible only where users are known', () => {
    const { rerender } = render(area({ status: 'connected', address: 'grpc://a', secured: false }))
    expect(screen.queryByTestId('Config__logout')).toBeNull()

    rerender(area({ status: 'connected', address: 'grpc://a', secured: true }))

    expect(screen.queryByTestId('Config__logout')).not.toBeNull()
  })

  test('a mount-server that somebody else starts can be asked for again', () => {
    render(area({ status: 'no-server', missing: 'sidecar', reason: 'No mount-server answers at /tmp/pfs.sock.' }))

    fireEvent.click(screen.getByText('Retry'))

    expect(actions.onRefresh).toHaveBeenCalledOnce()
    expect(screen.queryByText('Start mount-server')).toBeNull()
  })

  test('an error shows its reason and a way on', () => {
    render(area({ status: 'no-server', missing: 'mount-server', reason: 'mount-server is not installed' }))

    expect(screen.getByTestId('FullPageError__message').textContent).toBe('mount-server is not installed')
    fireEvent.click(screen.getByText('Start mount-server'))
    fireEvent.click(screen.getByText('Show log'))
    expect(actions.onRestart).toHaveBeenCalledOnce()
    expect(actions.onShowLog).toHaveBeenCalledOnce()
  })
})

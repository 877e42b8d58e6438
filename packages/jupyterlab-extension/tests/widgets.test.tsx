// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { Connection } from '../src/model/connection.js'
import type { FilesState } from '../src/model/files-model.js'
import type { SessionState } from '../src/model/session-model.js'
import { ConnectionArea } from '../src/widgets/ConnectionArea.js'
import { FileBrowser } from '../src/widgets/FileBrowser.js'
import { MountedList } from '../src/widgets/MountedList.js'
import { RepoBrowser } from '../src/widgets/RepoBrowser.js'
import { english } from './english.js'
import { mountEntry, repoEntry } from './scripted-mount-server.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

const nothing = new Map<string, never>()

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

  test('an error shows its reason and a way on', () => {
    render(area({ status: 'no-server', missing: 'mount-server', reason: 'mount-server is not installed' }))

    expect(screen.getByTestId('FullPageError__message').textContent).toBe('mount-server is not installed')
    fireEvent.click(screen.getByText('Start mount-server'))
    fireEvent.click(screen.getByText('Show log'))
    expect(actions.onRestart).toHaveBeenCalledOnce()
    expect(actions.onShowLog).toHaveBeenCalledOnce()
  })
})

describe('what is mounted', () => {
  const actions = { onShow: vi.fn(), onUnmount: vi.fn(), onUpdate: vi.fn(), onCommit: vi.fn(), onDismiss: vi.fn() }
  const list = (parts: Partial<Parameters<typeof MountedList>[0]>) => (
    <MountedList mounts={[]} progress={nothing} problems={nothing} shown={undefined} trans={english} {...actions} {...parts} />
  )

  test.each([
    [0, 'up to date'],
    [1, '1 commit behind'],
    [2, '2 commits behind'],
  ])('%i commits behind reads "%s"', (behind, text) => {
    render(list({ mounts: [mountEntry({ name: 'a', how_many_commits_behind: behind })] }))

    expect(screen.getByTestId('ListItem__commitBehindness').textContent).toContain(text)
    expect(screen.queryAllByTestId('ListItem__update')).toHaveLength(behind > 0 ? 1 : 0)
  })

  test('a click on the name shows its files, and one on the cross unmounts it', () => {
    render(list({ mounts: [mountEntry({ name: 'a' })] }))

    fireEvent.click(screen.getByText('a'))
    fireEvent.click(screen.getByTestId('ListItem__unmount'))

    expect(actions.onShow).toHaveBeenCalledWith('a')
    expect(actions.onUnmount).toHaveBeenCalledWith('a')
  })

  test('a mount in error tells its status and can still be unmounted', () => {
    render(list({ mounts: [mountEntry({ name: 'a', state: 'error', status: 'error mounting branch' })] }))

    expect(screen.getByTestId('ListItem__statusIcon').title).toBe('Error: error mounting branch')
    expect(screen.getByRole('alert').textContent).toBe('error mounting branch')
    expect(screen.getByTestId('ListItem__unmount')).toHaveProperty('disabled', false)
  })

  test('while it is unmounted nothing else can be done with it', () => {
    render(list({ mounts: [mountEntry({ name: 'a' })], progress: new Map([['a', 'unmounting']]) }))

    expect(screen.getByTestId('ListItem__status').textContent).toBe('Unmounting…')
    expect(screen.getByTestId('ListItem__unmount')).toHaveProperty('disabled', true)
  })

  test('only a writable mount can be committed', () => {
    render(list({ mounts: [mountEntry({ name: 'a' }), mountEntry({ name: 'b', mode: 'rw' })] }))

    expect(screen.getAllByTestId('ListItem__commit').map(button => button.title)).toEqual(['Commit what was written to b'])
  })
})

describe('the repositories', () => {
  const repos = [repoEntry({ repo: 'images', branches: ['master', 'dev'] }), repoEntry({ project: 'lab', repo: 'secret', branches: null, authorization: 'none' }), repoEntry({ repo: 'hollow', branches: null })]
  const browser = (onMount = vi.fn(), parts: Partial<Parameters<typeof RepoBrowser>[0]> = {}) => <RepoBrowser repos={repos} mounts={[]} progress={nothing} onMount={onMount} onMountCommit={() => {}} trans={english} {...parts} />

  test('Mount mounts the default branch to read', () => {
    const onMount = vi.fn()
    render(browser(onMount))

    fireEvent.click(screen.getByTestId('ListItem__mount'))

    expect(onMount).toHaveBeenCalledWith({ name: 'default_images', project: 'default', repo: 'images', branch: 'master', mode: 'ro' })
  })

  test('an opened repo offers each branch', () => {
    const onMount = vi.fn()
    render(browser(onMount))
    fireEvent.click(screen.getByText('images'))

    fireEvent.click(screen.getByTitle('Mount images@dev to write'))

    expect(onMount).toHaveBeenCalledWith({ name: 'default_images_dev', project: 'default', repo: 'images', branch: 'dev', mode: 'rw' })
  })

  test('what was opened stays open when the data comes anew', () => {
    const { rerender } = render(browser())
    fireEvent.click(screen.getByText('images'))

    rerender(browser(vi.fn(), { repos: structuredClone(repos) }))

    expect(screen.queryByText('dev')).not.toBeNull()
  })

  test('a repo without access and one without branches say so', () => {
    render(browser())

    expect(screen.getByTestId('ListItem__unauthorized').title).toBe("You don't have the correct permissions to access this repository")
    expect(screen.getByTestId('ListItem__noBranches').title).toBe("Repo doesn't have a branch")
    expect(screen.getAllByTestId('ListItem__mount')).toHaveLength(1)
  })

  test('a project can be chosen', () => {
    render(browser())

    fireEvent.change(screen.getByTestId('ProjectList__select'), { target: { value: 'lab' } })

    expect(screen.queryByText('images')).toBeNull()
    expect(screen.queryByText('secret')).not.toBeNull()
  })

  test('of 3,000 repos only those in sight are in the page', () => {
    const many = Array.from({ length: 3000 }, (_, index) => repoEntry({ repo: `repo-${String(index).padStart(4, '0')}` }))
    render(browser(vi.fn(), { repos: many }))

    expect(screen.getAllByTestId('ListItem__repo').length).toBeLessThan(60)
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: '2999' } })
    expect(screen.getAllByTestId('ListItem__repo').map(row => within(row).getByText(/repo-/).textContent)).toEqual(['repo-2999'])
  })

  test('the arrow keys open, close and walk', () => {
    render(browser())
    const tree = screen.getByRole('tree')
    fireEvent.focus(tree)
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown']) fireEvent.keyDown(tree, { key })

    expect(screen.getByRole('treeitem', { selected: true }).textContent).toContain('master')
  })
})

describe('the files', () => {
  const ready: FilesState = {
    status: 'ready',
    path: 'images/train',
    total: 2,
    loadingMore: false,
    entries: [
      { name: 'cats', path: 'images/train/cats', kind: 'directory', sizeBytes: undefined, modified: '2026-01-01T00:00:00Z' },
      { name: 'a.csv', path: 'images/train/a.csv', kind: 'file', sizeBytes: 4_200_000, modified: '2026-01-01T00:00:00Z' },
    ],
  }
  const actions = () => ({ onOpen: vi.fn(), onOpenFile: vi.fn(), onCopyPath: vi.fn(), onInsertCode: vi.fn(), onDownload: vi.fn(), onLoadMore: vi.fn(), trans: english })

  test('a double click opens directories here and files in JupyterLab', () => {
    const done = actions()
    render(<FileBrowser files={ready} {...done} />)

    fireEvent.doubleClick(screen.getByText('cats'))
    fireEvent.doubleClick(screen.getByText('a.csv'))

    expect(done.onOpen).toHaveBeenCalledWith('images/train/cats')
    expect(done.onOpenFile).toHaveBeenCalledWith(ready.entries[1])
  })

  test('Enter opens what the arrow keys chose', () => {
    const done = actions()
    render(<FileBrowser files={ready} {...done} />)
    const list = screen.getByRole('listbox')
    fireEvent.focus(list)

    fireEvent.keyDown(list, { key: 'End' })
    fireEvent.keyDown(list, { key: 'Enter' })

    expect(done.onOpenFile).toHaveBeenCalledWith(ready.entries[1])
  })

  test('the breadcrumb leads back up', () => {
    const done = actions()
    render(<FileBrowser files={ready} {...done} />)

    fireEvent.click(screen.getByText('images'))

    expect(done.onOpen).toHaveBeenCalledWith('images')
  })

  test('sizes are short, and exact in the tooltip', () => {
    render(<FileBrowser files={ready} {...actions()} />)

    expect(screen.queryByText('4.2 MB')).not.toBeNull()
    expect(screen.getByTitle(/4,200,000 bytes/)).not.toBeNull()
  })

  test('a listing that failed can be tried again', () => {
    const done = actions()
    render(<FileBrowser files={{ status: 'failed', path: 'images', reason: 'the commit is gone' }} {...done} />)

    expect(screen.getByRole('alert').textContent).toContain('the commit is gone')
    fireEvent.click(screen.getByText('Retry'))
    expect(done.onOpen).toHaveBeenCalledWith('images')
  })
})

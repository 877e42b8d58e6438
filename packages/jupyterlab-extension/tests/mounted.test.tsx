// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { MountedList } from '../src/widgets/MountedList.js'
import { english } from './english.js'
import { mountEntry } from './scripted-mount-server.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

const nothing = new Map<string, never>()
const actions = { onShow: vi.fn(), onUnmount: vi.fn(), onUpdate: vi.fn(), onCommit: vi.fn(), onShowNews: vi.fn(), onChoose: vi.fn(), onDismiss: vi.fn() }
const list = (parts: Partial<Parameters<typeof MountedList>[0]>) => <MountedList mounts={[]} progress={nothing} problems={nothing} shown={undefined} trans={english} {...actions} {...parts} />

describe('what is mounted', () => {
  test('without a mount the next step is said', () => {
    render(list({}))

    expect(screen.getByRole('status').textContent).toContain('Mount a branch below')
  })

  test.each([
    [0, 'up to date'],
    [1, '1 commit behind'],
    [2, '2 commits behind'],
  ])('%i commits behind reads "%s"', (behind, text) => {
    render(list({ mounts: [mountEntry({ name: 'a', how_many_commits_behind: behind })] }))

    expect(screen.getByTestId('ListItem__commitBehindness').textContent).toContain(text)
    expect(screen.queryAllByTestId('ListItem__update')).toHaveLength(behind > 0 ? 1 : 0)
  })

  test('how far it is behind leads to what is new, and the arrow to the newest commit', () => {
    render(list({ mounts: [mountEntry({ name: 'a', how_many_commits_behind: 2 })] }))

    fireEvent.click(screen.getByText('2 commits behind'))
    fireEvent.click(screen.getByTestId('ListItem__update'))

    expect(actions.onShowNews).toHaveBeenCalledWith('a')
    expect(actions.onUpdate).toHaveBeenCalledWith('a')
  })

  test('a mounted commit shows its id, and is not moved to another one', () => {
    const commit = '0123456789abcdef'.repeat(2)
    render(list({ mounts: [mountEntry({ name: 'default_images_01234567', repo: 'images', commit, how_many_commits_behind: 3 })] }))

    expect(screen.getByTestId('ListItem__status').textContent).toContain('images@master=01234567')
    expect(screen.queryByTestId('ListItem__update')).toBeNull()
  })

  test('a mount that follows its branch says so', () => {
    render(list({ mounts: [mountEntry({ name: 'a', following: true })] }))

    expect(screen.getByTestId('ListItem__status').textContent).toContain('follows')
  })

  test('a click on the name shows its files, and one on the cross unmounts it', () => {
    render(list({ mounts: [mountEntry({ name: 'a' })] }))

    fireEvent.click(screen.getByText('a'))
    fireEvent.click(screen.getByTestId('ListItem__unmount'))

    expect(actions.onShow).toHaveBeenCalledWith('a')
    expect(actions.onUnmount).toHaveBeenCalledWith('a')
  })

  test('the menu opens for the mount whose button was clicked', () => {
    const onContextMenu = vi.fn()
    render(<div onContextMenu={onContextMenu}>{list({ mounts: [mountEntry({ name: 'a' }), mountEntry({ name: 'b' })] })}</div>)

    fireEvent.click(screen.getByTitle('Menu of b'))

    expect(actions.onChoose).toHaveBeenLastCalledWith('b')
    expect(onContextMenu).toHaveBeenCalledOnce()
  })

  test('the arrow keys go from mount to mount', () => {
    render(list({ mounts: [mountEntry({ name: 'a' }), mountEntry({ name: 'b' })] }))
    screen.getByText('a').focus()

    fireEvent.keyDown(screen.getByText('a'), { key: 'ArrowDown' })

    expect(document.activeElement).toBe(screen.getByText('b'))
    expect(actions.onChoose).toHaveBeenLastCalledWith('b')
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

  test('what is not committed is counted, and told apart in the tooltip', () => {
    render(list({ mounts: [mountEntry({ name: 'b', mode: 'rw', uncommitted: { added: 3, changed: 2, deleted: 1 } })] }))

    expect(screen.getByTestId('ListItem__uncommitted').textContent).toBe('±6')
    expect(screen.getByTestId('ListItem__uncommitted').title).toBe('Not committed: 3 added, 2 changed, 1 deleted')
    fireEvent.click(screen.getByTestId('ListItem__uncommitted'))
    expect(actions.onCommit).toHaveBeenCalledWith('b')
  })

  test('a commit that runs shows how far it is', () => {
    const committing = { files_done: 1, files_total: 4, bytes_done: 500, bytes_total: 2000 }
    render(list({ mounts: [mountEntry({ name: 'b', mode: 'rw', committing })], progress: new Map([['b', 'committing']]) }))

    expect(screen.getByTestId('ListItem__commitProgress').textContent).toBe('1 of 4 files, 500 B of 2.0 kB')
    expect(screen.getByRole('progressbar')).toMatchObject({ value: 500, max: 2000 })
  })

  test('a refused mount says why until that is dismissed', () => {
    render(list({ problems: new Map([['a', 'no such branch']]) }))

    expect(screen.getByRole('alert').textContent).toBe('Could not be mounted: no such branch')
    fireEvent.click(screen.getByTitle('Dismiss the problem with a'))
    expect(actions.onDismiss).toHaveBeenCalledWith('a')
  })
})

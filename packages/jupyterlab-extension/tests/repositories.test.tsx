// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { HistoryState } from '../src/model/history-model.js'
import { nothingSelected } from '../src/model/list-selection.js'
import { RepoBrowser } from '../src/widgets/RepoBrowser.js'
import { english } from './english.js'
import { commitEntry, mountEntry, repoEntry } from './scripted-mount-server.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

type Props = Parameters<typeof RepoBrowser>[0]

const repos = [repoEntry({ repo: 'images', branches: ['master', 'dev'] }), repoEntry({ project: 'lab', repo: 'secret', branches: null, authorization: 'none' }), repoEntry({ repo: 'hollow', branches: null })]
const noHistory: HistoryState = { histories: new Map(), heads: new Map() }
const actions = { onMount: vi.fn(), onOpenRepo: vi.fn(), onOpenBranch: vi.fn(), onLoadMore: vi.fn(), onNewRepo: vi.fn(), onRefresh: vi.fn() }
const chosen = vi.fn()

/** The browser with the selection that its host would keep. */
function Browser(parts: Partial<Props>) {
  const [selection, setSelection] = useState(nothingSelected)
  const onSelect: Props['onSelect'] = (next, target) => {
    setSelection(next)
    chosen(target)
  }
  return <RepoBrowser repos={repos} isListed mounts={[]} history={noHistory} progress={new Map()} selection={selection} onSelect={onSelect} trans={english} {...actions} {...parts} />
}

describe('the repositories', () => {
  test('Mount mounts the default branch to read', () => {
    render(<Browser />)

    fireEvent.click(screen.getByTestId('ListItem__mount'))

    expect(actions.onMount).toHaveBeenCalledWith({ name: 'default_images', project: 'default', repo: 'images', branch: 'master', mode: 'ro' })
  })

  test.each([
    ['mounting', 'Mounting…'],
    ['committing', 'Mounted'],
  ] as const)('of a repo that is %s the button says %s', (progress, label) => {
    render(<Browser mounts={progress === 'committing' ? [mountEntry({ name: 'default_images', repo: 'images' })] : []} progress={new Map([['default_images', progress]])} />)

    expect(screen.getByTestId('ListItem__mount')).toMatchObject({ textContent: label, disabled: true })
  })

  test('a cluster is said to have no repos when it has said so, and not before', () => {
    const { rerender } = render(<Browser repos={[]} isListed={false} />)
    expect(screen.getByRole('status')).toMatchObject({ textContent: 'Looking for your data…' })

    rerender(<Browser repos={[]} />)

    expect(screen.getByText('This cluster has no repos')).toBeTruthy()
  })

  test('an opened repo offers each branch, and asks for their heads', () => {
    render(<Browser />)
    fireEvent.click(screen.getByText('images'))

    fireEvent.click(screen.getByTitle('Mount images@dev to read'))

    expect(actions.onMount).toHaveBeenCalledWith({ name: 'default_images_dev', project: 'default', repo: 'images', branch: 'dev', mode: 'ro' })
    expect(actions.onOpenRepo).toHaveBeenCalledWith(expect.objectContaining({ project: 'default', repo: 'images' }))
  })

  test('the menu of a row is that of its branch', () => {
    const onContextMenu = vi.fn()
    render(
      <div onContextMenu={onContextMenu}>
        <Browser />
      </div>,
    )
    fireEvent.click(screen.getByText('images'))

    fireEvent.click(screen.getByTitle('More ways to mount images@dev'))

    expect(chosen).toHaveBeenLastCalledWith({ project: 'default', repo: 'images', branch: 'dev', isWritable: true })
    expect(onContextMenu).toHaveBeenCalledOnce()
  })

  test('an opened branch shows its commits, of which each can be mounted', () => {
    const commit = commitEntry({ id: '0123456789abcdef'.repeat(2), message: 'more cats', author: 'ana@example.com', size_bytes: 2000 })
    const histories = new Map([['default/images@master', { commits: [commit], next: commit.id, isLoading: false, problem: undefined }]])
    render(<Browser history={{ histories, heads: new Map() }} />)
    fireEvent.click(screen.getByText('images'))
    fireEvent.click(screen.getByText('master'))
    expect(actions.onOpenBranch).toHaveBeenCalledWith(expect.objectContaining({ repo: 'images', branch: 'master' }))

    const row = screen.getByTestId('ListItem__commitRow')
    expect(row.textContent).toMatch(/^01234567more catsana@example.com · .* · 2.0 kB/)
    fireEvent.click(within(row).getByTestId('ListItem__mount'))
    expect(actions.onMount).toHaveBeenCalledWith({ name: 'default_images_01234567', project: 'default', repo: 'images', branch: 'master', commit: commit.id, mode: 'ro' })

    fireEvent.click(screen.getByText('Load more commits'))
    expect(actions.onLoadMore).toHaveBeenCalledWith(expect.objectContaining({ branch: 'master' }))
  })

  test('commits that could not be listed can be asked for again', () => {
    const histories = new Map([['default/images@master', { commits: [], next: null, isLoading: false, problem: 'pachd is away' }]])
    render(<Browser history={{ histories, heads: new Map() }} />)
    fireEvent.click(screen.getByText('images'))
    fireEvent.click(screen.getByText('master'))

    expect(screen.getByRole('alert').textContent).toBe('pachd is away')
    fireEvent.click(screen.getByText('Retry'))
    expect(actions.onLoadMore).toHaveBeenCalled()
  })

  test('a branch says when its last commit was made', () => {
    render(<Browser history={{ histories: new Map(), heads: new Map([['default/images@dev', commitEntry({ id: 'a' })]]) }} />)

    fireEvent.click(screen.getByText('images'))

    expect(screen.getAllByTitle(/^Last commit: /)).toHaveLength(1)
  })

  test('what was opened and chosen stays when the data comes anew', () => {
    const { rerender } = render(<Browser />)
    fireEvent.click(screen.getByText('images'))
    fireEvent.mouseDown(screen.getByText('dev'))

    rerender(<Browser repos={structuredClone(repos)} mounts={[mountEntry({ name: 'x' })]} />)

    expect(screen.getByRole('treeitem', { selected: true }).textContent).toContain('dev')
  })

  test('a repo without access and one without branches say so', () => {
    render(<Browser />)

    expect(screen.getByTestId('ListItem__unauthorized').title).toBe("You don't have the correct permissions to access this repository")
    expect(screen.getByTestId('ListItem__noBranches').title).toBe("Repo doesn't have a branch")
    expect(screen.getAllByTestId('ListItem__mount')).toHaveLength(1)
  })

  test('a repo without branches can be written, and its first commit makes one', () => {
    render(<Browser />)

    fireEvent.click(screen.getByTestId('ListItem__write'))

    expect(actions.onMount).toHaveBeenCalledWith({ name: 'default_hollow', project: 'default', repo: 'hollow', branch: 'master', mode: 'rw' })
  })

  test('a repo without branches that may only be read cannot be written', () => {
    render(<Browser repos={[repoEntry({ repo: 'hollow', branches: null, authorization: 'read' })]} />)

    expect(screen.queryByTestId('ListItem__write')).toBeNull()
  })

  test('a new repo is asked for beside the search, and in an empty cluster', () => {
    const { rerender } = render(<Browser />)
    fireEvent.click(screen.getByTestId('ListItem__newRepo'))

    rerender(<Browser repos={[]} />)
    fireEvent.click(screen.getByTestId('ListItem__firstRepo'))

    expect(actions.onNewRepo).toHaveBeenCalledTimes(2)
  })

  test('a project can be chosen', () => {
    render(<Browser />)

    fireEvent.change(screen.getByTestId('ProjectList__select'), { target: { value: 'lab' } })

    expect(screen.queryByText('images')).toBeNull()
    expect(screen.queryByText('secret')).not.toBeNull()
  })

  test('repos are sorted by name, and the other way round', () => {
    render(<Browser />)
    const names = () => screen.getAllByTestId('ListItem__repo').map(row => row.textContent.replace(/(Mount|No).*/, ''))
    expect(names()).toEqual(['hollow', 'images', 'secret'])

    fireEvent.click(screen.getByTestId('ListItem__sort'))

    expect(names()).toEqual(['secret', 'images', 'hollow'])
  })

  test('a search without a result can be cleared, and an empty cluster says what to do', () => {
    const { rerender } = render(<Browser />)
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'dogs' } })
    expect(screen.getByRole('status').textContent).toContain('No repo or branch matches “dogs”.')
    fireEvent.click(screen.getByText('Clear search'))
    expect(screen.queryByText('images')).not.toBeNull()

    rerender(<Browser repos={[]} />)

    expect(screen.getByRole('status').textContent).toContain('pachctl create repo')
    fireEvent.click(screen.getByText('Refresh the list'))
    expect(actions.onRefresh).toHaveBeenCalledOnce()
  })

  test('of 3,000 repos only those in sight are in the page', () => {
    const many = Array.from({ length: 3000 }, (_, index) => repoEntry({ repo: `repo-${String(index).padStart(4, '0')}` }))
    render(<Browser repos={many} />)

    expect(screen.getAllByTestId('ListItem__repo').length).toBeLessThan(60)
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: '2999' } })
    expect(screen.getAllByTestId('ListItem__repo').map(row => within(row).getByText(/repo-/).textContent)).toEqual(['repo-2999'])
  })

  test('the arrow keys open, close and walk', () => {
    render(<Browser />)
    const tree = screen.getByRole('tree')
    fireEvent.focus(tree)
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown']) fireEvent.keyDown(tree, { key })

    expect(screen.getByRole('treeitem', { selected: true }).textContent).toContain('master')
  })
})

test('what is to be seen is opened up to its commit, whatever was searched and closed', () => {
  const target = { project: 'default', repo: 'images', branch: 'dev', commit: 'c1', isWritable: false }
  const { rerender } = render(<Browser />)
  fireEvent.click(screen.getAllByText('default')[0]!)
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'secret' } })
  expect(screen.queryByText('images')).toBeNull()

  rerender(<Browser revealed={target} history={{ histories: new Map([['default/images@dev', { commits: [commitEntry({ id: 'c1', message: 'wanted' })], next: null, isLoading: false, problem: undefined }]]), heads: new Map() }} />)

  expect(screen.queryByText('wanted')).not.toBeNull()
  expect(actions.onOpenRepo).toHaveBeenCalledExactlyOnceWith(target)
  expect(actions.onOpenBranch).toHaveBeenCalledExactlyOnceWith(target)
})

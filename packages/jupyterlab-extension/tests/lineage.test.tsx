// @vitest-environment happy-dom
import type { ProvenanceNode } from '@jupyterlab-pachyderm/mount-api'
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { LineageModel } from '../src/model/lineage-model.js'
import { lineageRows } from '../src/model/lineage-tree.js'
import { LineageTree } from '../src/widgets/LineageTree.js'
import { english } from './english.js'
import { commitEntry, mountEntry } from './scripted-mount-server.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

const idOf = (repo: string) => repo.padEnd(32, '0')
const node = (repo: string, relation: ProvenanceNode['relation'], part: Partial<ProvenanceNode> = {}): ProvenanceNode => ({ project: 'default', repo, branch: 'master', id: idOf(repo), relation, commit: commitEntry({ id: idOf(repo), message: `made ${repo}` }), ...part })
const provenance = {
  nodes: [node('report', 'self'), node('edges', 'upstream', { pipeline: 'edges' }), node('images', 'upstream'), node('secret', 'upstream', { commit: null })],
  edges: [{ from: 1, to: 0 }, { from: 2, to: 1 }, { from: 3, to: 1 }],
  truncated: false,
}
const target = (repo: string) => ({ project: 'default', repo, branch: 'master', commit: idOf(repo), isWritable: false })
const actions = { onMount: vi.fn(), onCopyId: vi.fn(), onShow: vi.fn(), onRetry: vi.fn() }
const nothing = new Map<string, never>()
const tree = (parts: Partial<Parameters<typeof LineageTree>[0]> = {}) => (
  <LineageTree lineage={{ status: 'ready', rows: lineageRows(provenance, 'master'), truncated: false }} mounts={[]} progress={nothing} problems={nothing} trans={english} {...actions} {...parts} />
)
const rowOf = (repo: string) => screen.getAllByTestId('Lineage__commit').find(row => row.textContent.startsWith(`${repo}@master`)) ?? expect.fail(`no row of ${repo}`)

describe('the tree', () => {
  test('shows the steps by levels, what made a commit, and that nothing was made from it', () => {
    render(tree())

    const rows = screen.getAllByRole('treeitem').map(row => [row.getAttribute('aria-level'), row.querySelector('.jp-Pachyderm-lineageName, .jp-Pachyderm-name')?.textContent])
    expect(rows).toEqual([
      ['1', 'Upstream: what it was made from'], ['2', 'edges@master'], ['3', 'images@master'], ['3', 'secret@master'],
      ['1', 'This commit'], ['2', 'report@master'],
      ['1', 'Downstream: what was made from it'],
    ])
    expect(rowOf('edges').textContent).toContain('pipeline')
    expect(rowOf('images').title).toContain('made images')
    expect(screen.getAllByRole('treeitem').at(-1)?.textContent).toContain('none')
  })

  test('each commit can be mounted, copied and shown, unless it may not be read or is mounted', () => {
    render(tree({ mounts: [mountEntry({ name: 'default_edges', repo: 'edges', commit: idOf('edges') })] }))

    fireEvent.click(within(rowOf('images')).getByTestId('Lineage__mount'))
    fireEvent.click(within(rowOf('images')).getByTestId('Lineage__copy'))
    fireEvent.click(within(rowOf('images')).getByTestId('Lineage__show'))

    for (const action of [actions.onMount, actions.onCopyId, actions.onShow]) expect(action).toHaveBeenCalledExactlyOnceWith(target('images'))
    expect(within(rowOf('secret')).getByTestId('Lineage__mount')).toHaveProperty('disabled', true)
    expect(within(rowOf('edges')).getByTestId('Lineage__mount')).toMatchObject({ disabled: true, textContent: 'Mounted' })
  })

  test('the arrow keys walk it, and Enter shows a commit among the repos', () => {
    render(tree())
    const list = screen.getByRole('tree')
    fireEvent.focus(list)

    fireEvent.keyDown(list, { key: 'Enter' })
    expect(actions.onShow).not.toHaveBeenCalled()
    fireEvent.keyDown(list, { key: 'ArrowDown' })
    fireEvent.keyDown(list, { key: 'Enter' })

    expect(actions.onShow).toHaveBeenCalledExactlyOnceWith(target('edges'))
  })

  test('says that it mounts, and why that was refused', () => {
    const { rerender } = render(tree({ progress: new Map([['default_images_images00', 'mounting']]) }))
    expect(within(rowOf('images')).getByTestId('Lineage__mount')).toMatchObject({ disabled: true, textContent: 'Mounting…' })

    rerender(tree({ problems: new Map([['default_images_images00', 'no room']]) }))
    expect(screen.getByRole('alert').textContent).toBe('Could not be mounted: no room')
  })

  test('says what it does not show', () => {
    render(tree({ lineage: { status: 'ready', rows: lineageRows(provenance, 'master'), truncated: true } }))

    expect(screen.queryByText(/more commits than are shown/)).not.toBeNull()
  })
})

describe('asking for it', () => {
  let refusal: Error | undefined
  let asked: unknown[]
  const modelOf = (commit: string) =>
    new LineageModel({ getProvenance: request => (asked.push(request), refusal ? Promise.reject(refusal) : Promise.resolve(provenance)) }, { project: 'default', repo: 'report', branch: 'master', commit })
  beforeEach(() => {
    refusal = undefined
    asked = []
  })

  test('a commit is asked for by its id, and a branch by its name', async () => {
    await modelOf(idOf('report')).open()
    await modelOf('').open()

    expect(asked).toEqual([idOf('report'), 'master'].map(commit => ({ project: 'default', repo: 'report', commit })))
  })

  test('a refusal is said, and asked again about', async () => {
    refusal = new Error('pachd is away')
    const model = modelOf('')
    await model.open()
    render(tree({ lineage: model.state }))

    expect(screen.getByRole('alert').textContent).toContain('pachd is away')
    fireEvent.click(screen.getByText('Retry'))

    expect(actions.onRetry).toHaveBeenCalledOnce()
    refusal = undefined
    await model.open()
    expect(model.state).toMatchObject({ status: 'ready', truncated: false })
  })
})

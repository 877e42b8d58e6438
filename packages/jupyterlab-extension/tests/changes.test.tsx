// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { ChangesState } from '../src/model/changes-model.js'
import { CommitForm } from '../src/widgets/CommitForm.js'
import { english } from './english.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

const actions = { onMessage: vi.fn(), onLoadMore: vi.fn(), onDiscard: vi.fn() }
const nothing: ChangesState = { changes: [], next: null, conflicts: [], isLoading: false, problem: undefined }
const form = (part: Partial<ChangesState>, message = '') => <CommitForm changes={{ ...nothing, ...part }} message={message} trans={english} {...actions} />

describe('before a commit', () => {
  test('each changed file is listed with what happened to it', () => {
    render(form({ changes: [{ path: '/new', change: 'added', sizeBytes: 10 }, { path: '/old/', change: 'deleted', sizeBytes: null }] }))

    expect(screen.getAllByRole('listitem').map(row => [row.textContent, row.querySelector('[role=img]')?.getAttribute('aria-label')])).toEqual([
      ['+/new10 B', 'added'],
      ['−/old/', 'deleted'],
    ])
  })

  test('a change is thrown away only when that is said twice', () => {
    render(form({ changes: [{ path: '/new', change: 'added', sizeBytes: 10 }] }))

    fireEvent.click(screen.getByTestId('Changes__discard'))
    expect(actions.onDiscard).not.toHaveBeenCalled()
    fireEvent.click(screen.getByTestId('Changes__confirmDiscard'))

    expect(actions.onDiscard).toHaveBeenCalledWith('/new')
  })

  test('the message of a commit that failed is still there', () => {
    render(form({}, 'more cats'))

    expect(screen.getByTestId('Commit__message')).toHaveProperty('value', 'more cats')
    fireEvent.change(screen.getByTestId('Commit__message'), { target: { value: 'many more cats' } })
    expect(actions.onMessage).toHaveBeenCalledWith('many more cats')
  })

  test('what others have changed, too, is said, and names that pachd does not take', () => {
    render(form({ conflicts: ['/a'], changes: [{ path: '/a*', change: 'added', sizeBytes: 1, refusal: 'no stars' }] }))

    expect(screen.getByRole('alert').textContent).toContain('a commit replaces it: /a')
    expect(screen.queryByText('no stars')).not.toBeNull()
  })

  test('without changes that is said; more of them are asked for', () => {
    const { rerender } = render(form({}))
    expect(screen.queryByText('No file has changed.')).not.toBeNull()

    rerender(form({ changes: [{ path: '/a', change: 'changed', sizeBytes: 1 }], next: '/a' }))
    fireEvent.click(screen.getByText('Show more'))

    expect(actions.onLoadMore).toHaveBeenCalledOnce()
  })
})

// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'

import type { PinRow, PinsState } from '../src/model/pins-model.js'
import { PinsNote } from '../src/widgets/PinsNote.js'
import { english } from './english.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

const row = (name: string, part: Partial<PinRow>): PinRow => ({ pin: { name, project: 'default', repo: name, branch: 'master', commit: '0'.repeat(32) }, place: 'free', isGone: false, shownCommit: '', ...part })
const rows = [row('images', { place: 'mounted' }), row('labels', { place: 'other', shownCommit: 'f'.repeat(32) }), row('models', { place: 'writable' }), row('sales', {}), row('lost', { isGone: true })]
const actions = { onMount: vi.fn(), onDismiss: vi.fn() }
const note = (part: Partial<PinsState>, canMount = true) => <PinsNote pins={{ notebookPath: 'work/a.ipynb', rows, isOffered: true, isMounting: false, ...part }} canMount={canMount} trans={english} {...actions} />

test('each remembered commit is named with what is mounted in its place', () => {
  render(note({}))

  expect(screen.getByRole('status').textContent).toContain('a.ipynb remembers commits:')
  expect(screen.getAllByRole('listitem').map(item => item.textContent)).toEqual([
    'images images@master=00000000 · mounted',
    'labels labels@master=00000000 · another commit is mounted: ffffffff',
    'models models@master=00000000 · mounted to write; unmount it first',
    'sales sales@master=00000000 · not mounted',
    'lost lost@master=00000000 · Pachyderm does not have the commit 00000000 any more',
  ])
})

test('they are mounted, or the mounts left as they are', () => {
  render(note({}))

  fireEvent.click(screen.getByTestId('Pins__mount'))
  fireEvent.click(screen.getByTestId('Pins__dismiss'))

  expect([actions.onMount.mock.calls.length, actions.onDismiss.mock.calls.length]).toEqual([1, 1])
})

test('nothing is offered that cannot be done, and nothing is said when nobody wants to hear it', () => {
  const { rerender } = render(note({}, false))
  expect(screen.queryByTestId('Pins__mount')).toBeNull()

  rerender(note({ isOffered: false }))
  expect(screen.queryByTestId('Pins__note')).toBeNull()
})

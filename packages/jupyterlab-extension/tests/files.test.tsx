// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { ListedFiles } from '../src/model/files-model.js'
import { nothingSelected } from '../src/model/list-selection.js'
import type { Upload } from '../src/model/upload-model.js'
import { FileBrowser } from '../src/widgets/FileBrowser.js'
import { english } from './english.js'

afterEach(() => {
  cleanup()
  vi.clearAllMocks()
})

type Props = Parameters<typeof FileBrowser>[0]

const cats = { name: 'cats', path: 'images/train/cats', kind: 'directory' as const, sizeBytes: undefined, modified: '2026-01-01T00:00:00Z' }
const table = { name: 'a.csv', path: 'images/train/a.csv', kind: 'file' as const, sizeBytes: 4_200_000, modified: '2026-01-01T00:00:00Z' }
const notes = { ...table, name: 'notes.txt', path: 'images/train/notes.txt' }
const ready: ListedFiles = { status: 'ready', path: 'images/train', search: '', total: 3, next: null, isWritable: false, isLoadingMore: false, entries: [cats, table, notes] }
const actions = {
  onOpen: vi.fn(), onOpenFile: vi.fn(), onFilter: vi.fn(), onInsertCode: vi.fn(), onDownload: vi.fn(), onLoadMore: vi.fn(),
  onChooseFiles: vi.fn(), onUpload: vi.fn(), onNewFolder: vi.fn(), onRename: vi.fn(), onDelete: vi.fn(), onSendAgain: vi.fn(), onDropUploads: vi.fn(),
}
const upload = (part: Partial<Upload>): Upload => ({ id: 0, path: 'out/a.csv', content: new Blob(['12345']), status: 'sending', sentBytes: 0, reason: '', ...part })

/** The browser with the selection that its host would keep. */
function Browser(parts: Partial<Props>) {
  const [selection, setSelection] = useState(nothingSelected)
  return <FileBrowser files={ready} uploads={[]} selection={selection} onSelect={setSelection} iconOf={() => null} trans={english} {...actions} {...parts} />
}

const chosen = () => screen.queryAllByRole('row', { selected: true }).map(row => row.querySelector('.jp-Pachyderm-name')?.textContent)

describe('the files', () => {
  test('a double click opens directories here and files in JupyterLab', () => {
    render(<Browser />)

    fireEvent.doubleClick(screen.getByText('cats'))
    fireEvent.doubleClick(screen.getByText('a.csv'))

    expect(actions.onOpen).toHaveBeenCalledWith(cats.path)
    expect(actions.onOpenFile).toHaveBeenCalledWith(table)
  })

  test('Enter opens what the arrow keys chose, and Backspace goes up', () => {
    render(<Browser />)
    const list = screen.getByRole('grid')
    fireEvent.focus(list)

    fireEvent.keyDown(list, { key: 'End' })
    fireEvent.keyDown(list, { key: 'Enter' })
    fireEvent.keyDown(list, { key: 'Backspace' })

    expect(actions.onOpenFile).toHaveBeenCalledWith(notes)
    expect(actions.onOpen).toHaveBeenCalledWith('images')
  })

  test('several are chosen with shift, with the control key, and all with Ctrl+A', () => {
    render(<Browser />)

    fireEvent.mouseDown(screen.getByText('cats'))
    fireEvent.mouseDown(screen.getByText('notes.txt'), { ctrlKey: true })
    expect(chosen()).toEqual(['cats', 'notes.txt'])
    expect(screen.getByTestId('Files__count').textContent).toBe('3 entries · 2 chosen')

    fireEvent.keyDown(screen.getByRole('grid'), { key: 'ArrowUp', shiftKey: true })
    expect(chosen()).toEqual(['a.csv', 'notes.txt'])
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'a', ctrlKey: true })
    expect(chosen()).toEqual(['cats', 'a.csv', 'notes.txt'])
  })

  test('a menu on one of those chosen keeps them all; on another it chooses that', () => {
    render(<Browser />)
    fireEvent.mouseDown(screen.getByText('cats'))
    fireEvent.mouseDown(screen.getByText('a.csv'), { shiftKey: true })

    fireEvent.mouseDown(screen.getByText('cats'), { button: 2 })
    expect(chosen()).toEqual(['cats', 'a.csv'])
    fireEvent.mouseDown(screen.getByText('notes.txt'), { button: 2 })
    expect(chosen()).toEqual(['notes.txt'])
  })

  test('the breadcrumb leads back up', () => {
    render(<Browser />)

    fireEvent.click(screen.getByText('images'))

    expect(actions.onOpen).toHaveBeenCalledWith('images')
  })

  test('sizes are short, and exact in the tooltip', () => {
    render(<Browser />)

    expect(screen.getAllByText('4.2 MB')).toHaveLength(2)
    expect(screen.getAllByTitle(/4,200,000 bytes/)).toHaveLength(2)
  })

  test('a filter asks for other names, and can be cleared when there are none', () => {
    const { rerender } = render(<Browser />)
    fireEvent.change(screen.getByTestId('Files__filter'), { target: { value: 'dog' } })
    expect(actions.onFilter).toHaveBeenCalledWith('dog')

    rerender(<Browser files={{ ...ready, search: 'dog', entries: [], total: 0 }} />)

    expect(screen.getByRole('status').textContent).toContain('No name in this directory contains “dog”.')
    fireEvent.click(screen.getByText('Clear filter'))
    expect(actions.onFilter).toHaveBeenLastCalledWith('')
  })

  test('of a hundred thousand files only those in sight are in the page, and the next page is asked for at the end', () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => ({ ...table, path: `images/train/${String(index)}` }))
    render(<Browser files={{ ...ready, entries, total: 100_000, next: '9999' }} />)

    expect(screen.getAllByRole('row').length).toBeLessThan(60)
    expect(screen.getByTestId('Files__count').textContent).toBe('10,000 of 100,000')
    expect(actions.onLoadMore).not.toHaveBeenCalled()
  })

  test('a listing that failed can be tried again', () => {
    render(<Browser files={{ status: 'failed', path: 'images', search: '', reason: 'the commit is gone' }} />)

    expect(screen.getByRole('alert').textContent).toContain('the commit is gone')
    fireEvent.click(screen.getByText('Retry'))
    expect(actions.onOpen).toHaveBeenCalledWith('images')
  })
})

describe('a directory that can be written', () => {
  const writable = { ...ready, isWritable: true }

  test('has buttons for a new folder and an upload; others have not', () => {
    const { rerender } = render(<Browser files={writable} />)
    fireEvent.click(screen.getByTestId('Files__newFolder'))
    fireEvent.click(screen.getByTestId('Files__upload'))
    expect([actions.onNewFolder, actions.onChooseFiles].map(done => done.mock.calls.length)).toEqual([1, 1])

    rerender(<Browser />)

    expect(screen.queryByTestId('Files__upload')).toBeNull()
  })

  test('deletes what is chosen with the delete key; others do not', () => {
    const { rerender } = render(<Browser />)
    fireEvent.focus(screen.getByRole('grid'))
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'Delete' })
    expect(actions.onDelete).not.toHaveBeenCalled()

    rerender(<Browser files={writable} />)
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'Delete' })

    expect(actions.onDelete).toHaveBeenCalledOnce()
  })

  test('F2 renames the row that the keys act on, where writing is possible', () => {
    const { rerender } = render(<Browser />)
    fireEvent.mouseDown(screen.getByText('a.csv'))
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'F2' })
    expect(actions.onRename).not.toHaveBeenCalled()

    rerender(<Browser files={{ ...ready, isWritable: true }} />)
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'F2' })

    expect(actions.onRename).toHaveBeenCalledExactlyOnceWith(table)
  })

  test('says when it is empty, and offers an upload', () => {
    render(<Browser files={{ ...writable, entries: [], total: 0 }} />)

    fireEvent.click(screen.getByText('Upload files'))

    expect(actions.onChooseFiles).toHaveBeenCalledOnce()
  })
})

describe('an upload', () => {
  test('shows how far all of it is, and can be stopped', () => {
    render(<Browser uploads={[upload({ sentBytes: 5, status: 'sent' }), upload({ id: 1, sentBytes: 2 }), upload({ id: 2, status: 'waiting' })]} />)

    expect(screen.getByTestId('Files__uploads').textContent).toBe('1 of 3 files, 7 B of 15 B')
    fireEvent.click(screen.getByTitle('Stop uploading'))
    expect(actions.onDropUploads).toHaveBeenCalledWith([1, 2])
  })

  test('asks before it replaces a file', () => {
    render(<Browser uploads={[upload({ status: 'exists' })]} />)

    expect(screen.getByRole('alert').textContent).toContain('A file exists already:out/a.csv')
    fireEvent.click(screen.getByTestId('Files__keep'))
    fireEvent.click(screen.getByTestId('Files__replace'))
    expect(actions.onDropUploads).toHaveBeenCalledWith([0])
    expect(actions.onSendAgain).toHaveBeenCalledWith([0])
  })

  test('that failed says why and can be sent again', () => {
    render(<Browser uploads={[upload({ status: 'failed', reason: 'no space left' })]} />)

    expect(screen.getByRole('alert').textContent).toContain('A file could not be uploaded: no space left')
    fireEvent.click(screen.getByText('Retry'))
    expect(actions.onSendAgain).toHaveBeenCalledWith([0])
  })
})

// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi, type Mock } from 'vitest'

import type { DatumState } from '../src/model/datum-model.js'
import { fieldsOf } from '../src/model/pipeline-metadata.js'
import type { PublishState } from '../src/model/publish-model.js'
import { DatumTab, type DatumActions } from '../src/widgets/DatumTab.js'
import { PublishTab, type PublishActions } from '../src/widgets/PublishTab.js'
import { SpecDifference } from '../src/widgets/SpecDifference.js'
import type { CreateSpecEditor } from '../src/widgets/SpecEditor.js'
import { english } from './english.js'

afterEach(cleanup)

/** A text area in the place of JupyterLab's editor. */
const createEditor: CreateSpecEditor = (host, { attributes, placeholder, onEdit, onLeave }) => {
  const area = document.createElement('textarea')
  area.placeholder = placeholder
  for (const [name, value] of Object.entries(attributes)) area.setAttribute(name, value)
  area.addEventListener('input', () => onEdit(area.value))
  area.addEventListener('blur', onLeave)
  host.append(area)
  return {
    show: ({ text, isReadOnly }) => {
      area.value = text
      area.readOnly = isReadOnly
    },
    dispose: () => area.remove(),
  }
}

/** Each action, watched. */
type Watched<Actions> = { [Name in keyof Actions]: Actions[Name] extends (...args: infer Args) => void ? Mock<(...args: Args) => void> : never }

function watched<Actions>(names: readonly (keyof Actions & string)[]): Watched<Actions> {
  return Object.fromEntries(names.map(name => [name, vi.fn()])) as Watched<Actions>
}

describe('the Try tab', () => {
  const idle: DatumState = { spec: 'pfs: {repo: a}', specProblems: [], work: undefined, place: undefined, problem: undefined, isUnordered: false, output: [], downloadedTo: undefined, unfinished: undefined }
  let actions: Watched<DatumActions>
  beforeEach(() => {
    actions = watched<DatumActions>(['edit', 'reset', 'load', 'resume', 'cancel', 'next', 'previous', 'jump', 'download', 'refreshOutput', 'clearOutput', 'leave', 'show'])
  })
  const tab = (state: Partial<DatumState> = {}) => <DatumTab state={{ ...idle, ...state }} inputs={['month']} createEditor={createEditor} complete={() => undefined} actions={actions} trans={english} />
  const shown = { place: { index: 0, count: 3, isComplete: true } }

  test('the editor is called by its name, and takes what is typed', () => {
    render(tab())

    fireEvent.input(screen.getByLabelText('Input spec'), { target: { value: 'new' } })

    expect(actions.edit).toHaveBeenCalledWith('new')
  })

  test('problems are said with their line, and are read with the editor', () => {
    render(tab({ spec: 'a\nb', specProblems: [{ from: 2, to: 3, message: 'Wrong.', severity: 'error' }] }))

    expect(screen.getByText('Line 2: Wrong.')).not.toBeNull()
    const [described = ''] = (screen.getByLabelText('Input spec').getAttribute('aria-describedby') ?? '').split(' ')
    expect(document.getElementById(described)?.textContent).toBe('Line 2: Wrong.')
  })

  test('there is nothing to load without a text', () => {
    render(tab({ spec: ' \n' }))

    expect(screen.getByTestId('Datum__loadDatums')).toHaveProperty('disabled', true)
  })

  test('while it loads, nothing can be changed, and it can be given up', () => {
    render(tab({ work: 'loading' }))
    expect(screen.getByTestId('Datum__infoMessage').textContent).toBe('This could take a few minutes...')
    expect(screen.getByLabelText('Input spec')).toHaveProperty('readOnly', true)

    fireEvent.click(screen.getByTestId('Datum__cancel'))

    expect(actions.cancel).toHaveBeenCalledOnce()
  })

  test.each([
    [{ index: 0, count: 3, isComplete: true }, '(1/3)', [false, false]],
    [{ index: 2, count: 3, isComplete: true }, '(3/3)', [false, false]],
    [{ index: 0, count: 3, isComplete: false }, '(1/3+)', [true, false]],
    [{ index: 0, count: 1, isComplete: true }, '(1/1)', [true, true]],
  ])('at %j it reads %s', (place, text, disabled) => {
    render(tab({ place }))

    expect(screen.getByTestId('Datum__cycler').textContent).toContain(text)
    expect(['Datum__cyclerLeft', 'Datum__cyclerRight'].map(id => screen.getByTestId<HTMLButtonElement>(id).disabled)).toEqual(disabled)
  })

  test('a number that is no datum leads nowhere', () => {
    render(tab(shown))
    const number = screen.getByTestId('Datum__jump')

    for (const typed of ['0', '4', '1.5', '']) {
      fireEvent.change(number, { target: { value: typed } })
      fireEvent.keyDown(number, { key: 'Enter' })
    }
    fireEvent.change(number, { target: { value: '3' } })
    fireEvent.keyDown(number, { key: 'Enter' })

    expect(actions.jump.mock.calls).toEqual([[2]])
  })

  test('an input and the output lead to their files', () => {
    render(tab(shown))

    fireEvent.click(screen.getByText('month'))
    fireEvent.click(screen.getByText('out'))

    expect(actions.show.mock.calls).toEqual([['month'], ['out']])
  })

  test('what would go with the datum is named; what is empty cannot be cleared', () => {
    const { rerender } = render(tab(shown))
    expect(screen.getByTestId('Datum__clearOutput')).toHaveProperty('disabled', true)

    rerender(tab({ ...shown, output: ['a.csv', 'b.csv'] }))

    expect(screen.getByTestId('Datum__output').textContent).toContain('a.csv, b.csv')
    expect(screen.getByText(/goes when another datum is shown/)).not.toBeNull()
    expect(screen.getByTestId('Datum__clearOutput')).toHaveProperty('disabled', false)
  })

  test('a download is a success, not an error', () => {
    render(tab({ ...shown, downloadedTo: 'datum-1' }))

    expect(screen.getByTestId('Datum__successMessage').className).toBe('jp-Pachyderm-success')
    expect(screen.getByTestId('Datum__errorMessage').textContent).toBe('')
  })

  test('a datum that was left behind can be gone on with', () => {
    render(tab({ unfinished: 4 }))

    fireEvent.click(screen.getByText('Go on with datum 5'))

    expect(actions.resume).toHaveBeenCalledOnce()
  })
})

describe('the Publish tab', () => {
  const fields = { ...fieldsOf(undefined, 'python:3.10'), name: 'edges' }
  const idle: PublishState = { notebookPath: 'work/a.ipynb', fields, problems: new Map(), inputProblems: [], resourceProblems: [], work: undefined, preview: undefined, outcome: undefined }
  let actions: Watched<PublishActions>
  beforeEach(() => {
    actions = watched<PublishActions>(['edit', 'leave', 'preview', 'closePreview', 'copy', 'publish', 'look'])
  })
  const tab = (state: Partial<PublishState> = {}, triedSpec = '') => <PublishTab state={{ ...idle, ...state }} triedSpec={triedSpec} createEditor={createEditor} complete={() => undefined} actions={actions} trans={english} />

  test('without a notebook it asks for one', () => {
    render(tab({ notebookPath: undefined }))

    expect(screen.getByText('Open a notebook to create a pipeline')).not.toBeNull()
  })

  test.each(['*Pipeline Name:', 'Pipeline Project Name:', '*Container Image Name:', 'Requirements File:', 'External Files:', 'Port:', '*Pipeline Input Spec:', 'Gpu Mode:'])('%s is the name of a field', label => {
    render(tab())

    expect(['INPUT', 'SELECT', 'TEXTAREA']).toContain(screen.getByLabelText(label).tagName)
  })

  test('what is wrong with a field is read with it', () => {
    render(tab({ problems: new Map([['port', 'A port is a number.']]) }))

    const port = screen.getByLabelText('Port:')
    expect(port.getAttribute('aria-invalid')).toBe('true')
    expect(document.getElementById(port.getAttribute('aria-describedby') ?? '')?.textContent).toBe('A port is a number.')
  })

  test('what is typed and which field was left is told', () => {
    render(tab())
    const port = screen.getByLabelText('Port:')

    fireEvent.change(port, { target: { value: '80' } })
    fireEvent.blur(port)

    expect(actions.edit).toHaveBeenCalledWith({ port: '80' })
    expect(actions.leave).toHaveBeenCalledWith('port')
  })

  test('resources are asked for in advanced mode only', () => {
    const { rerender } = render(tab())
    expect(screen.queryByTestId('Pipeline__resourceSpecInput')).toBeNull()

    rerender(tab({ fields: { ...fields, gpuMode: 'Advanced' } }))

    expect(screen.getByLabelText('*Pipeline Resource Spec:')).not.toBeNull()
  })

  test('the input that is tried can be taken, unless it is there already', () => {
    const { rerender } = render(tab({}, 'pfs: {repo: a}'))

    fireEvent.click(screen.getByTestId('Pipeline__takeTriedSpec'))
    expect(actions.edit).toHaveBeenCalledWith({ inputSpec: 'pfs: {repo: a}' })
    rerender(tab({ fields: { ...fields, inputSpec: 'pfs: {repo: a}' } }, 'pfs: {repo: a}'))

    expect(screen.queryByTestId('Pipeline__takeTriedSpec')).toBeNull()
  })

  test('while it publishes, nothing can be changed', () => {
    render(tab({ work: 'publishing' }))

    expect(screen.getByTestId('Pipeline__create_pipeline')).toMatchObject({ disabled: true, textContent: 'Publishing…' })
    for (const id of ['inputPipelineName', 'gpuMode', 'preview']) expect(screen.getByTestId(`Pipeline__${id}`)).toHaveProperty('disabled', true)
  })

  test.each([
    [true, 'jp-Pachyderm-success'],
    [false, 'jp-Pachyderm-warning'],
  ])('a pipeline that was made is no error, whether it runs or not (%j)', (isRunning, className) => {
    render(tab({ outcome: { kind: 'done', text: 'Sent.', isRunning, state: 'PIPELINE_RUNNING', consoleUrl: 'https://console/p' } }))

    expect(screen.getByRole('status').className).toBe(className)
    expect(screen.getByTestId('Pipeline__responseMessage').textContent).toBe('Sent.')
    expect(screen.getByTestId('Pipeline__state').textContent).toBe('State: running')
    expect(screen.getByText('Open in Console')).toHaveProperty('href', 'https://console/p')
    fireEvent.click(screen.getByText('Look again'))
    expect(actions.look).toHaveBeenCalledOnce()
  })

  test('a refusal is announced', () => {
    render(tab({ outcome: { kind: 'refused', text: 'Error creating pipeline: no' } }))

    expect(screen.getByRole('alert').textContent).toBe('Error creating pipeline: no')
    expect(screen.queryByTestId('Pipeline__responseMessage')).toBeNull()
  })

  test('a preview can be copied and closed; one that failed says why', () => {
    const { rerender } = render(tab({ preview: { text: 'pipeline: {}', problem: undefined } }))
    fireEvent.click(screen.getByTestId('Pipeline__copySpec'))
    fireEvent.click(screen.getByTestId('Pipeline__closePreview'))
    expect(actions.copy).toHaveBeenCalledWith('pipeline: {}')
    expect(actions.closePreview).toHaveBeenCalledOnce()

    rerender(tab({ preview: { text: '', problem: 'invalid port' } }))

    expect(screen.getByTestId('Pipeline__previewProblem').textContent).toBe('invalid port')
  })
})

test('what changes in a pipeline is told line by line, and that nothing does', () => {
  const running = { project: 'default', pipeline: 'edges', version: 3, state: 'PIPELINE_RUNNING', reason: '', spec: {} }
  const { rerender } = render(<SpecDifference replacement={{ running, difference: [{ change: 'removed', text: 'image: a' }, { change: 'added', text: 'image: b' }] }} trans={english} />)
  expect(screen.getByTestId('Pipeline__difference').textContent).toBe('- image: a\n+ image: b\n')

  rerender(<SpecDifference replacement={{ running, difference: [] }} trans={english} />)

  expect(screen.getByText('Its specification stays the same.')).not.toBeNull()
})

import { beforeEach, expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { ApiError } from '../server/api-error.js'
import { UploadModel, type SendOptions } from './upload-model.js'

interface Sending extends SendOptions {
  readonly path: string
  readonly arrive: () => void
  readonly refuse: (error: Error) => void
}

let sending: Sending[]
let model: UploadModel
beforeEach(() => {
  sending = []
  model = new UploadModel(
    ({ path }, options) =>
      new Promise((resolve, reject) => {
        sending.push({ ...options, path, arrive: resolve, refuse: reject })
        options.signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
      }),
    english,
  )
})
const file = (path: string) => ({ path, content: new Blob(['12345']) })
const statuses = () => model.state.uploads.map(({ path, status }) => `${path} ${status}`)
const settled = () => new Promise(resolve => setTimeout(resolve))
const EXISTS = new ApiError('out/a exists already', 409, 'ALREADY_EXISTS')

test('three files are sent at once, the others after them, and nothing is left of it', async () => {
  model.add(['a', 'b', 'c', 'd'].map(file))
  expect(sending.map(({ path }) => path)).toEqual(['a', 'b', 'c'])

  sending[0]?.onProgress(3)
  expect(model.state.uploads[0]).toMatchObject({ status: 'sending', sentBytes: 3 })
  sending[0]?.arrive()
  await settled()
  expect(sending.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd'])

  for (const { arrive } of sending) arrive()
  await settled()
  expect(model.state).toEqual({ uploads: [], sentCount: 4 })
})

test('nothing is replaced before the user says so', async () => {
  model.add([file('a')])
  sending[0]?.refuse(EXISTS)
  await settled()
  expect([statuses(), sending[0]?.replace]).toEqual([['a exists'], false])

  model.sendAgain([0])
  expect(sending[1]?.replace).toBe(true)
  sending[1]?.arrive()
  await settled()

  expect(model.state).toEqual({ uploads: [], sentCount: 1 })
})

test('what failed says why and can be sent again', async () => {
  model.add([file('a')])
  sending[0]?.refuse(new ApiError('', 0, 'NO_JUPYTER'))
  await settled()
  expect(model.state.uploads[0]).toMatchObject({ status: 'failed', reason: 'The connection broke off.' })

  model.sendAgain([0])

  expect([statuses(), sending[1]?.replace]).toEqual([['a sending'], false])
})

test('a dropped file is stopped, and the next one is sent', async () => {
  model.add(['a', 'b', 'c', 'd'].map(file))

  model.drop([0])
  await settled()

  expect(sending[0]?.signal.aborted).toBe(true)
  expect(statuses()).toEqual(['b sending', 'c sending', 'd sending'])
})

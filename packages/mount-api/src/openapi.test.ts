import { expect, test } from 'vitest'

import { eventData } from './events.js'
import { openApiDocument } from './openapi.js'
import { routes } from './routes.js'

type Operation = { readonly operationId: string; readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[] }
type Document = { readonly paths: Record<string, Record<string, Operation>> }

const { paths } = openApiDocument({ version: '1.2.3' }) as Document

test('every row of the route table is one operation', () => {
  const ids = Object.values(paths).flatMap(path => Object.values(path).map(({ operationId }) => operationId))

  expect(ids.toSorted()).toEqual(Object.keys(routes).toSorted())
})

test('what a path names is a required parameter, what a query may name is not', () => {
  const diff = paths['/repos/{project}/{repo}/commits/{commit}/diff']?.['get']

  expect(diff?.parameters?.filter(({ required }) => required).map(({ name }) => name)).toEqual(['project', 'repo', 'commit'])
  expect(diff?.parameters?.filter(place => place.in === 'query').map(({ name }) => name)).toEqual(['from', 'path', 'limit', 'after'])
})

test('each placeholder of a path is a parameter of its operations', () => {
  for (const [path, operations] of Object.entries(paths)) {
    const placeholders = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name)
    for (const { parameters = [] } of Object.values(operations)) expect(parameters.filter(place => place.in === 'path').map(({ name }) => name)).toEqual(placeholders)
  }
})

test('the names of events are those that have a schema', () => {
  expect(routes.events.reply.properties.event.enum).toEqual(Object.keys(eventData))
})

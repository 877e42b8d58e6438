import { expect, test } from 'vitest'

import { differenceOf } from './spec-difference.js'

const spec = {
  pipeline: { project: { name: 'default' }, name: 'edges' },
  transform: { image: 'python:3.10', cmd: ['python3', 'x.py'] },
  input: { cross: [{ pfs: { repo: 'images', glob: '/*' } }, { pfs: { project: 'default', name: 'edges__context', repo: 'edges__context', branch: '...', glob: '/' } }] },
}

test('a specification is not different because pachd writes it in its own way', () => {
  const asPachdHasIt = {
    ...spec,
    update: true,
    reprocess: true,
    autoscaling: false,
    resourceLimits: null,
    input: {
      pfs: null,
      union: [],
      cross: [
        { pfs: { project: 'default', name: 'images', repo: 'images', repoType: 'user', branch: 'master', glob: '/*', emptyFiles: false } },
        { pfs: { project: 'default', name: 'edges__context', repo: 'edges__context', branch: 'commit_0123', glob: '/' } },
      ],
    },
  }

  expect(differenceOf(asPachdHasIt, spec)).toEqual([])
})

test('what goes and what comes is shown with the lines around it', () => {
  const lines = differenceOf({ ...spec, parallelismSpec: { constant: 8 } }, { ...spec, transform: { ...spec.transform, image: 'python:3.12' } })

  expect(lines.filter(({ change }) => change !== 'same')).toEqual([
    { change: 'removed', text: 'parallelism_spec:' },
    { change: 'removed', text: '  constant: 8' },
    { change: 'removed', text: '  image: python:3.10' },
    { change: 'added', text: '  image: python:3.12' },
  ])
  expect(lines.some(({ change }) => change === 'same')).toBe(true)
  expect(lines.map(({ text }) => text)).not.toContain('        glob: /*')
})

test('names of environment variables stay as they are', () => {
  const lines = differenceOf({}, { transform: { env: { LOG_LEVEL: 'debug' } } })

  expect(lines.map(({ text }) => text)).toContain('    LOG_LEVEL: debug')
})

import { describe, expect, test } from 'vitest'

import { english } from '../../tests/english.js'
import { mountEntry } from '../../tests/scripted-mount-server.js'
import { inputRules } from './input-rules.js'
import { proposedInput } from './proposed-input.js'
import { resourceRules } from './resource-rules.js'
import { hasErrors, readSpec } from './spec-text.js'
import { readTriedInput } from './tried-input.js'

/** What is said, as "line: sentence"; warnings in brackets. */
function said(text: string, purpose: 'datums' | 'pipeline' = 'datums'): string[] {
  const { problems } = readSpec(text, inputRules(purpose, english), english)
  return problems.map(({ from, message, severity }) => `${severity === 'warning' ? '[warning] ' : ''}${text.slice(0, from).split('\n').length}: ${message}`)
}

describe('an input', () => {
  test.each([
    '{"pfs": {"repo": "a", "glob": "/"}}',
    'pfs:\n  repo: a\n  glob: /*',
    'pfs: {repo: a, glob: /, emptyFiles: true, joinOn: $1}',
    'cross:\n- pfs: {repo: a, glob: /}\n- union:\n  - pfs: {repo: b, glob: /}\n  - pfs: {repo: c, glob: /}',
    'join:\n- pfs: {repo: a, glob: /(*), join_on: $1}\n- pfs: {repo: b, glob: /(*), join_on: $1, outer_join: true}',
  ])('%j is fine', text => {
    expect(said(text)).toEqual([])
  })

  test('an alias stands for what it names', () => {
    expect(said('cross:\n- pfs: &a {repo: a, glob: /, name: one}\n- pfs: *a\n')).toEqual([])
  })

  test.each([
    ['a value where a list is wanted', 'cross:\n  pfs: {repo: a, glob: /}', ['1: "cross" should be followed by a list of inputs, each with a dash.']],
    ['a kind that is none', 'crosss:\n- pfs: {repo: a, glob: /}', [expect.stringContaining('1: "crosss" is no kind of input; use one of pfs, cross') as string, expect.stringContaining('1: Say what to read') as string]],
    ['two kinds', 'pfs: {repo: a, glob: /}\ncross:\n- pfs: {repo: b, glob: /}', [expect.stringMatching(/^2: Only one kind of input may stand here, and there is "pfs" already/) as string]],
    ['an empty list', 'cross: []', [expect.stringMatching(/^1: Say what to read/) as string]],
    ['no repo', 'pfs:\n  glob: /', ['1: Name the repo that is read: "repo".']],
    ['no glob', 'pfs:\n  repo: a', [expect.stringMatching(/^1: Say what is one datum: "glob"/) as string]],
    ['a name that no repo has', 'pfs:\n  repo: a/b\n  glob: /', [expect.stringMatching(/^2: No repo can be called "a\/b"/) as string]],
    ['a commit', 'pfs:\n  repo: a\n  glob: /\n  commit: abc', [expect.stringMatching(/^4: A commit cannot be chosen here/) as string]],
    ['a field that is none', 'pfs:\n  repo: a\n  glop: /\n  glob: /', [expect.stringMatching(/^3: "glop" is no field of pfs/) as string]],
    ['a number for a text', 'pfs:\n  repo: 12\n  glob: /', ['2: "repo" should be a text; put it between quotes.', '1: Name the repo that is read: "repo".']],
    ['a text for a switch', 'pfs:\n  repo: a\n  glob: /\n  lazy: "yes"', ['4: "lazy" should be true or false.']],
    ['S3', 'pfs:\n  repo: a\n  glob: /\n  s3: true', ['4: What is read over S3 cannot be mounted; leave "s3" out.']],
    ['a clock', 'cron:\n  name: tick\n  spec: "@every 1h"', [expect.stringMatching(/^1: A cron input has no datums before there is a pipeline/) as string]],
    ['a join of everything', 'join:\n- pfs: {repo: a, glob: /*}', ['[warning] 2: Without "join_on" every file here belongs to every file of the others.']],
    ['one name for two repos', 'cross:\n- pfs: {repo: a, glob: /, name: x}\n- pfs: {repo: b, glob: /, name: x}', ['3: The name "x" is used more than once; give each input its own "name".']],
    ['the name of the output', 'pfs:\n  name: out\n  repo: a\n  glob: /', [expect.stringMatching(/^2: No input can be called "out"/) as string]],
    ['a list', '- pfs: {repo: a, glob: /}', [expect.stringMatching(/^1: A specification is a mapping/) as string]],
  ])('with %s is told what to do, at its line', (_what, text, sentences) => {
    expect(said(text)).toEqual(sentences)
  })

  test('that is neither YAML nor JSON is told where', () => {
    expect(said('pfs:\n  repo: [a\n  glob: /')[0]).toMatch(/^\d: Neither YAML nor JSON: /)
    expect(said('{"pfs": {"repo": "a" "glob": "/"}}')[0]).toMatch(/^1: Neither YAML nor JSON: /)
  })

  test('one branch may be read twice under one name, and the parts of a union of a pipeline may share theirs', () => {
    const crossed = 'cross:\n- pfs: {repo: a, glob: /x}\n- pfs: {repo: a, glob: /y}'
    const united = 'union:\n- pfs: {repo: a, glob: /, name: x}\n- pfs: {repo: b, glob: /, name: x}'

    expect([said(crossed), said(united)[0]]).toEqual([[], expect.stringContaining('"x" is used more than once')])
    expect([said(crossed, 'pipeline')[0], said(united, 'pipeline')]).toEqual([expect.stringContaining('"a" is used more than once'), []])
  })

  test('of a pipeline may be a clock, and read over S3', () => {
    expect(said('cron: {name: tick, spec: "@every 1h"}', 'pipeline')).toEqual([])
    expect(said('cron: {name: tick}', 'pipeline')).toEqual(['1: Say when: "spec", such as "@every 1h".'])
    expect(said('pfs: {repo: a, glob: /, s3: true}', 'pipeline')).toEqual([])
    expect(said('pfs: {repo: a, glob: /*, s3: true}', 'pipeline')).toEqual([expect.stringContaining('"glob" should be "/"')])
    expect(said('union: [{pfs: {repo: a, glob: /, s3: true}}]', 'pipeline')).toEqual([expect.stringContaining('cannot be part of a union')])
  })

  test.each([
    ['quotes', '"'.repeat(60_000)],
    ['an open string', `"${'\\"'.repeat(30_000)}`],
    ['commas', `[${','.repeat(60_000)}`],
    ['brackets side by side', '[]{}'.repeat(15_000)],
    ['equal keys', 'a: 1\n'.repeat(12_000)],
    ['keys of keys', '? '.repeat(30_000)],
    ['aliases of aliases', `pfs: {repo: &a a}\n${Array.from({ length: 30 }, () => 'x: *a\n').join('')}`],
    ['more than anybody writes', 'a'.repeat(70_000)],
  ])('of %s has one problem', (_what, text) => {
    expect(said(text)).toHaveLength(1)
  })

  test('has no more problems than can be read', () => {
    expect(said(Array.from({ length: 5000 }, (_, index) => `k${String(index)}: 1\n`).join(''))).toHaveLength(50)
  })

  test('without any text there is nothing to say, and nothing to send', () => {
    const read = readSpec('  \n# later\n', inputRules('datums', english), english)

    expect([read.problems, hasErrors(read)]).toEqual([[], true])
  })
})

test('of a whole pipeline specification the input is tried', () => {
  const { input, problems } = readTriedInput('pipeline: {name: edges}\ntransform: {image: a}\ninput:\n  pfs: {repo: images, glob: /*}', english)

  expect([input, problems]).toEqual([{ pfs: { repo: 'images', glob: '/*' } }, []])
})

test.each([
  ['cpu: 0.5\nmemory: 2Gi\ndisk: 10G\ngpu: {type: nvidia.com/gpu, number: 1}', []],
  ['cpu: many', ['"cpu" should be a number of processors, such as 0.5.']],
  ['memory: 2 GB', ['"memory" should be an amount with its unit, such as "2Gi".']],
  ['ram: 1', ['"ram" is no resource; those are cpu, memory, disk, gpu.']],
  ['gpu: 1', ['Say which kind of GPU: "type", such as nvidia.com/gpu.']],
  ['gpu: {type: nvidia.com/gpu}', ['Say how many GPUs: "number", a whole number.']],
])('of the resources %j it says %j', (text, sentences) => {
  expect(readSpec(text, resourceRules(english), english).problems.map(({ message }) => message)).toEqual(sentences)
})

describe('the input that the mounts suggest', () => {
  const one = mountEntry({ name: 'default_images' })
  const other = mountEntry({ name: 'vision_labels_dev', project: 'vision', repo: 'labels', branch: 'dev' })
  const read = (text: string) => readTriedInput(text, english).input

  test('is one pfs for one mount, a cross for several, and nothing for none', () => {
    expect(read(proposedInput([one], english))).toEqual({ pfs: { name: 'default_images', repo: 'images', glob: '/*' } })
    expect(read(proposedInput([one, other], english))).toEqual({
      cross: [{ pfs: { name: 'default_images', repo: 'images', glob: '/*' } }, { pfs: { name: 'vision_labels_dev', project: 'vision', repo: 'labels', branch: 'dev', glob: '/*' } }],
    })
    expect(proposedInput([], english)).toBe('')
  })

  test('says where an older commit is mounted than the one that is read', () => {
    const text = proposedInput([{ ...one, commit: 'c0ffee00'.repeat(4), how_many_commits_behind: 2 }, other], english)

    expect(text).toContain('# default_images is mounted at commit c0ffee00; datums are made of the newest commit of master.')
    expect(readTriedInput(text, english)).toMatchObject({ problems: [], isReadable: true })
  })
})

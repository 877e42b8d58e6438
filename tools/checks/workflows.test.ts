/** The workflows of GitHub: of the right form, harmless as far as zizmor knows, and calling only what is there. */
import { execFile } from 'node:child_process'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { casesVenv } from '../setup/python-environment.mjs'
import { root } from '../setup/report.mjs'

interface Step {
  readonly run?: string
  readonly uses?: string
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly 'timeout-minutes'?: number }>>
}

const folder = join(root, '.github/workflows')
const names = await readdir(folder)
const workflows = await Promise.all(names.map(async name => ({ name, workflow: parse(await readFile(join(folder, name), 'utf8')) as Workflow })))
const steps = workflows.flatMap(({ name, workflow }) => Object.values(workflow.jobs).flatMap(job => job.steps.map(step => ({ name, ...step }))))
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

const tool = (name: string, ...args: string[]) => promisify(execFile)(join(casesVenv, 'bin', name), args, { cwd: root })

test.each(names)('%s is of the schema of GitHub', async name => {
  await expect(tool('check-jsonschema', '--builtin-schema', 'vendor.github-workflows', join('.github/workflows', name))).resolves.toBeDefined()
})

test('zizmor finds nothing that others could make use of', async () => {
  await expect(tool('zizmor', '--offline', '--no-progress', '.github/workflows')).resolves.toBeDefined()
}, 60_000)

test('each action is pinned by a commit, and says which version that is', async () => {
  for (const name of names) {
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n').filter(text => text.includes('uses:'))) {
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+( # zizmor: ignore\[[a-z-]+\])?$/)
    }
  }
})

test('each job ends some time', () => {
  const endless = workflows.flatMap(({ name, workflow }) => Object.entries(workflow.jobs).flatMap(([job, { 'timeout-minutes': limit }]) => (limit === undefined ? [`${name}: ${job}`] : [])))

  expect(endless).toEqual([])
})

test('each script of npm that is run is in package.json', () => {
  const called = steps.flatMap(({ run = '' }) => Array.from(run.matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g), ([, script, word]) => script ?? word ?? ''))

  expect(called.length).toBeGreaterThan(0)
  expect(called.filter(script => !(script in scripts))).toEqual([])
})

test('each file that is run is there', async () => {
  const called = steps.flatMap(({ run = '' }) => Array.from(run.matchAll(/(?<![\w/])(?:\.ci\/\w+|tools\/[\w/.-]+\.(?:mjs|ts|py))/g), ([file]) => file))

  expect(called.length).toBeGreaterThan(0)
  for (const file of called) await expect(access(join(root, file)), file).resolves.toBeUndefined()
})

test('each script of package.json runs files that are there', async () => {
  const called = Object.values(scripts).flatMap(script => Array.from(script.matchAll(/(?:tools|packages)\/[\w/.-]+\.(?:mjs|ts)/g), ([file]) => file))

  for (const file of called) await expect(access(join(root, file)), file).resolves.toBeUndefined()
})

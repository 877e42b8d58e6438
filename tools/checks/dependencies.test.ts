/** Dependencies of what is published: looked up before a release, and old ones kept for a reason. The registry's dates are recorded beside this file. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { root } from '../setup/report.mjs'

interface Job {
  readonly needs?: string | readonly string[]
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[]
}

const { jobs } = parse(await readFile(join(root, '.github/workflows/release.yml'), 'utf8')) as { readonly jobs: Readonly<Record<string, Job>> }
const releases = JSON.parse(await readFile(join(root, 'tools/checks/dependency-releases.json'), 'utf8')) as { readonly checked: string; readonly npm: Readonly<Record<string, string>> }

/** What a job runs, and what all jobs before it have run. */
function stepsUntil(name: string): string[] {
  const { needs = [], steps } = jobs[name] ?? { steps: [] }
  return [...[needs].flat().flatMap(stepsUntil), ...steps.map(({ run = '', uses = '' }) => `${run}${uses}`)]
}

test('nothing is published before the advisories of all dependencies were looked up', () => {
  const publishing = Object.keys(jobs).filter(name => jobs[name]?.steps.some(({ run = '', uses = '' }) => /npm publish|gh release create|gh-action-pypi-publish/.test(run + uses)))

  expect(publishing).toEqual(['npm', 'pypi', 'github'])
  for (const name of publishing) {
    const steps = stepsUntil(name)
    const published = steps.findIndex(step => /npm publish|gh release create|gh-action-pypi-publish/.test(step))
    for (const scan of [/^npm audit --omit=dev --audit-level=high$/m, /pipx run --spec pip-audit==\d+\.\d+\.\d+ pip-audit /]) {
      const at = steps.findIndex(step => scan.test(step))
      expect([at >= 0, at < published], `${name}: ${String(scan)}`).toEqual([true, true])
    }
  }
})

/** Packages that are released together count once, by their scope. */
const recordOf = (name: string) => (name in releases.npm ? name : `${name.split('/')[0] ?? ''}/*`)

async function publishedDependencies(): Promise<string[]> {
  const folders = await readdir(join(root, 'packages'))
  const manifests = await Promise.all(folders.map(async folder => JSON.parse(await readFile(join(root, 'packages', folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }))
  const names = manifests.flatMap(({ dependencies = {}, optionalDependencies = {} }) => Object.keys({ ...dependencies, ...optionalDependencies }))
  // Carried in mount-fs's dist instead of installed.
  return [...new Set([...names, 'fuse-native'])].filter(name => !name.startsWith('@jupyterlab-pachyderm/'))
}

test('the last release of each dependency is known, and of nothing else', async () => {
  const records = new Set((await publishedDependencies()).map(recordOf))

  expect([...records].sort()).toEqual(Object.keys(releases.npm).sort())
})

test('docs/security.md says why each dependency stays that had no release for two years', async () => {
  const page = await readFile(join(root, 'docs/security.md'), 'utf8')
  const limit = new Date(`${releases.checked}T00:00:00Z`)
  limit.setUTCFullYear(limit.getUTCFullYear() - 2)
  const listed = new Map(Array.from(page.matchAll(/^\| `([^`]+)` \| (\d{4}-\d{2}-\d{2}) \| (.{20,}) \|$/gm), ([, name = '', date = '']) => [name, date]))

  const old = Object.entries(releases.npm).filter(([, date]) => new Date(`${date}T00:00:00Z`) < limit)

  expect(old.length).toBeGreaterThan(0)
  for (const [name, date] of old) expect(listed.get(name), name).toBe(date)
  for (const [name, date] of listed) expect(releases.npm[name], name).toBe(date)
})

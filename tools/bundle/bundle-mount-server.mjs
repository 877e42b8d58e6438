/** mount-server bundled: `node tools/bundle/bundle-mount-server.mjs FOLDER`. What is then in the folder needs Node, and nothing from npm. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import licensePlugin from 'rollup-plugin-license'

/** @typedef {import('rollup-plugin-license').Dependency} Dependency */
/** @typedef {Pick<Dependency, 'name' | 'version' | 'license' | 'licenseText'> & Partial<Pick<Dependency, 'noticeText' | 'author' | 'repository'>>} Carried */

// Its declarations describe a default export within CommonJS, where Node gives the function itself.
const license = /** @type {typeof licensePlugin.default} */ (/** @type {unknown} */ (licensePlugin))
const workspace = join(import.meta.dirname, '../..')
const source = join(workspace, 'packages/mount-server')
const given = process.argv[2]
if (given === undefined) throw new Error('Say which folder the bundle goes to.')
const target = resolve(given)
const libfuse = 'prebuilds/linux-x64'

/** What the bundles are made of besides our own code. @type {Map<string, Carried>} */
const carried = new Map()

/** @param {Dependency} dependency */
const isOurs = ({ name }) => name?.startsWith('@jupyterlab-pachyderm/')

/** @param {import('rolldown').InputOptions} input @param {import('rolldown').OutputOptions} output */
async function bundle(input, output) {
  const collect = license({ thirdParty: found => found.forEach(one => isOurs(one) || carried.set(`${one.name} ${one.version}`, one)) })
  const build = await rolldown({ platform: 'node', ...input, plugins: [collect] })
  await build.write(output)
  await build.close()
}

/** One file for a package that is looked up by its name at run time. @param {string} name @param {string} path @param {string[]} external */
async function bundlePackage(name, path, external = []) {
  const folder = join(target, 'node_modules', name)
  await bundle({ input: path, external }, { file: join(folder, 'index.js'), format: 'cjs' })
  const { version } = JSON.parse(readFileSync(join(dirname(path), 'package.json'), 'utf8'))
  writeJson(join(folder, 'package.json'), { name, version, main: 'index.js' })
  return folder
}

/** Copies files of a package that is looked up by its name at run time. @param {string} from @param {string} name @param {string[]} files @param {object} entry */
function carryFiles(from, name, files, entry) {
  const folder = join(target, 'node_modules', name)
  for (const file of files) cpSync(join(from, file), join(folder, file))
  const { version, license, repository } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
  writeJson(join(folder, 'package.json'), { name, version, license, ...entry })
  return { name, version, license, repository }
}

/** @param {string} path @param {unknown} value */
function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`)
}

/** @param {Carried} dependency */
function notice({ name, version, license, licenseText, noticeText, author, repository }) {
  const origin = typeof repository === 'string' ? repository : repository?.url
  const facts = [`${name} ${version}`, license && `Licence: ${license}`, author && `Author: ${author.text()}`, origin && `Source: ${origin}`]
  return [facts.filter(Boolean).join('\n'), licenseText, noticeText].filter(Boolean).join('\n\n')
}

rmSync(target, { recursive: true, force: true })
// The watchdog is a process of its own, whose program is beside that of the server.
const programs = { main: join(source, 'src/main.ts'), 'watchdog-main': join(source, 'src/watchdog/watchdog-main.ts') }
const conditions = { conditionNames: ['@jupyterlab-pachyderm/source', 'node', 'import', 'default'] }
await bundle({ input: programs, resolve: conditions, external: ['koffi'] }, { dir: join(target, 'dist'), format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' })
const { version, license: ours } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
cpSync(join(workspace, 'LICENSE'), join(target, 'LICENSE'))
writeJson(join(target, 'package.json'), { name: 'mount-server', version, license: ours, type: 'module' })

const fuse = createRequire(join(workspace, 'packages/mount-fs/package.json')).resolve('fuse-native')
const fuseFolder = await bundlePackage('fuse-native', fuse, ['node-gyp-build'])
await bundlePackage('node-gyp-build', createRequire(fuse).resolve('node-gyp-build'))
for (const file of ['node.napi.node', 'libfuse.so']) cpSync(join(dirname(fuse), libfuse, file), join(fuseFolder, libfuse, file))

// koffi finds its add-on in a package beside it. Where there is none for the processor, mount-server does without koffi.
const koffi = dirname(fileURLToPath(import.meta.resolve('koffi')))
const koffiFolder = carryFiles(koffi, 'koffi', ['index.js', 'src/koffi/index.js', 'src/koffi/src/static.js'], { type: 'module', main: 'index.js' })
carryFiles(join(koffi, '../@koromix/koffi-linux-x64'), '@koromix/koffi-linux-x64', ['index.js', 'linux_x64/koffi.node'], { main: 'index.js' })
carried.set('koffi', { ...koffiFolder, licenseText: readFileSync(join(koffi, 'LICENSE.txt'), 'utf8') })

const notices = [...carried].sort(([a], [b]) => a.localeCompare(b)).map(([, dependency]) => notice(dependency))
const library = ['libfuse 2.9, as libfuse.so in fuse-native, unchanged and loaded at run time', 'Licence: LGPL-2.1-only', 'Source: https://github.com/libfuse/libfuse'].join('\n')
const lgpl = readFileSync(join(workspace, 'packages/jupyterlab-extension/licences/LGPL-2.1.txt'), 'utf8')
writeFileSync(join(target, 'THIRD-PARTY-LICENCES.txt'), [...notices, `${library}\n\n${lgpl}`].join(`\n\n${'-'.repeat(80)}\n\n`))
console.log(`mount-server ${version} with ${carried.size} packages is in ${target}`)

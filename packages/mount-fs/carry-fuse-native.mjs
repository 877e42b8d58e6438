/**
 * Puts fuse-native into dist/: `node carry-fuse-native.mjs`. As a dependency it would run its install script at whoever installs
 * this package; that script compiles where no libfuse2 is installed, and fails without a compiler, although its prebuild works.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const here = import.meta.dirname
const source = dirname(createRequire(import.meta.url).resolve('fuse-native'))
const target = join(here, 'dist/fuse-native')
const prebuilds = ['linux-x64/node.napi.node', 'linux-x64/libfuse.so', 'darwin-x64/node.napi.node', 'darwin-x64/libosxfuse.dylib']

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const file of ['index.js', 'README.md', ...prebuilds.map(file => join('prebuilds', file))]) cpSync(join(source, file), join(target, file))
const { name, version, license, author, repository } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
writeFileSync(join(target, 'package.json'), `${JSON.stringify({ name, version, license, author, repository, main: 'index.js' }, undefined, 2)}\n`)
cpSync(join(here, '../jupyterlab-extension/licences/LGPL-2.1.txt'), join(target, 'LGPL-2.1.txt'))

/** Programs of this workspace as one file each, which start in a fraction of the time. */
import { build } from 'esbuild'
import { cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '../../../..')

/** What ES modules lack of what bundled CommonJS expects. */
const banner = `import { createRequire as __createRequire } from 'node:module'
import { fileURLToPath as __fileURLToPath } from 'node:url'
import { dirname as __directoryOf } from 'node:path'
const require = __createRequire(import.meta.url)
const __filename = __fileURLToPath(import.meta.url)
const __dirname = __directoryOf(__filename)`

/** A program, or a process or thread of it, which looks for its file beside that of the program. */
const PROGRAM = /(?:^|-)(?:main|worker)\.ts$/

/** Bundles the program of a package into `folder`, with those that it starts; the path of the file to run. */
export async function bundleProgram(name: 'mount-server' | 'pachd-embedded', folder: string): Promise<string> {
  const home = join(folder, name)
  const source = join(root, 'packages', name, 'src')
  await mkdir(join(home, 'bundle'), { recursive: true })
  await cp(join(root, 'packages', name, 'package.json'), join(home, 'package.json'))
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'))
  const programs = (await readdir(source, { recursive: true })).filter(path => PROGRAM.test(basename(path)))
  await build({
    entryPoints: programs.map(path => ({ in: join(source, path), out: basename(path, '.ts') })),
    bundle: true, platform: 'node', format: 'esm', outdir: join(home, 'bundle'), outExtension: { '.js': '.mjs' }, logLevel: 'error',
    conditions: ['@jupyterlab-pachyderm/source'],
    external: ['fuse-native', 'lmdb', 'pino', 'pino-pretty', 'koffi', 'msgpackr-extract'],
    banner: { js: banner },
  })
  return join(home, 'bundle/main.mjs')
}

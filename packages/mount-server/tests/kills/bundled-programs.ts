/** Programs of this workspace as one file each, which start in a fraction of the time. */
import { build } from 'esbuild'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../../..')

/** What ES modules lack of what bundled CommonJS expects. */
const banner = `import { createRequire as __createRequire } from 'node:module'
import { fileURLToPath as __fileURLToPath } from 'node:url'
import { dirname as __directoryOf } from 'node:path'
const require = __createRequire(import.meta.url)
const __filename = __fileURLToPath(import.meta.url)
const __dirname = __directoryOf(__filename)`

/** Bundles the program of a package into `folder`; the path of the file to run. */
export async function bundleProgram(name: 'mount-server' | 'pachd-embedded', folder: string): Promise<string> {
  const home = join(folder, name)
  await mkdir(join(home, 'bundle'), { recursive: true })
  await cp(join(root, 'packages', name, 'package.json'), join(home, 'package.json'))
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'))
  const outfile = join(home, 'bundle/main.mjs')
  await build({
    entryPoints: [join(root, 'packages', name, 'src/main.ts')],
    bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error',
    conditions: ['@jupyterlab-pachyderm/source'],
    external: ['fuse-native', 'lmdb', 'pino', 'pino-pretty', 'koffi', 'msgpackr-extract'],
    banner: { js: banner },
  })
  return outfile
}

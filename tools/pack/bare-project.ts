/** An empty project on a machine that has Node, a shell and four small programs: no compiler, no make, no Python. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import { outputOf, SetupError } from '../setup/report.mjs'
import type { PackageManager } from './package-managers.js'

const run = promisify(execFile)

/** What the links in node_modules/.bin are made with, besides Node. */
const programs = ['sh', 'dirname', 'readlink', 'basename', 'sed', 'uname']

/** A folder with a package.json. Its programs see nothing of this machine's PATH. */
export class BareProject {
  private constructor(
    readonly folder: string,
    private readonly node: string,
    private readonly manager: PackageManager,
    private readonly managerProgram: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Makes the folder. `tools` is where package managers that had to be fetched are. */
  static async create(folder: string, node: string, manager: PackageManager, tools: string, manifest: object): Promise<BareProject> {
    const path = join(folder, 'path')
    const home = join(folder, 'home')
    await mkdir(path, { recursive: true })
    await mkdir(home)
    await symlink(node, join(path, 'node'))
    for (const program of programs) await symlink(outputOf('sh', ['-c', `command -v ${program}`]) ?? '', join(path, program))
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'somebody-else', private: true, type: 'module', ...manifest }))
    await manager.settings?.(folder)
    const registry = outputOf('npm', ['config', 'get', 'registry'])
    const kept = Object.entries(process.env).filter(([name]) => /^(SSL_|NODE_EXTRA_CA_CERTS$|https?_proxy$|no_proxy$|LANG$)/i.test(name))
    const env = { ...Object.fromEntries(kept), PATH: path, HOME: home, npm_config_registry: registry, YARN_NPM_REGISTRY_SERVER: registry }
    return new BareProject(folder, node, manager, await manager.program(tools), env)
  }

  /** Installs what package.json asks for; what the package manager printed. */
  install(): Promise<string> {
    return this.run(this.node, [this.managerProgram, ...this.manager.install])
  }

  /** Runs a program of an installed package as the package manager does; what it printed. */
  execute(program: string, ...args: string[]): Promise<string> {
    return this.run(this.node, [this.managerProgram, ...this.manager.execute, program, ...args])
  }

  /** Runs one of the project's own files; what it printed. */
  runFile(file: string, ...args: string[]): Promise<string> {
    return this.run(this.node, [join(this.folder, file), ...args])
  }

  /** Starts a program of an installed package; resolves with the first line that `announced` is found in. Whoever starts it stops it. */
  async start(program: string, args: readonly string[], announced: RegExp): Promise<{ readonly line: string; readonly stop: () => Promise<void> }> {
    const child = spawn(join(this.folder, 'node_modules/.bin', program), args, { cwd: this.folder, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    const exited = once(child, 'exit')
    const printed: string[] = []
    const line = await new Promise<string>((found, ended) => {
      const note = (text: string) => {
        printed.push(text)
        if (announced.test(text)) found(text)
      }
      createInterface(child.stdout).on('line', note)
      createInterface(child.stderr).on('line', note)
      void exited.then(() => ended(new SetupError(`${program} ended: ${printed.join('\n')}`)))
    })
    return {
      line,
      stop: async () => {
        child.kill('SIGTERM')
        await exited
      },
    }
  }

  private async run(command: string, args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await run(command, args, { cwd: this.folder, env: this.env, maxBuffer: 16e6 })
    return stdout + stderr
  }
}

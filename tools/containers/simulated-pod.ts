/**
 * A pod without Kubernetes: what a node's kernel does for it. The node, the sidecar and the notebook are mount namespaces, which share
 * volumes with the propagation that the manifests ask for; the notebook has no network and no rights.
 */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** User and group of both images. */
export const USER = { uid: 1000, gid: 100 }

/** A container that only waits, in namespaces of its own; programs are put beside it. */
export class Container {
  private constructor(
    private readonly pause: ChildProcessWithoutNullStreams,
    private readonly pid: number,
  ) {}

  /** Makes the namespaces below those of `parent`, does `setup` there as root, and waits. Whoever starts it stops it. */
  static async start(unshare: readonly string[], setup: string, parent?: Container): Promise<Container> {
    const inside = ['unshare', ...unshare, 'sh', '-euc', `${setup}\necho $$\nexec sleep infinity`]
    const [command = '', ...args] = parent ? [...parent.enter(), ...inside] : inside
    const pause = spawn(command, args)
    let complaint = ''
    pause.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
    const pid = await Promise.race([
      once(createInterface(pause.stdout), 'line').then(([line]) => Number(line)),
      once(pause, 'exit').then(() => Promise.reject(new Error(`the namespaces cannot be made: ${complaint}`))),
    ])
    return new Container(pause, pid)
  }

  /** The start of a command line whose program runs in the container as root. */
  enter(): string[] {
    return ['nsenter', `--mount=/proc/${this.pid}/ns/mnt`, `--net=/proc/${this.pid}/ns/net`]
  }

  /** The start of a command line whose program runs as a user; `unprivileged` takes all rights that it could come to. */
  as({ uid, gid }: { readonly uid: number; readonly gid: number }, { unprivileged = false } = {}): string[] {
    const rights = unprivileged ? ['--no-new-privs', '--bounding-set=-all'] : []
    return [...this.enter(), 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=-all', ...rights]
  }

  async stop(): Promise<void> {
    if (this.pause.exitCode !== null || this.pause.signalCode !== null) return
    this.pause.kill('SIGKILL')
    await once(this.pause, 'exit')
  }
}

/** Where the containers of the pod find the folder, which for other users may be out of reach. */
export const DISK = '/mnt'

/** The devices that a runtime gives to a privileged container, as on a node that lets root alone use FUSE. glibc aborts set-uid programs without the others. */
const ownDevices = [
  'mount -t tmpfs tmpfs /dev',
  'mknod -m 600 /dev/fuse c 10 229',
  ...Object.entries({ null: 3, zero: 5, full: 7, random: 8, urandom: 9 }).map(([name, minor]) => `mknod -m 666 /dev/${name} c 1 ${minor}`),
].join('\n')

/** The pod of deploy/; paths are those that its containers see. */
export interface SimulatedPod {
  readonly node: Container
  readonly sidecar: Container
  readonly notebook: Container
  readonly pfs: string
  readonly socket: string
  readonly secret: string
  readonly home: string
  stop(): Promise<void>
}

/** Makes volumes and containers, and starts nothing in them: `folder` becomes the disk of the node, and `config` the contents of the Secret. */
export async function startPod(folder: string, config: string): Promise<SimulatedPod> {
  const shared = ['pfs', 'run', 'state'].map(name => join(folder, name))
  for (const volume of [...shared, join(folder, 'secret/..data')]) await mkdir(volume, { recursive: true })
  // What kubelet does for fsGroup, and how it lays out a Secret: a link into a directory that is replaced.
  await run('sh', ['-euc', `chgrp ${USER.gid} "$@" && chmod 2777 "$@"`, 'sh', ...shared])
  await writeFile(join(folder, 'secret/..data/config.json'), config)
  await symlink('..data/config.json', join(folder, 'secret/config.json'))
  await writeFile(join(folder, 'fuse.conf'), 'user_allow_other\n')

  const pfs = join(DISK, 'pfs')
  const node = await Container.start(['--mount', '--propagation=private'], `mount --bind '${folder}' ${DISK}\nmount --bind ${pfs} ${pfs}\nmount --make-shared ${pfs}`)
  const sidecar = await Container.start(['--mount', '--propagation=unchanged'], `mount --bind ${DISK}/fuse.conf /etc/fuse.conf\n${ownDevices}`, node)
  const notebook = await Container.start(['--mount', '--propagation=slave', '--net'], ':', node)
  return {
    node,
    sidecar,
    notebook,
    pfs,
    socket: join(DISK, 'run/mount-server/sock'),
    secret: join(DISK, 'secret/config.json'),
    home: join(DISK, 'state'),
    stop: async () => {
      for (const container of [notebook, sidecar, node]) await container.stop()
    },
  }
}

/** Dockerfiles and manifests, as far as they can be judged without Docker and Kubernetes: by linters, schemas, and the spawner of JupyterHub. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

import { casesVenv } from '../setup/python-environment.mjs'
import { root } from '../setup/report.mjs'

/** Oldest and newest Kubernetes that the manifests are for. */
const kubernetesVersions = ['1.29.0', '1.37.0']

interface ContainerSpec {
  readonly name: string
  readonly image: string
  readonly securityContext: { readonly privileged?: boolean; readonly allowPrivilegeEscalation?: boolean }
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly mountPropagation?: string }[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
}
interface PodSpec {
  readonly initContainers?: readonly ContainerSpec[]
  readonly containers: readonly ContainerSpec[]
  readonly volumes: readonly { readonly name: string }[]
}

let folder: string
let userPod: string
let pods: Record<string, PodSpec>

/** Runs a tool of Python; rejects with what it complains about. */
function tool(name: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(join(casesVenv, 'bin', name), args, { cwd: root })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-'))
  userPod = join(folder, 'user-pod.json')
  const { stdout } = await tool('python', 'tools/containers/user_pod.py', 'deploy/jupyterhub/values.yaml')
  await writeFile(userPod, stdout)
  const manifests = parseAllDocuments(await readFile(join(root, 'deploy/kubernetes/notebook.yaml'), 'utf8')).map(document => document.toJS() as { kind: string; spec: { template: { spec: PodSpec } } })
  const deployment = manifests.find(({ kind }) => kind === 'Deployment')
  pods = { kubernetes: deployment!.spec.template.spec, jupyterhub: (JSON.parse(stdout) as { spec: PodSpec }).spec }
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

test.each(['mount-server', 'jupyterlab'])('hadolint finds nothing in the Dockerfile of %s', async name => {
  await expect(tool('hadolint', `containers/${name}/Dockerfile`)).resolves.toMatchObject({ stdout: '' })
})

test('yamllint finds nothing in manifests and values', async () => {
  await expect(tool('yamllint', '--strict', 'deploy')).resolves.toMatchObject({ stdout: '' })
})

test.each(kubernetesVersions)('the manifests are of the schema of Kubernetes %s', async version => {
  await expect(tool('kubernetes-validate', '--strict', '--kubernetes-version', version, 'deploy/kubernetes/notebook.yaml')).resolves.toBeDefined()
})

test.each(kubernetesVersions)('what JupyterHub makes of the values is a pod of the schema of Kubernetes %s', async version => {
  await expect(tool('kubernetes-validate', '--strict', '--kubernetes-version', version, userPod)).resolves.toBeDefined()
})

describe.each(['kubernetes', 'jupyterhub'])('the pod for %s', platform => {
  const containers = () => [...(pods[platform]?.initContainers ?? []), ...(pods[platform]?.containers ?? [])]
  const named = (name: string) => containers().find(container => container.name === name)!
  const propagation = (name: string) => named(name).volumeMounts.find(({ mountPath }) => mountPath === '/pfs')?.mountPropagation

  test('lets mount-server alone mount', () => {
    expect(containers().filter(({ securityContext }) => securityContext.privileged).map(({ name }) => name)).toEqual(['mount-server'])
    expect(named('notebook').securityContext.allowPrivilegeEscalation).toBe(false)
  })

  test('carries the mount from mount-server to the notebook', () => {
    expect([propagation('mount-server'), propagation('notebook')]).toEqual(['Bidirectional', 'HostToContainer'])
  })

  test('tells the notebook where the socket is that the image of mount-server makes', async () => {
    const dockerfile = await readFile(join(root, 'containers/mount-server/Dockerfile'), 'utf8')

    const socket = /MOUNT_SERVER_SOCK_PATH=(\S+)/.exec(dockerfile)?.[1]

    expect(named('notebook').env).toEqual(expect.arrayContaining([{ name: 'PFS_SOCK_PATH', value: socket }, { name: 'SIDECAR_MODE', value: 'true' }]))
  })

  test('has a volume for each mount', () => {
    const volumes = new Set(pods[platform]?.volumes.map(({ name }) => name))

    expect(containers().flatMap(({ volumeMounts }) => volumeMounts).filter(({ name }) => !volumes.has(name))).toEqual([])
  })

  test('has images of this version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }

    expect(containers().map(({ image }) => image.split(':')[1])).toEqual([version, version])
  })
})

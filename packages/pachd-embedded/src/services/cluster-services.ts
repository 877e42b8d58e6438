/** The small services: who the cluster is, which version, whether it is up, and that nothing needs a licence. */
import { admin, enterprise, health, license, version } from '@jupyterlab-pachyderm/pachd-proto'

import { notFound } from '../model-error.js'
import type { Pachd } from '../model/pachd.js'
import { tables } from '../model/records.js'
import { implementService } from './call.js'
import type { Call, ServiceBase } from './call.js'
import { identityService } from './identity-service.js'
import { clusterMetadata, metadataService } from './metadata-service.js'

/** The pachd whose methods and answers are served. */
const SERVED = { major: 2, minor: 12, micro: 0 }
/** Far enough away for a licence that nobody has to renew: the year 2100. */
const LICENCE_ENDS = { seconds: 4_102_444_800, nanos: 0 }

/** The ids of a data directory, which never change. */
export interface ClusterIds {
  readonly clusterId: string
  readonly deploymentId: string
}

async function* serving({ service }: health.HealthCheckRequest, { waiting }: Call): AsyncGenerator<health.HealthCheckResponse, void, undefined> {
  yield { status: service === '' ? 'SERVING' : 'SERVICE_UNKNOWN' }
  await new Promise<void>(resolve => {
    waiting.addEventListener('abort', () => resolve())
    if (waiting.aborted) resolve()
  })
}

/** All small services. */
export function clusterServices(base: ServiceBase, pachd: Pachd, { clusterId, deploymentId }: ClusterIds) {
  return [
    implementService(admin.APIDefinition, base, {
      inspectCluster({ currentProject }) {
        const name = currentProject?.name ?? ''
        const unknown = name !== '' && !tables.projects.get(pachd.rows, name)
        return admin.ClusterInfo.fromPartial({
          id: clusterId,
          deploymentId,
          metadata: { ...clusterMetadata(pachd.rows) },
          warningsOk: true,
          warnings: unknown ? [`WARNING: Could not inspect project "${name}": project "${name}" not found`] : [],
        })
      },
    }),
    implementService(version.APIDefinition, base, {
      getVersion: () => version.Version.fromPartial({ ...SERVED, platform: `${process.platform}/${process.arch}` }),
    }),
    implementService(health.HealthDefinition, base, {
      check({ service }) {
        if (service !== '') throw notFound(`unknown service ${service}`)
        return { status: 'SERVING' as const }
      },
      watch: serving,
    }),
    implementService(enterprise.APIDefinition, base, {
      getState: () => ({ state: 'ACTIVE' as const, info: { expires: LICENCE_ENDS }, activationCode: '' }),
      getActivationCode: () => ({ state: 'ACTIVE' as const, info: { expires: LICENCE_ENDS }, activationCode: '' }),
      pauseStatus: () => ({ status: 'UNPAUSED' as const }),
    }),
    implementService(license.APIDefinition, base, {
      getActivationCode: () => license.GetActivationCodeResponse.fromPartial({ state: 'ACTIVE', info: { expires: LICENCE_ENDS } }),
    }),
    identityService(base, pachd),
    metadataService(base, pachd),
  ]
}

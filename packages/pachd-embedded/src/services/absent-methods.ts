/** The methods of a pachd that there are not here at all: each answers with a sentence instead of a riddle. */
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'
import type { ServerDuplexStream } from '@grpc/grpc-js'

import { ModelError } from '../model-error.js'
import { toStatus } from '../grpc-status.js'

/** Service → methods, and what to do instead. */
const ABSENT: readonly (readonly [service: string, methods: readonly string[], instead: string])[] = [
  ['pps_v2.API', ['DeleteJob', 'StopJob', 'RestartDatum', 'UpdateJobState', 'RerunPipeline', 'StartPipeline', 'StopPipeline', 'RunPipeline', 'RunCron', 'CheckStatus'], 'it keeps the specs of pipelines and does not run them; to run them, connect to a pachd on a cluster'],
  ['pps_v2.API', ['CreateSecret', 'DeleteSecret', 'InspectSecret'], 'it runs no pipelines that could use secrets; keep them where your code runs'],
  ['pps_v2.API', ['GetLogs', 'GetKubeEvents', 'QueryLoki'], 'it runs no pipelines that could write logs; its own go to standard error'],
  ['pps_v2.API', ['RenderTemplate'], 'it does not evaluate templates; write the pipeline spec out as JSON'],
  ['pps_v2.API', ['RunLoadTest', 'RunLoadTestDefault'], 'it has no load tests'],
  ['identity_v2.API', ['CreateIDPConnector', 'UpdateIDPConnector', 'ListIDPConnectors', 'GetIDPConnector', 'DeleteIDPConnector'], 'it has no identity provider; log in with the root token or a robot token'],
  ['debug_v2.Debug', ['Profile', 'Binary', 'Dump', 'SetLogLevel', 'GetDumpV2Template', 'DumpV2', 'Trace', 'RunPFSLoadTest', 'RunPFSLoadTestDefault'], 'it is one Node process; use the tools of Node to look into it, and `pachd-embedded fsck` to look at the data'],
  ['logs.API', ['GetLogs'], 'its log goes to standard error'],
  ['pachyderm.worker.Worker', ['Status', 'Cancel', 'NextDatum'], 'it has no workers'],
  ['pjs.API', ['CreateJob', 'CancelJob', 'DeleteJob', 'ListJob', 'WalkJob', 'InspectJob', 'ProcessQueue', 'ListQueue', 'InspectQueue', 'AwaitJob'], 'it has no job system; connect to a pachd on a cluster'],
  ['proxy.API', ['Listen'], 'it is one process that nothing has to listen for'],
  ['snapshot.API', ['CreateSnapshot', 'DeleteSnapshot', 'InspectSnapshot', 'ListSnapshot'], 'stop it and copy its data directory'],
  ['storage.Fileset', ['CreateFileset', 'ReadFileset', 'ReadFilesetCDR', 'RenewFileset', 'ComposeFileset', 'ShardFileset'], 'use the file sets of pfs_v2.API: CreateFileSet, AddFileSet, and the repo __filesets__ to read'],
]

const bytes = (raw: Buffer): Buffer => raw

/** The absent methods as services that grpc-js can add; they read nothing and answer UNIMPLEMENTED. */
export function absentServices(): (readonly [ServiceDefinition, UntypedServiceImplementation])[] {
  return ABSENT.map(([service, methods, instead]) => {
    const definition = methods.map(name => [
      name,
      // A stream both ways takes whatever a client of the method sends.
      { path: `/${service}/${name}`, requestStream: true, responseStream: true, requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
    ])
    const implementation = methods.map(name => [
      name,
      (call: ServerDuplexStream<Buffer, Buffer>) => {
        call.emit('error', toStatus(new ModelError('UNIMPLEMENTED', `pachd-embedded, a pachd in one process for data, does not implement ${service}/${name}: ${instead}`), () => undefined))
      },
    ])
    return [Object.fromEntries(definition) as ServiceDefinition, Object.fromEntries(implementation) as UntypedServiceImplementation] as const
  })
}

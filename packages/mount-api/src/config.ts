/** Which cluster the mount-server talks to. */
import { Type, type Static } from 'typebox'

/** `INVALID`: no healthy pachd at the address. The others say whether the cluster has authorization. */
export type ClusterStatus = Static<typeof ClusterStatus>
export const ClusterStatus = Type.Union([Type.Literal('INVALID'), Type.Literal('AUTH_ENABLED'), Type.Literal('AUTH_DISABLED')])

/** Answer of `GET /config` and `PUT /config`. */
export type ClusterConfig = Static<typeof ClusterConfig>
export const ClusterConfig = Type.Object({
  cluster_status: ClusterStatus,
  pachd_address: Type.String({ description: 'With scheme and port: grpc://host:30650.' }),
})

/** Body of `PUT /config`. */
export type ClusterConfigRequest = Static<typeof ClusterConfigRequest>
export const ClusterConfigRequest = Type.Object({
  pachd_address: Type.Optional(Type.String()),
  server_cas: Type.Optional(Type.String({ description: 'CA certificates that sign for pachd: base64 of PEM.' })),
})

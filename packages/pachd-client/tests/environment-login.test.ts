import { Server, ServerCredentials, status, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import { auth, grpcService } from '@jupyterlab-pachyderm/pachd-proto'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createPachdClient, loginFromEnvironment, type PachdClient } from '../src/index.js'

let server: Server
let client: PachdClient

beforeEach(async () => {
  server = new Server()
  server.addService(grpcService(auth.APIDefinition), {
    authenticate(call: ServerUnaryCall<auth.AuthenticateRequest, auth.AuthenticateResponse>, reply: sendUnaryData<auth.AuthenticateResponse>) {
      if (call.request.idToken === 'good') reply(null, { pachToken: 'session' })
      else reply({ code: status.UNAUTHENTICATED, details: 'the ID token has expired' })
    },
    whoAmI(call: ServerUnaryCall<auth.WhoAmIRequest, auth.WhoAmIResponse>, reply: sendUnaryData<auth.WhoAmIResponse>) {
      reply(null, auth.WhoAmIResponse.fromPartial({ username: String(call.metadata.get('authn-token')[0] ?? 'nobody') }))
    },
  })
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))))
  client = createPachdClient({ address: `127.0.0.1:${port}` })
})

afterEach(() => {
  client.close()
  server.forceShutdown()
})

test('an ID token of the environment becomes the session token of later calls', async () => {
  expect(await loginFromEnvironment(client, { DEX_TOKEN: 'good' })).toBe('session')

  expect((await client.auth.whoAmI({})).username).toBe('session')
})

test('without an ID token nothing is sent, and a bad one is an error', async () => {
  expect(await loginFromEnvironment(client, {})).toBeUndefined()
  await expect(loginFromEnvironment(client, { DEX_TOKEN: 'old' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: 'the ID token has expired' })
})

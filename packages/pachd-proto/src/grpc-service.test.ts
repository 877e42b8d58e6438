import { expect, test } from 'vitest'

import { BytesValue, grpcMethod, grpcService, pfs } from './index.js'

test('a method carries its path and turns messages into bytes and back', () => {
  const method = grpcMethod(pfs.APIDefinition, pfs.APIDefinition.methods.inspectRepo)
  const request = pfs.InspectRepoRequest.fromPartial({ repo: { name: 'images', type: 'user', project: { name: 'default' } } })

  const bytes = method.requestSerialize(request)

  expect(method.path).toBe('/pfs_v2.API/InspectRepo')
  expect(method.requestDeserialize(bytes)).toEqual(request)
})

test('a service knows which side streams', () => {
  const service = grpcService(pfs.APIDefinition)

  expect(service['modifyFile']).toMatchObject({ requestStream: true, responseStream: false })
  expect(service['getFile']).toMatchObject({ requestStream: false, responseStream: true })
})

test('an enum value that this version does not know does not break the message', () => {
  const unknownState = Buffer.from([0x10, 99])

  expect(pfs.InspectCommitRequest.decode(unknownState).wait).toBe('UNRECOGNIZED')
})

test('bytes are not copied when a message is read', () => {
  const wire = Buffer.from(BytesValue.encode({ value: new Uint8Array([1, 2, 3]) }).finish())

  expect(BytesValue.decode(wire).value.buffer).toBe(wire.buffer)
})

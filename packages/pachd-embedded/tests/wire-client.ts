/** The wire of pachd for tests: every method as a promise, messages with only the fields that matter. */
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import { MAX_MESSAGE_BYTES, auth, grpcMethod, pfs, pps, transaction } from '@jupyterlab-pachyderm/pachd-proto'
import type { MethodDescription, RequestOf, ResponseOf, ServiceDescription, BytesValue } from '@jupyterlab-pachyderm/pachd-proto'

/** A connection; the caller closes it. */
export class WireClient {
  readonly client: Client
  readonly metadata = new Metadata()

  constructor(address: string, token?: string) {
    this.client = new Client(address.replace('grpc://', ''), credentials.createInsecure(), {
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
      'grpc.use_local_subchannel_pool': 1,
    })
    if (token !== undefined) this.metadata.set('authn-token', token)
  }

  close(): void {
    this.client.close()
  }

  private request<M extends MethodDescription>(method: M, init: object): RequestOf<M> {
    return (method.requestType as unknown as { fromPartial(init: object): RequestOf<M> }).fromPartial(init)
  }

  unary<M extends MethodDescription>(service: ServiceDescription, method: M, init: object = {}): Promise<ResponseOf<M>> {
    const { path, requestSerialize, responseDeserialize } = grpcMethod(service, method)
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, this.request(method, init), this.metadata, (error, answer) => {
        if (error) reject(error)
        else resolve(answer as ResponseOf<M>)
      })
    })
  }

  async list<M extends MethodDescription>(service: ServiceDescription, method: M, init: object = {}): Promise<ResponseOf<M>[]> {
    const { path, requestSerialize, responseDeserialize } = grpcMethod(service, method)
    const answers: ResponseOf<M>[] = []
    for await (const answer of this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, this.request(method, init), this.metadata)) answers.push(answer as ResponseOf<M>)
    return answers
  }

  upload<M extends MethodDescription>(service: ServiceDescription, method: M, inits: Iterable<object>): Promise<ResponseOf<M>> {
    const { path, requestSerialize, responseDeserialize } = grpcMethod(service, method)
    return new Promise((resolve, reject) => {
      const call = this.client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, this.metadata, (error, answer) => {
        if (error) reject(error)
        else resolve(answer as ResponseOf<M>)
      })
      const send = async () => {
        for (const init of inits) {
          if (!call.write(this.request(method, init))) await new Promise(drained => call.once('drain', drained))
        }
        call.end()
      }
      send().catch(reject)
    })
  }

  /** A method of pfs_v2 or pps_v2 by its name. */
  pfs = <K extends keyof typeof pfs.APIDefinition.methods>(name: K, init: object = {}) => this.unary(pfs.APIDefinition, pfs.APIDefinition.methods[name], init)
  pfsList = <K extends keyof typeof pfs.APIDefinition.methods>(name: K, init: object = {}) => this.list(pfs.APIDefinition, pfs.APIDefinition.methods[name], init)
  pps = <K extends keyof typeof pps.APIDefinition.methods>(name: K, init: object = {}) => this.unary(pps.APIDefinition, pps.APIDefinition.methods[name], init)
  ppsList = <K extends keyof typeof pps.APIDefinition.methods>(name: K, init: object = {}) => this.list(pps.APIDefinition, pps.APIDefinition.methods[name], init)
  auth = <K extends keyof typeof auth.APIDefinition.methods>(name: K, init: object = {}) => this.unary(auth.APIDefinition, auth.APIDefinition.methods[name], init)
  txn = <K extends keyof typeof transaction.APIDefinition.methods>(name: K, init: object = {}) => this.unary(transaction.APIDefinition, transaction.APIDefinition.methods[name], init)

  /** The calls of `work` as part of a transaction. */
  async inTransaction<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.metadata.set('pach-transaction', id)
    try {
      return await work()
    } finally {
      this.metadata.remove('pach-transaction')
    }
  }

  // What most tests do, in a word each.

  createRepo = (name: string) => this.unary(pfs.APIDefinition, pfs.APIDefinition.methods.createRepo, { repo: { name } })
  startCommit = (repo: string, branch: string) => this.unary(pfs.APIDefinition, pfs.APIDefinition.methods.startCommit, { branch: { repo: { name: repo }, name: branch } })
  finishCommit = (commit: object) => this.unary(pfs.APIDefinition, pfs.APIDefinition.methods.finishCommit, { commit })
  inspectCommit = (commit: object) => this.unary(pfs.APIDefinition, pfs.APIDefinition.methods.inspectCommit, { commit })
  modify = (commit: object, operations: readonly object[]) =>
    this.upload(pfs.APIDefinition, pfs.APIDefinition.methods.modifyFile, [{ body: { $case: 'setCommit', setCommit: commit } }, ...operations.map(body => ({ body }))])
  listCommits = (repo: string) => this.list(pfs.APIDefinition, pfs.APIDefinition.methods.listCommit, { repo: { name: repo } })
  walk = (commit: object, path = '/') => this.list(pfs.APIDefinition, pfs.APIDefinition.methods.walkFile, { file: { commit, path } })
  listFiles = (commit: object, path = '/') => this.list(pfs.APIDefinition, pfs.APIDefinition.methods.listFile, { file: { commit, path } })
  glob = (commit: object, pattern: string) => this.list(pfs.APIDefinition, pfs.APIDefinition.methods.globFile, { commit, pattern })
  get = async (commit: object, path: string, offset = 0) => Buffer.concat((await this.list(pfs.APIDefinition, pfs.APIDefinition.methods.getFile, { file: { commit, path }, offset })).map((part: BytesValue) => part.value))
}

/** The head of a branch, or a commit by id, as a message. */
export const on = (repo: string, branch: string) => ({ repo: { name: repo }, branch: { repo: { name: repo }, name: branch } })
export const at = (repo: string, id: string) => ({ repo: { name: repo }, id })

/** File operations as messages. */
export const add = (path: string, content: string | Uint8Array) => ({ $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: typeof content === 'string' ? Buffer.from(content) : content } } })
export const remove = (path: string) => ({ $case: 'deleteFile', deleteFile: { path } })
export const copy = (commit: object, from: string, to: string, append = false) => ({ $case: 'copyFile', copyFile: { dst: to, src: { commit, path: from }, append } })

/** The status code of a call that must fail. */
export const codeOf = (call: Promise<unknown>): Promise<number | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => (error as ServiceError).code,
  )

/** Why a call that must fail failed: code and text. */
export const failureOf = (call: Promise<unknown>): Promise<{ code: number | undefined; text: string }> =>
  call.then(
    () => ({ code: undefined, text: '' }),
    (error: unknown) => ({ code: (error as ServiceError).code, text: (error as ServiceError).details }),
  )

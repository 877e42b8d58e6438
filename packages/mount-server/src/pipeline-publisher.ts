/** Publishing: code is committed to the context repo of a pipeline, and the pipeline reads exactly that commit. */
import type { PipelineRequest, PublishedPipeline } from '@jupyterlab-pachyderm/mount-api'
import { branchReference, commitReference, isNotFound, PachdError, type PachdClient, type PachdErrorCode, repoReference } from '@jupyterlab-pachyderm/pachd-client'

import type { Connection } from './connection.js'
import { MountError } from './errors.js'
import { NamedTurns } from './named-turns.js'
import { type PipelineSpec, readPipelineSpec } from './pipeline-spec.js'
import { pipelineStatus } from './pipeline-status.js'

/** Bytes of one message; pachd takes up to 20 MiB. */
const PIECE_BYTES = 1024 * 1024
/** pachd may compact for long before a commit is finished. */
const FINISH_TIMEOUT_MS = 15 * 60 * 1000

/** A request that can be carried out, as far as it says. */
interface Publication {
  readonly project: string
  readonly name: string
  readonly repo: string
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The specification that reads the code from `branch`. */
  readonly specReading: (branch: string) => PipelineSpec
}

type Undo = () => Promise<unknown>

/** Publishes to the cluster that is connected. Publications of one pipeline take turns. */
export class PipelinePublisher {
  readonly #connection: Connection
  readonly #turns = new NamedTurns()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * Makes the context repo when there is none, replaces what it holds by one commit on `master`, names that commit by
   * the branch `commit_ID`, and creates or updates the pipeline, which then reprocesses everything.
   *
   * Throws MountError BAD_REQUEST for a request that makes no sense, before anything is done, and for what pachd
   * refuses, in its words. Then branch, commit and a repo made here are taken away again, and the pipeline of before
   * goes on reading its own branch. They stay when pachd does not answer any more (PachdError): the pipeline may read
   * them by then, and the next publication replaces them.
   */
  publish(request: PipelineRequest): Promise<PublishedPipeline> {
    const publication = readPublication(request)
    return this.#turns.run([`${publication.project}/${publication.name}`], () => publishTo(this.#connection.cluster.client, publication))
  }
}

function readPublication({ pipeline, context: { project, repo, files } }: PipelineRequest): Publication {
  const spec = readPipelineSpec(pipeline)
  const name = spec.pipeline?.name ?? ''
  if (name === '') throw bad('pipeline.pipeline.name should be the name of the pipeline')
  const ownProject = spec.pipeline?.project?.name || 'default'
  // All that the repo holds is replaced, so it is never one of the user's data.
  if (repo !== `${name}__context` || project !== ownProject) throw bad(`the code of the pipeline "${name}" belongs into the repo ${ownProject}/${name}__context, not into ${project}/${repo}`)
  const inputs = spec.input?.cross ?? []
  const last = inputs.at(-1)?.pfs
  if (last?.repo !== repo) throw bad(`pipeline.input should be a cross whose last input reads the repo ${repo}`)
  if (Object.keys(files).length === 0) throw bad('context.files should hold the code; it is empty')
  return {
    project,
    name,
    repo,
    files: new Map(Object.entries(files).map(([path, content]) => [path, bytesOf(path, content)])),
    specReading: branch => ({ ...spec, input: { ...spec.input, cross: [...inputs.slice(0, -1), { pfs: { ...last, project, branch } }] }, update: true, reprocess: true }),
  }
}

function bytesOf(path: string, content: string): Uint8Array {
  if (!path.startsWith('/')) throw bad(`context.files: the path "${path}" should start with "/"`)
  if (content.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw bad(`context.files: the content of ${path} should be base64`)
  return Buffer.from(content, 'base64')
}

async function publishTo(client: PachdClient, publication: Publication): Promise<PublishedPipeline> {
  const { project, name, repo } = publication
  const undos: Undo[] = []
  let isSent = false
  try {
    const commit = await commitCode(client, publication, undos)
    const branch = `commit_${commit}`
    const reference = branchReference({ project, repo, branch })
    await client.pfs.createBranch({ branch: reference, head: commitReference({ project, repo, branch: 'master', id: commit }) })
    undos.push(() => client.pfs.deleteBranch({ branch: reference }))
    isSent = true
    await client.pps.createPipeline(publication.specReading(branch))
    return { project, pipeline: name, ...(await stateOf(client, publication)), context: { repo, branch, commit } }
  } catch (thrown) {
    const isRefused = thrown instanceof PachdError && isRefusal[thrown.code]
    // What cannot be taken away stays unused, and the first failure is the one that matters.
    if (!isSent || isRefused) for (const undo of undos.reverse()) await undo().catch(() => undefined)
    throw isRefused ? new MountError('BAD_REQUEST', thrown.message, { cause: thrown }) : thrown
  }
}

/** The id of the commit. */
async function commitCode(client: PachdClient, { project, name, repo, files }: Publication, undos: Undo[]): Promise<string> {
  const reference = repoReference({ project, name: repo })
  try {
    await client.pfs.inspectRepo({ repo: reference })
  } catch (error) {
    if (!isNotFound(error)) throw error
    await client.pfs.createRepo({ repo: reference, description: `Code of the pipeline ${name}.` })
    undos.push(() => client.pfs.deleteRepo({ repo: reference }))
  }
  const { id } = await client.pfs.startCommit({ branch: branchReference({ project, repo, branch: 'master' }), description: `Code of the pipeline ${name}.` })
  undos.push(() => client.pfs.dropCommitSet({ commitSet: { id } }))
  const commit = commitReference({ project, repo, branch: 'master', id })
  await client.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: commit } },
    { body: { $case: 'deleteFile', deleteFile: { path: '/' } } },
    ...[...files].flatMap(([path, bytes]) => piecesOf(bytes).map(raw => ({ body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw } } } }))),
  ])
  await client.pfs.finishCommit({ commit })
  const { error } = await client.pfs.inspectCommit({ commit, wait: 'FINISHED' }, { timeoutMs: FINISH_TIMEOUT_MS })
  if (error !== '') throw new MountError('BAD_REQUEST', `pachd could not finish the commit of the code: ${error}`)
  return id
}

function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const pieces = [bytes.subarray(0, PIECE_BYTES)]
  for (let at = PIECE_BYTES; at < bytes.length; at += PIECE_BYTES) pieces.push(bytes.subarray(at, at + PIECE_BYTES))
  return pieces
}

/** The pipeline is there by now, so that pachd does not tell how it is refuses nothing. */
async function stateOf(client: PachdClient, { project, name }: Publication): Promise<Omit<PublishedPipeline, 'project' | 'pipeline' | 'context'>> {
  try {
    const { project: _project, pipeline: _pipeline, spec: _spec, ...state } = await pipelineStatus(client, { project, pipeline: name })
    return state
  } catch (error) {
    return { version: 0, state: 'PIPELINE_STATE_UNKNOWN', reason: `it was created, but pachd did not tell how it is: ${PachdError.from(error).message}` }
  }
}

/** Whether pachd said no to what was asked, as opposed to a pachd that is away or broken. */
const isRefusal = {
  UNKNOWN: true, INVALID_ARGUMENT: true, NOT_FOUND: true, ALREADY_EXISTS: true, PERMISSION_DENIED: true, RESOURCE_EXHAUSTED: true, FAILED_PRECONDITION: true,
  OUT_OF_RANGE: true, UNIMPLEMENTED: true, CANCELLED: false, DEADLINE_EXCEEDED: false, ABORTED: false, INTERNAL: false, UNAVAILABLE: false, DATA_LOSS: false,
  UNAUTHENTICATED: false,
} as const satisfies Record<PachdErrorCode, boolean>

function bad(message: string): MountError {
  return new MountError('BAD_REQUEST', message)
}

/** pps_v2 as far as it is about data: datums of input specs, and the specs of pipelines that do not run. */
import { pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound, refused } from '../model-error.js'
import { deleteEverything } from '../model/repos.js'
import { tables } from '../model/records.js'
import { implementService } from './call.js'
import type { Call, ServiceBase } from './call.js'
import { DatumListing } from './datum-listing.js'
import type { PfsContext } from './pfs-context.js'
import { empty, fromPipeline, listPipelines, putPipeline, removePipeline, requirePipeline } from './pipeline-spec.js'

const CRON_LIST = "can't list datums with a cron input, there will be no datums until the pipeline is created"
const CRON_CREATE = "can't create datums with a cron input, there will be no datums until the pipeline is created"
const BATCH = 100

function datumMethods(context: PfsContext) {
  async function* listDatum(request: pps.ListDatumRequest, call: Call): AsyncGenerator<pps.DatumInfo, void, undefined> {
    const { job, input, number, reverse, paginationMarker: marker, filter } = request
    if (job && input) throw refused('cannot specify both job and input')
    if (number < 0) throw refused(`number (${number}) must not be negative`)
    if (reverse && number === 0) throw refused('number must be > 0 when reverse is set')
    if (job) throw notFound(`job ${job.id} not found: pachd-embedded runs no jobs`)
    if (!input) throw new ModelError('INVALID_ARGUMENT', 'give a job or an input')
    const states = filter?.state ?? []
    if (states.length > 0 && !states.includes('UNKNOWN')) return
    const listing = await DatumListing.make(context, call, input, { noCron: CRON_LIST, unique: true })
    const ordered = reverse ? [...listing.datums].reverse() : listing.datums
    const wanted = marker === '' ? ordered : ordered.filter(({ id }) => (reverse ? id < marker : id > marker))
    for (const datum of number > 0 ? wanted.slice(0, number) : wanted) yield await listing.show(datum)
  }

  async function* createDatum(messages: AsyncIterable<pps.CreateDatumRequest>, call: Call): AsyncGenerator<pps.DatumInfo, void, undefined> {
    const requests = messages[Symbol.asyncIterator]()
    const first = await requests.next()
    const start = !first.done && first.value.body?.$case === 'start' ? first.value.body.start : undefined
    if (!start) throw refused('first message must be a StartCreateDatumRequest message')
    if (!start.input) throw new ModelError('INVALID_ARGUMENT', 'validate recv: invalid StartCreateDatumRequest.Input: value is required')
    const listing = await streamed(context, call, start.input)
    let batch = start.number > 0 ? start.number : BATCH
    for (let sent = 0; sent < listing.datums.length; ) {
      for (const datum of listing.datums.slice(sent, sent + batch)) yield await listing.show(datum)
      sent += batch
      if (sent >= listing.datums.length) return
      const next = await requests.next()
      if (next.done) return
      if (next.value.body?.$case !== 'continue') throw refused('subsequent messages must be a ContinueCreateDatumRequest message')
      batch = next.value.body.continue.number > 0 ? next.value.body.continue.number : BATCH
    }
  }

  return { listDatum, createDatum }
}

async function streamed(context: PfsContext, call: Call, input: pps.Input): Promise<DatumListing> {
  try {
    return await DatumListing.make(context, call, input, { noCron: CRON_CREATE, unique: false })
  } catch (error) {
    throw ModelError.within('getting streaming iterator', error)
  }
}

/** The service of pipelines. */
export function ppsService(base: ServiceBase, context: PfsContext) {
  const { pachd } = context
  return implementService(pps.APIDefinition, base, {
    ...datumMethods(context),
    async createPipeline(request, { caller }) {
      await pachd.change(change => putPipeline(change, request), { caller })
      return empty()
    },
    inspectPipeline: ({ pipeline }) => requirePipeline(pachd.rows, fromPipeline(pipeline)),
    listPipeline: ({ pipeline, projects }) =>
      pipeline && pipeline.name !== ''
        ? tables.pipelines.get(pachd.rows, fromPipeline(pipeline).project, pipeline.name)
          ? [requirePipeline(pachd.rows, fromPipeline(pipeline))]
          : []
        : listPipelines(pachd.rows, projects.map(({ name }) => name)),
    async deletePipeline({ pipeline, keepRepo, force, mustExist }, { caller }) {
      const name = fromPipeline(pipeline)
      await pachd.change(
        change => {
          if (mustExist || tables.pipelines.get(change.rows, name.project, name.name)) removePipeline(change, name, { keepRepo, force })
        },
        { caller },
      )
      return empty()
    },
    async deletePipelines({ projects, force, keepRepo, all }, { caller }) {
      const names = projects.map(({ name }) => name)
      const pipelines = all || names.length > 0 ? listPipelines(pachd.rows, all ? [] : names).flatMap(({ pipeline }) => pipeline ?? []) : []
      await pachd.change(change => pipelines.forEach(pipeline => removePipeline(change, fromPipeline(pipeline), { keepRepo, force })), { caller })
      return { pipelines }
    },
    listJob: () => [],
    listJobSet: () => [],
    subscribeJob: (_, { waiting }) => untilAborted(waiting),
    inspectJob: ({ job }) => {
      throw notFound(`job ${job?.id ?? ''} not found: pachd-embedded runs no jobs`)
    },
    listTask: () => [],
    listSecret: () => ({ secretInfo: [] }),
    getClusterDefaults: () => ({ clusterDefaultsJson: '{}' }),
    getProjectDefaults: () => ({ projectDefaultsJson: '{}', createdBy: '', createdAt: undefined }),
    activateAuth: () => ({}),
    async deleteAll(_, { caller }) {
      await pachd.change(change => deleteEverything(change), { caller })
      return empty()
    },
  })
}

/** A stream without answers that stays open as long as the client listens. */
async function* untilAborted(signal: AbortSignal): AsyncGenerator<never, void, undefined> {
  await new Promise<void>(resolve => {
    signal.addEventListener('abort', () => resolve())
    if (signal.aborted) resolve()
  })
}

/** pps_v2 as far as it is about data: datums of input specs, and the specs of pipelines that do not run. */
import { pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound, refused } from '../model-error.js'
import { implementService } from './call.js'
import type { Call, ServiceBase } from './call.js'
import { DatumListing } from './datum-listing.js'
import type { PfsContext } from './pfs-context.js'
import { listTask } from './pfs-storage.js'
import { pipelineMethods } from './pps-pipelines.js'
import { required } from './wire.js'

const CRON_LIST = "can't list datums with a cron input, there will be no datums until the pipeline is created"
const CRON_CREATE = "can't create datums with a cron input, there will be no datums until the pipeline is created"
const BATCH = 100

const invalid = (what: string): ModelError => new ModelError('INVALID_ARGUMENT', `validate recv: invalid ${what}`)

function checkNumber(number: number, message: 'Start' | 'Continue'): void {
  if (number < 0) throw invalid(`${message}CreateDatumRequest.Number: value must be greater than or equal to 0`)
}

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
    if (!start.input) throw invalid('StartCreateDatumRequest.Input: value is required')
    checkNumber(start.number, 'Start')
    const listing = await DatumListing.make(context, call, start.input, { noCron: CRON_CREATE, unique: false, opening: 'getting streaming iterator', generating: 'streaming iterate' })
    let batch = start.number > 0 ? start.number : BATCH
    for (let sent = 0; sent < listing.datums.length; ) {
      for (const datum of listing.datums.slice(sent, sent + batch)) yield await listing.show(datum)
      sent += batch
      if (sent >= listing.datums.length) return
      const next = await requests.next()
      if (next.done) return
      if (next.value.body?.$case !== 'continue') throw refused('subsequent messages must be a ContinueCreateDatumRequest message')
      checkNumber(next.value.body.continue.number, 'Continue')
      batch = next.value.body.continue.number > 0 ? next.value.body.continue.number : BATCH
    }
  }

  return { listDatum, createDatum }
}

/** There are no jobs, whatever they are asked for. */
function jobMethods() {
  const missing = (id: string) => notFound(`job ${id} not found: pachd-embedded keeps pipelines and does not run them, so there are no jobs`)
  return {
    listJob: () => [],
    listJobSet: () => [],
    subscribeJob: (_: pps.SubscribeJobRequest, { waiting }: Call) => untilAborted(waiting),
    inspectJob({ job }: pps.InspectJobRequest): never {
      throw missing(job?.id ?? '')
    },
    inspectJobSet({ jobSet }: pps.InspectJobSetRequest): never {
      throw missing(required(jobSet, 'InspectJobSetRequest', 'JobSet').id)
    },
    inspectDatum({ datum }: pps.InspectDatumRequest): never {
      throw missing(datum?.job?.id ?? '')
    },
  }
}

/** The service of pipelines. */
export function ppsService(base: ServiceBase, context: PfsContext) {
  const { pachd } = context
  return implementService(pps.APIDefinition, base, {
    ...datumMethods(context),
    ...pipelineMethods(pachd),
    ...jobMethods(),
    listTask,
    listSecret: () => ({ secretInfo: [] }),
    activateAuth: () => ({}),
  })
}

/** A stream without answers that stays open as long as the client listens. */
async function* untilAborted(signal: AbortSignal): AsyncGenerator<never, void, undefined> {
  await new Promise<void>(resolve => {
    signal.addEventListener('abort', () => resolve())
    if (signal.aborted) resolve()
  })
}

/** Anything thrown becomes an answer: a JSON body on routes of our own, one line of plain text on those of the original. */
import type { ErrorBody } from '@jupyterlab-pachyderm/mount-api'
import { FsError } from '@jupyterlab-pachyderm/mount-fs'
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { appearanceOf, codeOf } from './error-codes.js'
import { MountError } from './errors.js'

const MIB = 1024 * 1024

/** Answers errors, unknown paths and wrong methods. `methodsOf` names the methods of a path. */
export function answerErrors(app: FastifyInstance, methodsOf: (path: string) => readonly string[]): void {
  app.setErrorHandler((error, request, reply) => {
    const isJson = request.routeOptions.config.errors === 'json'
    const status = isJson ? appearanceOf[codeOf(error)].status : oldStatusFor(error)
    const message = isTooLarge(error) ? `the body is larger than ${String(request.routeOptions.bodyLimit / MIB)} MiB, which is all that ${request.url} takes` : messageOf(error)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    else request.log.info({ reason: message, status }, 'request refused')
    return isJson ? sendJson(reply, status, bodyOf(error, message)) : sendText(reply, status, message)
  })
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsOf(request.url.split('?')[0] ?? '')
    if (methods.length === 0) return answerUnknownPath(reply)
    return reply.code(405).header('Allow', methods.join(', ')).send()
  })
}

/** What is answered to a path that nobody knows. */
export function answerUnknownPath(reply: FastifyReply): FastifyReply {
  return sendText(reply, 404, '404 page not found')
}

function bodyOf(error: unknown, message: string): ErrorBody {
  const code = codeOf(error)
  const hint = (error instanceof MountError ? error.hint : undefined) ?? appearanceOf[code].hint
  return { code, message, ...(hint !== undefined && { hint }), ...(error instanceof FsError && { errno: error.code }) }
}

/** A file whose bytes cannot be read may have been announced already. */
function sendJson(reply: FastifyReply, status: number, body: ErrorBody): FastifyReply {
  for (const name of ['content-length', 'content-range', 'content-disposition', 'accept-ranges', 'etag', 'last-modified']) reply.removeHeader(name)
  return reply.code(status).type('application/json; charset=utf-8').send(body)
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('Content-Type', 'text/plain; charset=utf-8').header('X-Content-Type-Options', 'nosniff').send(`${text}\n`)
}

function oldStatusFor(error: unknown): number {
  if (error instanceof MountError) return appearanceOf[error.code].oldStatus
  if (error instanceof PachdError && error.code === 'UNAUTHENTICATED') return 401
  const { statusCode } = error as Partial<FastifyError>
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : 500
}

function isTooLarge(error: unknown): boolean {
  return (error as Partial<FastifyError>).code === 'FST_ERR_CTP_BODY_TOO_LARGE'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll('\n', '; ') : String(error)
}

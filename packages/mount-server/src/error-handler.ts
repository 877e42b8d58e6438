/** Anything thrown becomes a status and one line of plain text. The status numbers stand here only. */
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { MountError, type MountErrorCode } from './errors.js'

/** Clients of the original branch on these numbers: a name in use is 500 there, and so is a mount that is not there. */
const statusOf = {
  BAD_REQUEST: 400,
  NOT_CONNECTED: 404,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  DATUM_MODE: 400,
  NO_DATUM: 400,
  MOUNT_EXISTS: 500,
  NOT_MOUNTED: 500,
  NO_ACCESS: 500,
  COMMIT_FAILED: 500,
  UNREACHABLE: 500,
  LOGIN_FAILED: 500,
} as const satisfies Record<MountErrorCode, number>

const MIB = 1024 * 1024

/** Answers errors, unknown paths and wrong methods. `methodsOf` names the methods of a path. */
export function answerErrors(app: FastifyInstance, methodsOf: (path: string) => readonly string[]): void {
  app.setErrorHandler((error, request, reply) => {
    const status = statusFor(error)
    const message = isTooLarge(error) ? `the body is larger than ${String(request.routeOptions.bodyLimit / MIB)} MiB, which is all that ${request.url} takes` : messageOf(error)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    else request.log.info({ reason: message, status }, 'request refused')
    return sendText(reply, status, message)
  })
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsOf(request.url.split('?')[0] ?? '')
    if (methods.length === 0) return sendText(reply, 404, '404 page not found')
    return reply.code(405).header('Allow', methods.join(', ')).send()
  })
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('Content-Type', 'text/plain; charset=utf-8').header('X-Content-Type-Options', 'nosniff').send(`${text}\n`)
}

function statusFor(error: unknown): number {
  if (error instanceof MountError) return statusOf[error.code]
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

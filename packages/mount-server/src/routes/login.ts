/** Logging in and out. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { MountError } from '../errors.js'
import { firstJsonValue, textOf } from '../lenient-body.js'
import type { Login } from '../login.js'
import { on } from '../on.js'

/** Logging in, and who is logged in. */
export function loginRoutes(login: Login): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.login), handler: () => login.page() })
    api.route({ ...on(routes.getAuth), handler: () => login.state() })
    api.route({ ...on(routes.loginWithToken), handler: request => login.withToken(request.body) })
    const { method, url } = on(routes.loginToken)
    api.route({
      method,
      url,
      handler: async (request, reply) => {
        const config = await login.finish(oidcState(textOf(request.body)))
        return reply.type('application/json; charset=utf-8').send(`${JSON.stringify(config, undefined, 2)}\n`)
      },
    })
    done()
  }
}

/** PUT /auth/_logout; `leave` commits and unmounts everything. */
export function logoutRoutes(login: Login, leave: () => Promise<void>): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    const { method, url } = on(routes.logout)
    api.route({
      method,
      url,
      handler: async (_request, reply) => {
        await leave()
        await login.out()
        return reply.send()
      },
    })
    done()
  }
}

/** 2.6 sends the state as raw text, 2.8 as {"oidc": "…"}; a JSON string is taken too. */
function oidcState(body: string): string {
  const text = body.trim()
  if (!/^[[{"]/.test(text)) {
    if (text === '') throw new MountError('BAD_REQUEST', 'the body should be {"oidc": "STATE"} with the state that PUT /auth/_login gave')
    return text
  }
  const value = firstJsonValue(text)
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'oidc' in value && typeof value.oidc === 'string') return value.oidc
  throw new MountError('BAD_REQUEST', 'the body should be {"oidc": "STATE"} with the state that PUT /auth/_login gave')
}

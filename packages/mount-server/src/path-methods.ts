/** Which methods a path has, so that a wrong one can be told from a wrong path. */
import type { FastifyInstance } from 'fastify'

/** Knows the routes that are added to `app` from now on. */
export class PathMethods {
  readonly #routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>()

  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ method, url }) => {
      const known = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
      for (const one of [method].flat()) known.methods.add(one)
      this.#routes.set(url, known)
    })
  }

  /** The methods of a path, without its query; none for a path that no route has. */
  of(path: string): string[] {
    const methods = Array.from(this.#routes.values()).flatMap(route => (route.pattern.test(path) ? [...route.methods] : []))
    return [...new Set(methods)]
  }
}

function patternOf(url: string): RegExp {
  const components = url.split('/').map(component => (component.startsWith(':') ? '[^/]+' : component === '*' ? '.*' : component.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${components.join('/')}$`)
}

/** Counters and gauges for Prometheus. */
import type { FileSystem } from '@jupyterlab-pachyderm/mount-fs'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What is measured of one server. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'mount_server_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 5, 30],
    registers: [this.#registry],
  })
  readonly #failures = new Counter({
    name: 'mount_server_file_system_failures_total',
    help: 'Operations of programs below the mount that failed in a way nobody expects.',
    labelNames: ['operation', 'code'] as const,
    registers: [this.#registry],
  })

  constructor(fileSystem: FileSystem) {
    const registers = [this.#registry]
    new Gauge({
      name: 'mount_server_mounts',
      help: 'Mounts by mode.',
      labelNames: ['mode'] as const,
      registers,
      collect() {
        for (const mode of ['ro', 'rw'] as const) this.set({ mode }, fileSystem.mounts.list().filter(mount => mount.mode === mode).length)
      },
    })
    new Gauge({
      name: 'mount_server_open_files',
      help: 'Files that programs have open.',
      registers,
      collect() {
        this.set(fileSystem.openCount)
      },
    })
  }

  /** Measures the process, too: memory, time, the event loop. Once in a process. */
  includeProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Measures every request of `app`, by the route that answers it. */
  observe(app: FastifyInstance): void {
    app.addHook('onResponse', (request, reply, done) => {
      this.#requests.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode }, reply.elapsedTime / 1000)
      done()
    })
  }

  /** Counts an operation that failed. */
  countFailure(operation: string, code: string): void {
    this.#failures.inc({ operation, code })
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** Everything in the text form of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}

/** Keeps web pages of others from driving a server on loopback: what a browser says of a request is checked. */

/** What is looked at of a request. */
export interface RequestOrigin {
  /** The Host header; undefined for HTTP/1.0. */
  readonly host: string | undefined
  /** The Origin header, which browsers send with requests that can change something. */
  readonly origin: string | undefined
  /** The Sec-Fetch-Site header of today's browsers. */
  readonly fetchSite: string | undefined
}

/**
 * The reason to refuse a request, or undefined. A page of another site names itself in `Origin` or `Sec-Fetch-Site`; a
 * page whose name was pointed to this machine (DNS rebinding) shows in `Host`. Programs send neither.
 */
export function reasonToRefuse({ host, origin, fetchSite }: RequestOrigin, allowedHosts: ReadonlySet<string>): string | undefined {
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') return 'requests of web pages of other sites are not served'
  if (host !== undefined && !isAllowed(hostName(host), allowedHosts)) return `the host "${host}" is not served here; use 127.0.0.1 or localhost`
  if (origin !== undefined && !isAllowed(originHost(origin), allowedHosts)) return `requests of the origin "${origin}" are not served`
  return undefined
}

function isAllowed(name: string, allowedHosts: ReadonlySet<string>): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || allowedHosts.has(name)
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}

function originHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : ''
}

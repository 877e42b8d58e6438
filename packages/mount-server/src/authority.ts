/** Host names and ports as requests write them, in one form that can be compared. */

/** A host and its port; the port of http, 80, when none is written. */
export interface Authority {
  /** Lower case; IPv6 in brackets and at its shortest; without the dot that ends a full name. */
  readonly host: string
  readonly port: string
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }
/** A name, an IPv4 address or an IPv6 address in brackets. Percent signs, user names and paths are in none of them. */
const HOST_AND_PORT = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** Reads a `Host` header. Undefined for a text that names no host. */
export function parseHost(text: string): Authority | undefined {
  if (!HOST_AND_PORT.test(text)) return undefined
  return parseUrl(`http://${text}`)
}

/** Reads the authority of an absolute URL, such as an `Origin` or the target of a request. Undefined unless its scheme is `scheme`. */
export function parseOrigin(text: string, scheme: 'http' | 'https' = 'http'): Authority | undefined {
  const [, written = ''] = new RegExp(`^${scheme}://([^/?#]*)`, 'i').exec(text) ?? []
  return HOST_AND_PORT.test(written) ? parseUrl(`${scheme}://${written}`) : undefined
}

/** Whether both are the same host and port. */
export function isSame(one: Authority, other: Authority): boolean {
  return one.host === other.host && one.port === other.port
}

function parseUrl(text: string): Authority | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, port } = new URL(text)
  return { host: hostname.replace(/\.$/, ''), port: port || (DEFAULT_PORTS[protocol] ?? '') }
}

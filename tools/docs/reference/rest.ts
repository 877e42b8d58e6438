/** docs/rest.md: every row of the route table. */
import { slug } from 'github-slugger'

import { eventData } from '../../../packages/mount-api/src/events.js'
import { type Route, routes } from '../../../packages/mount-api/src/routes.js'
import { serverRoutes } from './jupyter.js'
import { type Schema, schemaText } from './schema-text.js'
import { cell, table } from './table.js'

const INTRODUCTION = `# REST reference

<!-- Written by \`npm run generate\` from packages/mount-api/src/routes.ts. -->

mount-server serves this API on its UNIX socket, or on \`http://localhost:9002\`. JupyterLab has it below
\`<base URL>/pachyderm/v2\`, behind Jupyter's own login. The same for programs: [openapi.json](openapi.json), which a running
server has at \`/openapi.json\`.

Routes with **JSON errors** refuse with \`{"code", "message", "hint"?}\`; the others, which clients of the original know, with one line of
text: [errors](ERRORS.md). How the routes of older versions look: [moving from the original](moving-from-2.x.md).

<!-- reader: has a cluster -->
\`\`\`sh
mount-server --no-fuse &
curl --fail -X PUT http://localhost:9002/config -d '{"pachd_address": "grpc://localhost:30650"}'
curl --fail -X PUT http://localhost:9002/_mount -d '{"mounts": [{"name": "cats", "repo": "images"}]}'
curl --fail http://localhost:9002/files/cats/cat.png
\`\`\`
`

const FIRST_ROUTES = ['health', 'version', 'ready', 'metrics', 'openApi', 'events', 'listLogs', 'listTransfers']

const groups = [
  ['The server', (url: string, name: string) => FIRST_ROUTES.includes(name)],
  ['The cluster', (url: string) => /^\/(config|contexts|auth)/.test(url)],
  ['Repos and their history', (url: string) => /^\/(projects|repos)/.test(url)],
  ['Mounts', (url: string) => /^\/(mounts|_mount|_unmount|_unmount_all|_commit)/.test(url)],
  ['Files', (url: string) => url.startsWith('/files')],
  ['Datums', (url: string) => /^\/(datums|_show_datum)/.test(url)],
  ['Pipelines', (url: string) => url.startsWith('/pps')],
] as const

/** The whole page. Rejects when a route belongs to no group or to two, or says nothing of what it does. */
export async function restPage(): Promise<string> {
  const rows = Object.entries<Route>(routes)
  for (const [name, { url, summary }] of rows) {
    if (summary === undefined) throw new Error(`${name} (${url}) should have a summary for the REST reference`)
    if (groups.filter(([, isIn]) => isIn(url, name)).length !== 1) throw new Error(`${name} (${url}) should be in one group of the REST reference`)
  }
  const parts = groups.map(([title, isIn]) => {
    const own = rows.filter(([name, { url }]) => isIn(url, name)).map(([, route]) => route)
    return [`## ${title}`, table(['route', 'what it does'], own.map(route => [`[\`${heading(route)}\`](#${slug(heading(route))})`, cell(route.summary ?? '')])), ...own.map(routeText)].join('\n\n')
  })
  return `${INTRODUCTION}\n${[...parts, eventsText(), `## Only in Jupyter\n\nEverything else below \`/pachyderm/v2\` is passed on to mount-server, and its answer back.\n\n${await serverRoutes()}`].join('\n\n')}\n`
}

function eventsText(): string {
  const events = Object.entries(eventData as Record<string, Schema>).map(([name, schema]) => `### ${name}\n\n${schema.description === undefined ? '' : `${schema.description}\n\n`}\`\`\`text\n${schemaText(schema)}\n\`\`\``)
  return [`## Events`, 'What `GET /events` sends: the name of the event, and its data as JSON. Each event holds the whole of its part, so one that was missed does no harm.', ...events].join('\n\n')
}

function heading({ method, url }: Route): string {
  return `${method} ${url}`
}

function routeText(route: Route): string {
  const { summary, params, query, body, reply, media, orBytes, isEmpty, errors } = route
  const answer = isEmpty ? undefined : media?.reply === undefined ? (schemaText(reply) === 'null' ? undefined : schemaText(reply)) : media.reply
  const blocks: [string, string | undefined][] = [
    ['Path', params && schemaText(params)],
    ['Query', query && schemaText(query)],
    ['Body', body && (media?.body ?? bodyText(body))],
    ['Answer', answer],
  ]
  const text = blocks.flatMap(([name, content]) => (content === undefined ? [] : content.includes('\n') ? [`${name}:`, `\`\`\`text\n${content}\n\`\`\``] : [`${name}: ${content}`]))
  return [`### ${heading(route)}`, `${summary ?? ''}${errors === 'json' ? ' JSON errors.' : ''}`, ...text, ...(orBytes ? ['Where the path names a file: its bytes, with `Range`, `ETag`, `If-Match` and `If-None-Match`.'] : [])].join('\n\n')
}

function bodyText(schema: Schema): string {
  return schema.properties ? schemaText(schema) : (schema.description ?? schemaText(schema))
}

/** JSON Schemas as text for people: the notation of TypeScript, with a remark beside each key. */

/** As much of JSON Schema as the REST API uses. */
export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
}

/** A schema in some lines. */
export function schemaText(schema: Schema, indent = ''): string {
  if (schema.properties) return objectText(schema, indent)
  if (schema.anyOf) return schema.anyOf.map(part => schemaText(part, indent)).join(' | ')
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.items) return arrayText(schemaText(schema.items, indent))
  const [values] = Object.values(schema.patternProperties ?? {})
  if (values) return `{ [key: string]: ${schemaText(values, indent)} }`
  return schema.type ?? 'anything'
}

function objectText({ properties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}  `
  const lines = Object.entries(properties).map(([key, schema]) => {
    const remark = schema.description === undefined ? '' : `  # ${schema.description}`
    const [first = '', ...more] = `${inner}${key}${required.includes(key) ? '' : '?'}: ${schemaText(schema, inner)}`.split('\n')
    return [first + remark, ...more].join('\n')
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

function arrayText(item: string): string {
  return item.includes(' | ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`
}

/** What protos/ says, each service method, field, enum value and reserved name as one comparable line. */
import protobuf from 'protobufjs'

/** The lines of everything below `root`, google's own messages aside. */
export function wireOfProtos(root: protobuf.Root): Set<string> {
  return new Set(Array.from(walk(root, '')).filter(line => !line.startsWith('google.protobuf\t')))
}

function* walk(namespace: protobuf.NamespaceBase, inPackage: string): Generator<string> {
  for (const item of namespace.nestedArray) {
    const name = item.fullName.slice(1)
    if (item instanceof protobuf.Service) yield* methods(item, inPackage, name)
    else if (item instanceof protobuf.Enum) yield* values(item, inPackage, name)
    else if (item instanceof protobuf.Type) {
      yield* fields(item, inPackage, name)
      yield* walk(item, inPackage)
    } else if (item instanceof protobuf.Namespace) yield* walk(item, name)
  }
}

function* methods(service: protobuf.Service, inPackage: string, name: string): Generator<string> {
  for (const method of service.methodsArray) {
    const types = `${typeName(method.resolvedRequestType)} -> ${typeName(method.resolvedResponseType)}`
    yield [inPackage, 'method', `${name}/${method.name}`, types, streamingOf(method)].join('\t')
  }
}

function streamingOf({ requestStream, responseStream }: protobuf.Method): string {
  if (requestStream) return responseStream ? 'bidi-stream' : 'client-stream'
  return responseStream ? 'server-stream' : 'unary'
}

function* values(item: protobuf.Enum, inPackage: string, name: string): Generator<string> {
  for (const [value, number] of Object.entries(item.values)) yield [inPackage, 'value', `${name}.${value}`, number].join('\t')
  yield* reserved(item, inPackage, name)
}

function* fields(item: protobuf.Type, inPackage: string, name: string): Generator<string> {
  for (const field of item.fieldsArray) yield [inPackage, 'field', `${name}.${field.name}`, field.id, typeOf(field), labelOf(field)].join('\t')
  if (item.fieldsArray.length === 0 && item.nestedArray.length === 0) yield [inPackage, 'empty', name].join('\t')
  yield* reserved(item, inPackage, name)
}

function* reserved(item: protobuf.Type | protobuf.Enum, inPackage: string, name: string): Generator<string> {
  for (const range of (item.reserved as protobuf.Type['reserved'] | undefined) ?? []) yield [inPackage, 'reserved', name, typeof range === 'string' ? range : range[0]].join('\t')
}

function typeOf(field: protobuf.Field): string {
  const type = field.resolvedType ? typeName(field.resolvedType) : field.type
  return field instanceof protobuf.MapField ? `map<${field.keyType},${type}>` : type
}

function labelOf(field: protobuf.Field): string {
  if (field instanceof protobuf.MapField) return 'map'
  if (field.partOf && !field.options?.['proto3_optional']) return `oneof ${field.partOf.name}`
  return field.repeated ? 'repeated' : 'singular'
}

function typeName(type: protobuf.ReflectionObject | null): string {
  return type?.fullName.slice(1) ?? ''
}

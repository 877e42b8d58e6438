/** Role bindings: who has which roles on which resource. */
import type { Rows, WritableRows } from '../store/store.js'
import { tables } from './records.js'
import type { RoleBinding } from './records.js'

/** What roles can be bound to. */
export interface Resource {
  readonly type: 'CLUSTER' | 'PROJECT' | 'REPO' | 'SPEC_REPO'
  readonly name: string
}

/** The resource that holds all others. */
export const CLUSTER: Resource = { type: 'CLUSTER', name: '' }

/** The binding of a resource; undefined when it has none. */
export const getBinding = (rows: Rows, { type, name }: Resource): RoleBinding | undefined => tables.bindings.get(rows, type, name)

/** Replaces the binding of a resource. */
export const setBinding = (rows: WritableRows, { type, name }: Resource, binding: RoleBinding): void => tables.bindings.put(rows, [type, name], binding)

/** Forgets the binding of a resource that is gone. */
export const removeBinding = (rows: WritableRows, { type, name }: Resource): void => tables.bindings.remove(rows, type, name)

/** What a caller has to write of a message: only the fields that have a value. */
type Scalar = Uint8Array | string | number | boolean | undefined

/** A message with every field optional, at every depth; what is left out takes the default of proto3. */
export type MessageInit<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? readonly MessageInit<Item>[]
    : T extends { $case: string }
      ? { [K in keyof Omit<T, '$case'>]?: MessageInit<T[K]> } & { $case: T['$case'] }
      : { [K in keyof T]?: MessageInit<T[K]> | undefined }

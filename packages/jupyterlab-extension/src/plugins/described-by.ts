/** How commands describe their arguments to palettes, assistants and tests. */

/** A command that takes none. */
export const withoutArguments = { args: { type: 'object', properties: {}, additionalProperties: false } }

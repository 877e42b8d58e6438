/** The arguments of the commands on the session, checked where they enter. */

/** JSON Schema of the arguments of `mount:connect`. */
export const connectSchema = {
  type: 'object',
  properties: {
    address: { type: 'string', description: 'Of pachd, with its scheme: grpc://host:30650.' },
    serverCas: { type: 'string', description: 'CA certificates that sign for pachd, as PEM text. Default: those of the system.' },
  },
  required: ['address'],
}

/** Throws TypeError when there is no address. */
export function connectArguments({ address, serverCas }: Readonly<Record<string, unknown>>): { address: string; serverCas: string } {
  if (typeof address !== 'string') throw new TypeError('The command needs the address of a pachd')
  return { address, serverCas: typeof serverCas === 'string' ? serverCas : '' }
}

/** JSON Schema of the arguments of `mount:activate-context`. */
export const contextSchema = {
  type: 'object',
  properties: { context: { type: 'string', description: 'A context of the config file; its user is asked when it is left out.' } },
}

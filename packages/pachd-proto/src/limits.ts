/** The limits that both ends of pachd's wire agree on. */

/** The largest gRPC message in either direction, in bytes: 20 MiB of pachd, and room for the envelope. */
export const MAX_MESSAGE_BYTES = 21 * 1024 * 1024

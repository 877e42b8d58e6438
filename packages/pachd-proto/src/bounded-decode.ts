/** Decoding what strangers send: a message of many tiny parts takes far more memory than its bytes, so parts are counted. */
import { BinaryReader } from '@bufbuild/protobuf/wire'

/** More than any client has reason to send; each is a field or the length of one. */
const MOST_PARTS = 500_000

class CountingReader extends BinaryReader {
  constructor(bytes: Uint8Array) {
    super(bytes)
    const read = this.uint32
    let parts = 0
    this.uint32 = () => {
      if (++parts > MOST_PARTS) throw new RangeError('the message has too many parts')
      return read.call(this)
    }
  }
}

/** Decodes a message. Throws RangeError for one with too many parts, and Error for one that is damaged. */
export function decodeBounded<T>(codec: { decode(input: BinaryReader | Uint8Array): T }, bytes: Uint8Array): T {
  // A part has at least one byte: what is small need not be counted.
  return codec.decode(bytes.length <= MOST_PARTS ? bytes : new CountingReader(bytes))
}

import { OpsError } from '../event/errors.ts'

/** Who brought a record in: an MQTT credential, or a part at the centre (HTTP, import). */
export interface Origin {
  kind: 'mqtt' | 'centre'
  /** `site/agent` of the credential, or the name of the part. */
  name: string
}

/** One message as it came, before anyone judged it: an entry of the raw journal. */
export interface RawRecord {
  receivedAt: number
  origin: Origin
  topic: string
  payload: Uint8Array
}

/** Layout: u16 header length (BE), header JSON (UTF-8), payload bytes. */
export function encodeRawRecord(record: RawRecord): Uint8Array {
  const { payload, ...head } = record
  const header = Buffer.from(JSON.stringify(head))
  const bytes = Buffer.allocUnsafe(2 + header.length + payload.length)
  bytes.writeUInt16BE(header.length, 0)
  bytes.set(header, 2)
  bytes.set(payload, 2 + header.length)
  return bytes
}

/** The inverse of `encodeRawRecord`; `payload` is a view. Throws `OpsError('JOURNAL_CORRUPT')`. */
export function decodeRawRecord(bytes: Uint8Array): RawRecord {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length < 2 || buffer.length < 2 + buffer.readUInt16BE(0))
    throw new OpsError('JOURNAL_CORRUPT', 'a raw record is shorter than its header says')
  const end = 2 + buffer.readUInt16BE(0)
  return { ...JSON.parse(buffer.toString('utf8', 2, end)), payload: buffer.subarray(end) }
}

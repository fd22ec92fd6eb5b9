import { malformed } from '../../driver.ts'

/** Reads big-endian numbers in order; every read past the end throws `OpsError('FRAME_MALFORMED')`. */
export class Cursor {
  private readonly view: DataView
  private readonly bytes: Uint8Array
  private offset = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.bytes.length - this.offset
  }

  uint(width: 1 | 2 | 4): number {
    const at = this.advance(width)
    if (width === 1) return this.view.getUint8(at)
    return width === 2 ? this.view.getUint16(at) : this.view.getUint32(at)
  }

  int(width: 2 | 4): number {
    const at = this.advance(width)
    return width === 2 ? this.view.getInt16(at) : this.view.getInt32(at)
  }

  /** An unsigned 64-bit number; those beyond 2^53 lose their last digits, so use it for times only. */
  uint64(): number {
    return Number(this.view.getBigUint64(this.advance(8)))
  }

  /** A copy, so that what is kept of a record does not hold the whole chunk it came in. */
  take(count: number): Uint8Array {
    const at = this.advance(count)
    return this.bytes.slice(at, at + count)
  }

  private advance(count: number): number {
    const at = this.offset
    if (count > this.bytes.length - at)
      throw malformed(`ends after ${this.bytes.length} bytes, want ${count} more at ${at}`)
    this.offset = at + count
    return at
  }
}

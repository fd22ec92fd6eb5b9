/** Names as small numbers, given in the order of first use; numbers are never taken back. */
export class Numbering {
  readonly names: string[] = []
  readonly #numbers = new Map<string, number>()

  of(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.names.length
      this.#numbers.set(name, number)
      this.names.push(name)
    }
    return number
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name)
  }
}

/** A typed array that grows by doubling. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(array: T, index: number, fill = 0): T {
  if (index < array.length) return array
  const larger = new (array.constructor as new (length: number) => T)(Math.max(64, index + 1, array.length * 2))
  if (fill !== 0) larger.fill(fill)
  larger.set(array)
  return larger
}

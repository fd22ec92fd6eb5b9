/** CSET 82 in the order of its values (GS1 GenSpec, figure 7.11-1). */
export const CSET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const CSET_32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83]

/**
 * The two check characters of an alphanumeric key such as the GMN, `key` without them (GS1 GenSpec 7.9.5): values in
 * CSET 82, weighted by primes rising from the right, modulo 1021, written as two digits of base 32.
 */
export function checkCharacters(key: string): string {
  let sum = 0
  for (let i = 0; i < key.length; i++) sum += CSET_82.indexOf(key.charAt(i)) * (PRIMES[key.length - 1 - i] ?? 0)
  sum %= 1021
  return CSET_32.charAt(sum >> 5) + CSET_32.charAt(sum & 31)
}

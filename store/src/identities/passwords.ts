import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** What one try costs: 128 * N * r bytes of memory, p times over. */
export interface ScryptCost {
  N: number
  r: number
  p: number
}

const derive = promisify<string, Buffer, number, ScryptCost, Buffer>(scrypt)
/** For people: 16 MB a try; OWASP lists N=2^14, r=8, p=5 as equal to its first choice, with the least memory. */
const PEOPLE: ScryptCost = { N: 16_384, r: 8, p: 5 }
/**
 * For agents: their passwords are made by `newPassword`, 144 bits that nobody tries out. A fifth of the cost, because
 * every agent of a site comes back at once after a restart of the broker.
 */
export const AGENTS: ScryptCost = { N: 16_384, r: 8, p: 1 }
const KEY_BYTES = 32

/** `scrypt:N:r:p:salt:hash`, salt and hash in base64. */
export async function hashPassword(password: string, cost = PEOPLE): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, KEY_BYTES, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join(':')
}

/** Whether the password is the one hashed. Without a hash it takes the time of one derivation at `cost`, and says no. */
export async function verifyPassword(password: string, hash: string | undefined, cost = PEOPLE): Promise<boolean> {
  const [, N, r, p, salt, key] = (hash ?? dummy(cost)).split(':')
  const wanted = Buffer.from(key ?? '', 'base64')
  const found = await derive(password, Buffer.from(salt ?? '', 'base64'), KEY_BYTES, {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return hash !== undefined && wanted.length === found.length && timingSafeEqual(wanted, found)
}

/** A password nobody has to remember: 24 characters of base64url, 144 bits. */
export function newPassword(): string {
  return randomBytes(18).toString('base64url')
}

function dummy({ N, r, p }: ScryptCost): string {
  return `scrypt:${N}:${r}:${p}:${Buffer.alloc(16).toString('base64')}:${Buffer.alloc(KEY_BYTES).toString('base64')}`
}

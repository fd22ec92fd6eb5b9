import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt)
/** 16 MB a try; OWASP lists N=2^14, r=8, p=5 as equal to its first choice, with the least memory. */
const COST = { N: 16_384, r: 8, p: 5 }
const KEY_BYTES = 32

/** `scrypt:N:r:p:salt:hash`, salt and hash in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, KEY_BYTES, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join(':')
}

/** Whether the password is the one hashed. Takes the time of one derivation whatever `hash` is, undefined included. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt, key] = (hash ?? DUMMY).split(':')
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

const DUMMY = `scrypt:${COST.N}:${COST.r}:${COST.p}:${Buffer.alloc(16).toString('base64')}:${Buffer.alloc(KEY_BYTES).toString('base64')}`

/** Who may do what over HTTP. Every route of every package names its access in `config.access`. */
export const ROLES = ['viewer', 'operator', 'approver', 'auditor', 'admin'] as const
export type Role = (typeof ROLES)[number]
/** `public` needs no sign-in. */
export type Access = Role | 'public'

/** The roles each role stands in for. An auditor reads everything and changes nothing. */
const INCLUDES: Record<Role, readonly Role[]> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  approver: ['viewer', 'operator', 'approver'],
  auditor: ['viewer', 'auditor'],
  admin: ROLES,
}

export function mayUse(role: Role, access: Access): boolean {
  return access === 'public' || INCLUDES[role].includes(access)
}

/** The person or token behind a request. */
export interface Principal {
  name: string
  role: Role
  /** How it signed in: a browser session needs the CSRF header for writes, a bearer token does not. */
  by: 'session' | 'token' | 'demo'
  csrf?: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    principal?: Principal
  }
}

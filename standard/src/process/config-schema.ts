import { z } from 'zod'

/** The part of JSON Schema that zod prints for our configurations. */
export interface ConfigNode {
  type?: string | string[]
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, ConfigNode>
  required?: string[]
  items?: ConfigNode | boolean
  additionalProperties?: ConfigNode | boolean
  anyOf?: ConfigNode[]
  oneOf?: ConfigNode[]
  allOf?: ConfigNode[]
  /** Environment variable, from `.meta({ env: 'INFLUX_URL' })`; otherwise made from the path. */
  env?: string
}

/** One option that holds a value, not further options. */
export interface ConfigLeaf {
  path: string[]
  node: ConfigNode
  required: boolean
  env: string
}

/** How the names of environment variables begin. */
export const ENV_PREFIX = 'WAYTRACE_'

/** The schema of what a user may write, defaults not yet applied. */
export function configNode(schema: z.ZodType): ConfigNode {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ConfigNode
}

/** Every option below fixed keys. Lists and maps are leaves: they are written in the file. */
export function configLeaves(node: ConfigNode, path: string[] = [], required = true): ConfigLeaf[] {
  if (node.properties === undefined) return [{ path, node, required, env: node.env ?? envName(path) }]
  return Object.entries(node.properties).flatMap(([key, child]) =>
    configLeaves(child, [...path, key], required && (node.required ?? []).includes(key)),
  )
}

/** `http.maxBodyBytes` is `WAYTRACE_HTTP_MAX_BODY_BYTES`. */
function envName(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_'))
  return ENV_PREFIX + words.join('_').toUpperCase()
}

/** Paths of keys that the schema does not know, also below objects that would have stripped them silently. */
export function unknownKeys(node: ConfigNode, value: unknown, path: string[] = []): string[][] {
  if (Array.isArray(value)) {
    const { items } = node
    return typeof items === 'object' ? value.flatMap((item, i) => unknownKeys(items, item, [...path, String(i)])) : []
  }
  if (typeof value !== 'object' || value === null || (node.properties === undefined && !isMap(node))) return []
  return Object.entries(value).flatMap(([key, child]) => {
    const known = node.properties?.[key] ?? node.additionalProperties
    if (known === undefined || known === false) return [[...path, key]]
    return typeof known === 'object' ? unknownKeys(known, child, [...path, key]) : []
  })
}

function isMap(node: ConfigNode): boolean {
  return typeof node.additionalProperties === 'object'
}

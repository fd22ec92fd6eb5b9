import type { z } from 'zod'
import { type ConfigNode, configLeaves, configNode } from './config-schema.ts'

/** A markdown table of every option of a configuration: path, variable, type, default, what it means. */
export function configTable(schema: z.ZodType): string {
  const rows = configLeaves(configNode(schema)).flatMap(({ path, node, required, env }) => [
    row(path.join('.'), `\`${env}\``, node, required),
    ...itemRows(path.join('.'), node),
  ])
  return ['| option | variable | type | default | meaning |', '|---|---|---|---|---|', ...rows, ''].join('\n')
}

/** What may be written in `.env`: each variable with its default, commented out unless it must be set. */
export function envExample(schema: z.ZodType): string {
  const lines = configLeaves(configNode(schema))
    .filter(({ node }) => !isList(node))
    .flatMap(({ env, node, required }) => {
      const value = node.default === undefined ? '' : plain(node.default)
      return [`# ${node.description ?? env}`, required ? `${env}=` : `#${env}=${value}`, '']
    })
  return lines.join('\n')
}

/** Options of the items of a list or map: they have no variable. */
function itemRows(path: string, node: ConfigNode): string[] {
  const item = typeof node.items === 'object' ? node.items : node.additionalProperties
  if (typeof item !== 'object') return []
  const base = node.items === undefined ? `${path}.*` : `${path}[]`
  return branches(item).flatMap((branch) =>
    branch.properties === undefined
      ? []
      : configLeaves(branch).flatMap((leaf) => {
          const below = `${base}.${leaf.path.join('.')}`
          return [row(below, '', leaf.node, leaf.required), ...itemRows(below, leaf.node)]
        }),
  )
}

function row(path: string, env: string, node: ConfigNode, required: boolean): string {
  const fallback = node.default !== undefined ? `\`${plain(node.default)}\`` : required ? 'must be given' : ''
  return `| \`${path}\` | ${env} | ${cell(typeName(node))} | ${cell(fallback)} | ${cell(node.description ?? '')} |`
}

function typeName(node: ConfigNode): string {
  if (node.const !== undefined) return plain(node.const)
  if (node.enum !== undefined) return node.enum.map(plain).join(', ')
  const of = branches(node)
  if (of.length > 1) return [...new Set(of.map(typeName))].join(' or ')
  if (node.items !== undefined) return `list of ${typeof node.items === 'object' ? typeName(node.items) : 'any'}`
  if (typeof node.additionalProperties === 'object') return `map of ${typeName(node.additionalProperties)}`
  return [node.type ?? 'any'].flat().join(' or ')
}

function branches(node: ConfigNode): ConfigNode[] {
  return node.anyOf ?? node.oneOf ?? [node]
}

function isList(node: ConfigNode): boolean {
  return node.items !== undefined || node.type === 'object'
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

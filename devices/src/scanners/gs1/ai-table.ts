import { AI_ROWS } from './ai-rows.ts'
import { LINTERS, type LinterName } from './linters.ts'

export type CharacterSet = 'N' | 'X' | 'Y' | 'Z'

export interface Part {
  set: CharacterSet
  min: number
  max: number
  optional: boolean
  linters: readonly LinterName[]
}

/** One GS1 application identifier (AI), e.g. 00 or 4331. */
export interface ApplicationIdentifier {
  ai: string
  title: string
  /** A separator (0x1D) must follow the value unless it is last. */
  separator: boolean
  /** Allowed as a query attribute of a Digital Link. */
  attribute: boolean
  parts: readonly Part[]
  minLength: number
  maxLength: number
  /** Every group must hold; one alternative of a group is enough; all patterns of an alternative must be present. */
  requires: readonly (readonly (readonly string[])[])[]
  excludes: readonly string[]
  /** Of a Digital Link primary key: the qualifier sequences its path may have, in order, each qualifier optional. */
  qualifiers?: readonly (readonly string[])[]
}

/** All application identifiers, by AI. */
export const AIS: ReadonlyMap<string, ApplicationIdentifier> = new Map(
  AI_ROWS.trim()
    .split('\n')
    .flatMap(readRow)
    .map((entry) => [entry.ai, entry]),
)

/** The AI that `text` has at `at`. No AI is the beginning of another, so there is one answer. */
export function aiAt(text: string, at: number): ApplicationIdentifier | undefined {
  return AIS.get(text.slice(at, at + 2)) ?? AIS.get(text.slice(at, at + 3)) ?? AIS.get(text.slice(at, at + 4))
}

function readRow(row: string): ApplicationIdentifier[] {
  const [ais = '', title = '', flags = '', format = '', requires = '', excludes = '', link = ''] = row
    .split('|')
    .map((cell) => cell.trim())
  const [first = '', last = first] = ais.split('-')
  const parts = words(format).map(readPart)
  const entry = {
    title,
    separator: flags.includes('s'),
    attribute: flags.includes('q'),
    parts,
    minLength: parts.reduce((sum, part) => sum + (part.optional ? 0 : part.min), 0),
    maxLength: parts.reduce((sum, part) => sum + part.max, 0),
    requires: list(requires).map((group) => words(group).map((alternative) => alternative.split('+'))),
    excludes: words(excludes),
    ...(link.startsWith('key') ? { qualifiers: list(link.slice('key'.length)).map(words) } : {}),
  }
  const count = Number(last) - Number(first) + 1
  return Array.from({ length: count }, (_, i) => ({
    ai: String(Number(first) + i).padStart(first.length, '0'),
    ...entry,
  }))
}

function readPart(text: string): Part {
  const [size = '', ...linters] = text.split(':')
  const match = /^([NXYZ])(\d+)(?:-(\d+))?(\?)?$/.exec(size)
  if (match === null || !linters.every(isLinter)) throw new Error(`bad format in the table of AIs: ${text}`)
  const [, set, min, max = min, optional] = match
  return { set: set as CharacterSet, min: Number(min), max: Number(max), optional: optional === '?', linters }
}

function isLinter(name: string): name is LinterName {
  return name in LINTERS
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function list(text: string): string[] {
  return text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

import { type Issue, OpsError } from '@waytrace/standard'
import type { z } from 'zod'

/** One line of a CSV file, and how to name it in an error. */
export interface Row {
  line: number
  cells: Record<string, string>
}

/** A row of the file's `line`, counting from 1 with the header; empty cells are cells that are not there. */
export function rowOf(record: Record<string, string>, line: number): Row {
  return { line, cells: Object.fromEntries(Object.entries(record).filter(([, value]) => value !== '')) }
}

/** A row by its schema. Throws `OpsError('INPUT_INVALID')` that names line and column. */
export function checkRow<S extends z.ZodType>(schema: S, { line, cells }: Row): z.output<S> {
  const parsed = schema.safeParse(cells)
  if (parsed.success) return parsed.data
  const issues: Issue[] = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((column) => ({ path: `line ${line}, ${column}`, message: 'unknown column' }))
      : [{ path: `line ${line}, ${issue.path.join('.')}`, message: issue.message }],
  )
  throw new OpsError('INPUT_INVALID', issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '), { issues })
}

import { type Issue, OpsError } from '@waytrace/standard'
import type { z } from 'zod'

/** One line of a CSV file, and how to name it in an error. */
export interface Row {
  line: number
  cells: Record<string, string>
}

/** Numbers the lines of a file; empty cells are cells that are not there. */
export function readRows(records: readonly Record<string, string>[]): Row[] {
  return records.map((record, i) => ({
    // The header is line 1.
    line: i + 2,
    cells: Object.fromEntries(Object.entries(record).filter(([, value]) => value !== '')),
  }))
}

/** A row by its schema. Throws `OpsError('INPUT_INVALID')` that names line and column. */
export function checkRow<S extends z.ZodType>(schema: S, { line, cells }: Row): z.output<S> {
  const parsed = schema.safeParse(cells)
  if (parsed.success) return parsed.data
  const issues: Issue[] = parsed.error.issues.map(({ path, message }) => ({
    path: `line ${line}, ${path.join('.')}`,
    message,
  }))
  throw new OpsError('INPUT_INVALID', issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '), { issues })
}

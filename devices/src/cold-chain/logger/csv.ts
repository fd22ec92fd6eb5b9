import { malformed } from '../../driver.ts'

/**
 * The cells of one line, RFC 4180: a cell in double quotes may hold the delimiter and doubled quotes. Quoted line ends
 * do not occur in logger files. Throws `FRAME_MALFORMED` on a quote that does not end.
 */
export function splitCells(line: string, delimiter: string): string[] {
  const cells: string[] = []
  for (let at = 0; at <= line.length; ) {
    const quoted = line[at] === '"'
    const end = quoted ? closingQuote(line, at) : ends(line.indexOf(delimiter, at), line)
    cells.push(quoted ? line.slice(at + 1, end).replaceAll('""', '"') : line.slice(at, end).trim())
    const next = quoted ? end + 1 : end
    if (next < line.length && !line.startsWith(delimiter, next)) throw malformed('text behind a closing quote')
    at = next + delimiter.length
  }
  return cells
}

/** A line that `splitCells` takes apart into these cells again. */
export function joinCells(cells: readonly string[], delimiter: string): string {
  return cells.map((cell) => (needsQuotes(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)
}

function closingQuote(line: string, open: number): number {
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] !== '"') continue
    if (line[at + 1] !== '"') return at
    at++
  }
  throw malformed('a quoted cell does not end')
}

function ends(found: number, line: string): number {
  return found < 0 ? line.length : found
}

function needsQuotes(cell: string, delimiter: string): boolean {
  return cell.includes(delimiter) || cell.startsWith('"') || cell !== cell.trim()
}

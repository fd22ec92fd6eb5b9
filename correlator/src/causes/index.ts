export { llr, MIN_MEMBERS } from './llr.ts'
export { readTable, type Table } from './table/rows.ts'
export { type TableCause, type TableCauses, tableCauses } from './table/table-causes.ts'

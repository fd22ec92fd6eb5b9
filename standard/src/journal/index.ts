export * from './journal.ts'
export * from './log-record.ts'
export * from './raw-record.ts'

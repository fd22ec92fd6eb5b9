export * from './journal.ts'
export * from './log-record.ts'
export * from './open-journal.ts'
export * from './raw-record.ts'

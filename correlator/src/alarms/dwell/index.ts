export * from './dwell-book.ts'

export * from './dwell/index.ts'
export * from './forecast/index.ts'
export * from './rules/index.ts'

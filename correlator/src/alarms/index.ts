export * from './forecast/index.ts'

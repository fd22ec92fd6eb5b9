export * from './alarms/index.ts'
export * from './causes/index.ts'

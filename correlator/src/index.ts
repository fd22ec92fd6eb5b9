export * from './causes/index.ts'

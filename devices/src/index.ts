export * from './driver.ts'
export * from './observation.ts'
export { drivers } from './registry.generated.ts'

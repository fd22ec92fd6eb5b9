import { act, type Finding, ok } from './finding.ts'

const LEAST = [20, 19] as const

/** Whether this Node.js can run Waytrace. */
export function nodeVersion(version = process.versions.node): Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const fits = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])
  if (fits) return [ok('Node.js', version)]
  return [act('Node.js', `${version} is too old`, `install Node.js ${LEAST.join('.')} or newer`)]
}

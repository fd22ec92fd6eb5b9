import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { act, type Finding, note, ok, type Patient } from './finding.ts'
import { sizeText } from './words.ts'

/** Whether the data folder can be written to, and how much its disk has beyond the reserve. */
export function dataFolder({ config: { data, journal } }: Patient, free = freeBytes): Finding[] {
  const what = 'data folder'
  let there = resolve(data)
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  try {
    accessSync(there, constants.W_OK | constants.X_OK)
  } catch {
    return [act(what, `${there} cannot be written to`, 'give its owner to the user that runs Waytrace, or set --data')]
  }
  const found = there === resolve(data) ? ok(what, there) : note(what, `${data} is made at the first start`)
  return [found, disk(free(there), journal.reserveBytes)]
}

function disk(left: number, reserve: number): Finding {
  const text = `${sizeText(left)} free, ${sizeText(reserve)} of it in reserve`
  if (left < reserve)
    return act(
      'disk',
      `${sizeText(left)} free: below the reserve of ${sizeText(reserve)}, publishers wait`,
      'free disk space',
    )
  if (left < 2 * reserve) return act('disk', text, 'free disk space soon: below the reserve, publishers wait')
  return ok('disk', text)
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PartHealth } from '@waytrace/dashboards'
import type { Clock, Timer } from '@waytrace/standard/process'

/** What a part says of itself to processes that share its data folder. */
interface Notice {
  pid: number
  /** UTC ms. */
  at: number
  health: PartHealth
}

const EVERY_MS = 1000
/** Older than this, a notice says that its writer is gone or stuck. */
const STALE_MS = 5000

const fileOf = (data: string, part: string) => join(data, 'parts', `${part}.json`)

/** Writes the part's health into the data folder each second, and takes it away at a clean end. */
export function postNotice(data: string, part: string, clock: Clock, health: () => PartHealth) {
  const file = fileOf(data, part)
  let timer: Timer | undefined
  const write = () => {
    const notice: Notice = { pid: process.pid, at: clock.now(), health: health() }
    try {
      // Renamed into place: a reader never sees half of it.
      writeFileSync(`${file}.new`, JSON.stringify(notice))
      renameSync(`${file}.new`, file)
    } catch {
      // A full disk must not end the part; a notice that stays old tells its readers enough.
    }
  }
  return {
    start() {
      mkdirSync(join(data, 'parts'), { recursive: true })
      write()
      timer = clock.every(EVERY_MS, write)
    },
    stop() {
      timer?.cancel()
      rmSync(file, { force: true })
    },
  }
}

/** What a part in another process last said; `down` when it says nothing. */
export function readNotice(data: string, part: string, now: number): PartHealth {
  const notice = read(fileOf(data, part))
  const down = (reason: string, figures = {}): PartHealth => ({ name: part, state: 'down', reasons: [reason], figures })
  if (notice === undefined) return down(`not running: start it with waytrace ${part} --data ${data}`)
  const { pid, at, health } = notice
  if (now - at <= STALE_MS) return { ...health, figures: { ...health.figures, pid } }
  const seconds = Math.round((now - at) / 1000)
  return down(`process ${pid} has said nothing for ${seconds} s: it was killed, or is stuck`, health.figures)
}

function read(file: string): Notice | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Notice
  } catch {
    return undefined
  }
}

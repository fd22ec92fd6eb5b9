import type { Findings } from './figure.ts'

/** What every section is given. */
export interface BenchContext {
  /** A folder on a real disk for the data of the processes; removed at the end. */
  work: string
  /** Short runs, to see that everything works. */
  quick: boolean
  /** Runs of which the median is taken. */
  repeats: number
  /** Events stored before the timeline look-ups. */
  storedEvents: number
  /** One line about what is going on. */
  say(text: string): void
}

export interface Section {
  /** As `--only` names it. */
  name: string
  title: string
  run(context: BenchContext): Promise<Findings>
}

import { join } from 'node:path'
import { removeFolder, startCentre } from '../centre.ts'
import type { BenchContext, Section } from '../context.ts'
import { median } from '../figure.ts'

/** From `node stack/dist/main.js up` to its ready line, on an empty data folder and on one that was used. */
export const start: Section = {
  name: 'start',
  title: 'Start of the built command',
  async run(context) {
    const empty = await readyMs(context, false)
    const demo = await readyMs(context, true)
    const target = { atMost: 5 }
    return {
      figures: [
        { what: 'first start, empty', value: empty.first / 1000, unit: 's', target },
        { what: 'next start', value: empty.again / 1000, unit: 's', target },
        { what: 'first start with the demo site', value: demo.first / 1000, unit: 's', target },
      ],
      notes: [`Process start to ready line, median of ${context.repeats}.`],
    }
  },
}

async function readyMs({ work, repeats }: BenchContext, demo: boolean): Promise<{ first: number; again: number }> {
  const [first, again]: [number[], number[]] = [[], []]
  for (let n = 0; n < repeats; n++) {
    const data = join(work, `start-${n}`)
    for (const times of [first, again]) {
      const centre = await startCentre({ data, demo })
      times.push(centre.readyMs)
      await centre.stop()
    }
    removeFolder(data)
  }
  return { first: median(first), again: median(again) }
}

import { benchBroker } from '../../../broker/bench/broker.bench.ts'
import { benchAgent } from '../../../edge-agent/bench/agent.bench.ts'
import { benchIngest } from '../../../ingest/bench/ingest.bench.ts'
import { benchJournal } from '../../../standard/bench/journal.bench.ts'
import { benchValidate } from '../../../standard/bench/validate.bench.ts'
import { benchStore } from '../../../store/bench/store.bench.ts'
import type { BenchContext, Section } from '../context.ts'
import type { Figure } from '../figure.ts'

/** As the packages' own benchmarks give it. */
interface PartFigure {
  name: string
  value: number
  unit: string
  floor?: number
  floorName?: string
}

/** The packages alone, without what lies between them. */
export const parts: Section = {
  name: 'parts',
  title: 'The parts alone',
  async run({ quick, say }: BenchContext) {
    const benches: Record<string, () => Promise<PartFigure[]> | PartFigure[]> = {
      journal: () => benchJournal(),
      validate: () => benchValidate(quick ? 0.2 : 1),
      broker: () => benchBroker(quick ? 1 : 5),
      ingest: () => benchIngest(quick ? 20_000 : 100_000),
      store: () => benchStore({ events: quick ? 20_000 : 200_000 }),
      'edge agent': () => benchAgent(quick ? 20_000 : 1_000_000),
    }
    const figures: Figure[] = []
    for (const [part, bench] of Object.entries(benches)) {
      say(part)
      figures.push(...(await bench()).map((figure) => asFigure(part, figure)))
    }
    return { figures, notes: ['Each by the benchmark of its own package, `<package>/bench`.'] }
  },
}

function asFigure(part: string, { name, value, unit, floor, floorName = 'the target' }: PartFigure): Figure {
  const what = name.startsWith(part) ? name : `${part}: ${name}`
  return { what, value, unit, ...(floor === undefined ? {} : { compare: [{ name: floorName, value: floor }] }) }
}

import { readTable } from '../../src/causes/table/rows.ts'
import { tableCauses } from '../../src/causes/table/table-causes.ts'
import { labelledTable, type TableForm } from '../tables.ts'

export interface TableScore {
  name: string
  precision: number
  recall: number
  f1: number
  runs: number
}

const FORMS: Record<string, Partial<TableForm>> = {
  'k of n, background varies 10 %': { kind: 'counted', noise: 0.1 },
  'k of n, background varies 50 %': { kind: 'counted', noise: 0.5 },
  'value against forecast, forecast off by 2 %': { kind: 'expected', noise: 0.02 },
  'value against forecast, forecast off by 10 %': { kind: 'expected', noise: 0.1 },
  'value against forecast, forecast off by 25 %': { kind: 'expected', noise: 0.25 },
}

/** Causes of one to three attributes, one to three at a time, of one strength or each its own; exact names are scored. */
export function tableScores(runsEach: number): TableScore[] {
  return Object.entries(FORMS).map(([name, given]) => {
    const sum = { hits: 0, wrong: 0, missed: 0, runs: 0 }
    for (const layer of [1, 2, 3])
      for (const causes of [1, 2, 3])
        for (let run = 0; run < runsEach; run++) {
          const form: TableForm = {
            kind: 'expected',
            sizes: [8, 10, 7, 6],
            density: 0.8,
            noise: 0.1,
            groupNoise: 0.1 * (given.noise ?? 0.1),
            strength: run % 2 === 0 ? 'vertical' : 'horizontal',
            sameCuboid: run % 4 < 2,
            ...given,
            layer,
            causes,
          }
          const { names, records, causes: truth } = labelledTable(run * 101 + layer * 10 + causes, form)
          const named = new Set(
            tableCauses(readTable(names, records)).causes.map(({ attributes }) => keyOf(attributes)),
          )
          const hits = truth.filter((cause) => named.has(keyOf(cause))).length
          sum.hits += hits
          sum.wrong += named.size - hits
          sum.missed += truth.length - hits
          sum.runs++
        }
    return {
      name,
      precision: sum.hits / Math.max(1, sum.hits + sum.wrong),
      recall: sum.hits / Math.max(1, sum.hits + sum.missed),
      f1: (2 * sum.hits) / Math.max(1, 2 * sum.hits + sum.wrong + sum.missed),
      runs: sum.runs,
    }
  })
}

const keyOf = (attributes: Record<string, string>) =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')

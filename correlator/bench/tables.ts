import { seededRandom } from './random.ts'

/** One labelled table of rows: attribute values, counts, and which combinations were made to fail. */
export interface LabelledTable {
  names: string[]
  records: Record<string, string>[]
  causes: Record<string, string>[]
}

export interface TableForm {
  /** `expected`: a value beside its forecast. `counted`: k alarmed of n. */
  kind: 'expected' | 'counted'
  /** Values of each attribute. */
  sizes: readonly number[]
  /** Share of all combinations that occur as rows. */
  density: number
  causes: number
  /** Attributes per cause. */
  layer: number
  /** Relative deviation of a row's forecast, or of a row's background rate. */
  noise: number
  /** Relative deviation of a forecast common to all rows of an attribute value. */
  groupNoise: number
  /** Vertical: one strength for all causes; horizontal: each its own. */
  strength: 'vertical' | 'horizontal'
  /** Whether causes share their attributes or may mix. */
  sameCuboid: boolean
}

/** A random table of this form; equal seeds give equal tables. */
export function labelledTable(seed: number, form: TableForm): LabelledTable {
  const random = seededRandom(seed)
  const attributes = form.sizes.map((size, a) => ({
    name: String.fromCharCode(97 + a),
    values: Array.from({ length: size }, (_, v) => `${String.fromCharCode(97 + a)}${v + 1}`),
    weight: Array.from({ length: size }, () => Math.exp(0.8 * random.normal())),
    bias: Array.from({ length: size }, () => Math.exp(form.groupNoise * random.normal())),
  }))
  const rows: { values: number[]; size: number; bias: number }[] = []
  const walk = (values: number[]) => {
    if (values.length < attributes.length) {
      for (let v = 0; v < (form.sizes[values.length] ?? 0); v++) walk([...values, v])
      return
    }
    if (!random.chance(form.density)) return
    const product = (of: 'weight' | 'bias') => values.reduce((all, v, a) => all * (attributes[a]?.[of][v] ?? 1), 1)
    rows.push({ values, size: 60 * product('weight') * Math.exp(0.7 * random.normal()), bias: product('bias') })
  }
  walk([])

  const all = form.sizes.map((_, a) => a)
  const choose = () =>
    [...all]
      .sort(() => random.unit() - 0.5)
      .slice(0, form.layer)
      .sort((a, b) => a - b)
  let cuboid = choose()
  const causes: { cuboid: number[]; values: number[]; strength: number }[] = []
  const rises = random.chance(0.3)
  const strength = () => (form.kind === 'counted' ? random.between(0.2, 0.95) : random.between(0.15, 0.95))
  const common = strength()
  while (causes.length < form.causes) {
    if (!form.sameCuboid) cuboid = choose()
    const { values } = random.pick(rows)
    const known = causes.some(
      (cause) => cause.cuboid.join() === cuboid.join() && cuboid.every((a) => cause.values[a] === values[a]),
    )
    if (known) continue
    causes.push({ cuboid, values, strength: form.strength === 'vertical' ? common : strength() })
  }
  const records = rows.map(({ values, size, bias }) => {
    const hit = causes.filter((cause) => cause.cuboid.every((a) => cause.values[a] === values[a]))
    const cells = Object.fromEntries(
      attributes.map(({ name, values: names }, a) => [name, names[values[a] ?? 0] ?? '']),
    )
    const worst = Math.max(0, ...hit.map((cause) => cause.strength))
    if (form.kind === 'counted') {
      const n = 1 + random.poisson(size)
      const base = Math.min(0.9, 0.02 * bias * Math.exp(form.noise * random.normal()))
      const p = 1 - (1 - base) * (1 - worst)
      let k = 0
      for (let i = 0; i < n; i++) if (random.chance(p)) k++
      return { ...cells, n: String(n), k: String(k) }
    }
    const tail = random.chance(0.03) ? 3 : 1
    const seen = random.poisson(size * bias * Math.exp(tail * form.noise * random.normal()))
    const change = worst > 0 ? Math.max(0, Math.min(1, worst + 0.04 * random.normal())) : 0
    const value = rises ? seen * (1 + 3 * change) : seen * (1 - change)
    return { ...cells, k: value.toFixed(2), expected: size.toFixed(2) }
  })
  return {
    names: Object.keys(records[0] ?? {}),
    records,
    causes: causes.map(({ cuboid: attrs, values }) =>
      Object.fromEntries(attrs.map((a) => [attributes[a]?.name ?? '', attributes[a]?.values[values[a] ?? 0] ?? ''])),
    ),
  }
}

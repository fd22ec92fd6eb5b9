import { type Random, seeded } from './random.ts'

/** A synthetic temperature trace, degrees Celsius, five minutes apart. */
export interface Trace {
  form: string
  seed: number
  at: number[]
  value: number[]
}

const MINUTE = 60_000
const STEP_MIN = 5
const START = Date.UTC(2025, 0, 6)

/** A box with a wall: how fast it follows what surrounds it, and what cools it. Minutes and degrees. */
interface Physics {
  /** Time constant against the surroundings. */
  tau: number
  ambient: (minute: number) => number
  set?: number
  band?: number
  /** Degrees per minute that a running compressor takes away. */
  cooling?: number
  noise: number
  /** Openings per hour at this minute, minutes open, and the air's time constant then. */
  door?: { rate: (minute: number) => number; open: number; tau: number }
  /** Every so many minutes, for so long, heated by so many degrees per minute. */
  defrost?: { every: number; lasts: number; heat: number }
  /** Failures of the cooling per week and their length. */
  failure?: { perWeek: number; lasts: [number, number] }
}

const hourOf = (minute: number) => (minute / 60) % 24
const weekday = (minute: number) => Math.floor(minute / 1440) % 7 < 5
const working = (minute: number) => weekday(minute) && hourOf(minute) > 6 && hourOf(minute) < 19
const sunny = (minute: number, mean: number, swing: number) =>
  mean + swing * Math.sin(((hourOf(minute) - 9) / 24) * 2 * Math.PI)

function physical(form: string, seed: number, days: number, physics: (random: Random) => Physics): Trace {
  const random = seeded(seed)
  const p = physics(random)
  const trace: Trace = { form, seed, at: [], value: [] }
  let value = p.set ?? p.ambient(0)
  let air = value
  let cooling = false
  let open = 0
  let failed = 0
  let weather = 0
  const offset = random.between(0, p.defrost?.every ?? 1)
  for (let minute = 0; minute < days * 1440; minute++) {
    weather += -weather / 2000 + random.normal() * 0.06
    const outside = p.ambient(minute) + weather
    if (p.door !== undefined && open <= 0 && random.chance(p.door.rate(minute) / 60))
      open = p.door.open * random.between(0.3, 2.5)
    if (p.failure !== undefined && failed <= 0 && random.chance(p.failure.perWeek / 10_080))
      failed = random.between(...p.failure.lasts)
    open -= 1
    failed -= 1
    const defrosting = p.defrost !== undefined && (minute + offset) % p.defrost.every < p.defrost.lasts
    value += (outside - value) / (open > 0 ? (p.door?.tau ?? p.tau) : p.tau)
    if (p.set !== undefined && p.band !== undefined) {
      if (value > p.set + p.band) cooling = true
      if (value < p.set - p.band) cooling = false
      if (cooling && !defrosting && failed <= 0) value -= p.cooling ?? 0
    }
    if (defrosting) value += p.defrost?.heat ?? 0
    // The sensor has a mass of its own.
    air += (value - air) / 6
    if (minute % STEP_MIN === 0) {
      trace.at.push(START + minute * MINUTE)
      trace.value.push(Math.round((air + random.normal() * p.noise) * 100) / 100)
    }
  }
  return trace
}

/** Sums of processes that forget at different speeds, with load changes, ramps and stops: no physics assumed. */
function wandering(form: string, seed: number, days: number, restless: number): Trace {
  const random = seeded(seed)
  const trace: Trace = { form, seed, at: [], value: [] }
  const parts = [20, 90, 400, 2500].map((tau) => ({ tau, sd: restless * random.between(0.5, 1.5), value: 0 }))
  let load = 0
  let wanted = 0
  let ramp = 60
  for (let minute = 0; minute < days * 1440; minute += STEP_MIN) {
    if (random.chance(STEP_MIN / random.between(500, 1500))) {
      wanted = random.chance(0.08) ? -random.between(8, 25) * restless : random.normal() * 2 * restless
      ramp = random.between(10, 240)
    }
    load += (wanted - load) * (1 - Math.exp(-STEP_MIN / ramp))
    let sum = load
    for (const part of parts) {
      const keep = Math.exp(-STEP_MIN / part.tau)
      part.value = part.value * keep + part.sd * Math.sqrt(1 - keep * keep) * random.normal()
      sum += part.value
    }
    trace.at.push(START + minute * MINUTE)
    trace.value.push(Math.round((60 + sum) * 1000) / 1000)
  }
  return trace
}

type Make = (seed: number, days: number) => Trace

/** The forms that the weights are fitted on, and those that never take part in it. */
export const FORMS: Record<string, { make: Make; fitted: boolean }> = {
  'cold room': {
    fitted: true,
    make: (seed, days) =>
      physical('cold room', seed, days, (r) => ({
        tau: r.between(400, 900),
        ambient: (m) => sunny(m, 18, 4),
        set: 4,
        band: r.between(0.4, 1),
        cooling: r.between(0.08, 0.15),
        noise: 0.05,
        door: { rate: (m) => (working(m) ? 2 : 0.05), open: 6, tau: 60 },
        defrost: { every: 60 * Math.round(r.between(4, 9)), lasts: 25, heat: r.between(0.08, 0.2) },
        failure: { perWeek: 0.6, lasts: [60, 400] },
      })),
  },
  fridge: {
    fitted: true,
    make: (seed, days) =>
      physical('fridge', seed, days, (r) => ({
        tau: r.between(150, 300),
        ambient: (m) => sunny(m, 22, 2),
        set: 5,
        band: r.between(0.6, 1.5),
        cooling: r.between(0.2, 0.35),
        noise: 0.08,
        door: { rate: (m) => (hourOf(m) > 7 && hourOf(m) < 22 ? 1.5 : 0.02), open: 3, tau: 20 },
        failure: { perWeek: 0.5, lasts: [40, 200] },
      })),
  },
  office: {
    fitted: true,
    make: (seed, days) =>
      physical('office', seed, days, (r) => {
        const gain = r.between(2, 6)
        return {
          tau: r.between(150, 500),
          ambient: (m) => sunny(m, 19, r.between(3, 3.01) + gain / 3) + (working(m) ? gain : 0),
          noise: r.between(0.05, 0.2),
          door: { rate: (m) => (working(m) ? 0.5 : 0), open: 10, tau: 80 },
        }
      }),
  },
  drifting: {
    fitted: true,
    make: (seed, days) =>
      physical('drifting', seed, days, (r) => ({
        tau: r.between(900, 2500),
        ambient: (m) => sunny(m, 20, 5),
        set: -18,
        band: 0.8,
        cooling: r.between(0.08, 0.14),
        noise: 0.1,
        failure: { perWeek: 2.5, lasts: [120, 900] },
      })),
  },
  wandering: { fitted: true, make: (seed, days) => wandering('wandering', seed, days, 1) },
  trailer: {
    fitted: false,
    make: (seed, days) =>
      physical('trailer', seed, days, (r) => ({
        tau: r.between(150, 350),
        ambient: (m) => sunny(m, 24, 9),
        set: 3,
        band: 0.7,
        cooling: r.between(0.2, 0.3),
        noise: 0.12,
        door: { rate: (m) => (working(m) ? 0.4 : 0.02), open: 20, tau: 40 },
        defrost: { every: 360, lasts: 20, heat: 0.15 },
        failure: { perWeek: 1, lasts: [30, 240] },
      })),
  },
  loading: { fitted: false, make: (seed, days) => loading(seed, days) },
}

/** A machine hall: shifts, warming up after each stop, weather behind it. */
function loading(seed: number, days: number): Trace {
  const random = seeded(seed)
  const trace: Trace = { form: 'loading', seed, at: [], value: [] }
  let value = 20
  let run = 0
  let slow = 0
  for (let minute = 0; minute < days * 1440; minute += STEP_MIN) {
    if (run <= 0 && random.chance(working(minute) ? 0.05 : 0.006)) run = random.between(60, 700)
    run -= STEP_MIN
    slow += -slow / 300 + random.normal() * 0.25
    const target = sunny(minute, 21, 2) + slow + (run > 0 ? 14 : 0)
    value += (target - value) * (1 - Math.exp(-STEP_MIN / (run > 0 ? 70 : 160))) + random.normal() * 0.12
    trace.at.push(START + minute * MINUTE)
    trace.value.push(Math.round(value * 10) / 10)
  }
  return trace
}

import type { StationName } from './network.ts'
import type { EpcisFact } from './shop.ts'

/** One thing that happens in the demo's world at a virtual time (UTC ms): each becomes real bytes on a real link. */
export type Act = { at: number } & (
  | { what: 'beep'; site: string; station: StationName; symbol: string }
  | { what: 'shop'; facts: EpcisFact[] }
  | { what: 'tracker'; truck: string; sample: TruckSample }
  | { what: 'tag'; site: string; temperatureC: number; humidity: number; sequence: number }
  | { what: 'room'; site: string; temperatureC: number; doorOpen: boolean }
  | { what: 'yard'; site: string; latitude: number; longitude: number; speedKmh: number }
)

/** What a trailer's telematics unit reads in one minute. */
export interface TruckSample {
  latitude: number
  longitude: number
  speedKmh: number
  headingDeg: number
  frontC: number
  rearC: number
  doorOpen: boolean
  ignition: boolean
  /** OBD trouble codes active now. */
  troubles: string[]
}

/** What the parts of the world share: the agenda and the way out. */
export interface Stage {
  /** `run` is told the time it was planned for. */
  plan(at: number, run: (at: number) => void): void
  act(act: Act): void
}

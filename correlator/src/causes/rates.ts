/** What is believed of false alarms before any order was watched: one in a hundred, as if 200 were seen. */
const START = { alarms: 2, orders: 200 }
/** A kind that never gave a false alarm still may. */
const LEAST_RATE = 5e-4
const MOST_RATE = 0.3

/** The false alarm rate of one kind, learnt from orders in no incident; what is old counts less and less. */
export class FalseAlarmRate {
  #alarms: number
  #orders: number
  readonly #keep: number

  /** `keep`: the weight of all that came before one more window. */
  constructor(keep = 0.98, state: { alarms: number; orders: number } = START) {
    this.#keep = keep
    this.#alarms = state.alarms
    this.#orders = state.orders
  }

  /** Fresh orders in no incident over one whole window, and the alarmed ones among them. */
  observe({ n, k }: { n: number; k: number }): void {
    this.#alarms = this.#keep * this.#alarms + k
    this.#orders = this.#keep * this.#orders + n
  }

  /** The rate with what is seen right now, before the window is over. */
  rate(now: { n: number; k: number } = { n: 0, k: 0 }): number {
    // What was learnt counts for at most as much as the present: rates drift.
    const weight = Math.min(1, Math.max(START.orders, now.n) / this.#orders)
    const rate = (weight * this.#alarms + now.k) / (weight * this.#orders + now.n)
    return Math.min(MOST_RATE, Math.max(LEAST_RATE, rate))
  }

  snapshot(): { alarms: number; orders: number } {
    return { alarms: this.#alarms, orders: this.#orders }
  }
}

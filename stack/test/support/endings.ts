import { afterEach } from 'vitest'

/** Things of one test that must end with it, in the reverse order of their making. */
export function endings() {
  const stops: (() => unknown)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  })
  return <T>(thing: T, stop: (thing: T) => unknown): T => {
    stops.push(() => stop(thing))
    return thing
  }
}

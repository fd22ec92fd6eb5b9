/** What is still to happen, earliest first; equal times keep the order in which they were planned. */
export interface Agenda {
  plan(at: number, run: (at: number) => void): void
  /** Runs everything planned up to `until`, what it plans meanwhile included. */
  runUntil(until: number): void
}

interface Item {
  at: number
  order: number
  run: (at: number) => void
}

/** A binary heap: the demo plans some thousand things ahead. */
export function agenda(): Agenda {
  const heap: Item[] = []
  let planned = 0
  const before = (a: Item, b: Item) => a.at < b.at || (a.at === b.at && a.order < b.order)

  function rise(start: number, item: Item) {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(item, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = item
  }

  function sink(item: Item) {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const [l, r] = [heap[left], heap[left + 1]]
      if (l === undefined) break
      const smaller = r !== undefined && before(r, l) ? left + 1 : left
      const below = heap[smaller]
      if (below === undefined || !before(below, item)) break
      heap[index] = below
      index = smaller
    }
    heap[index] = item
  }

  return {
    plan(at, run) {
      const item = { at, order: planned++, run }
      heap.push(item)
      rise(heap.length - 1, item)
    },
    runUntil(until) {
      for (let first = heap[0]; first !== undefined && first.at <= until; first = heap[0]) {
        const last = heap.pop()
        if (last !== undefined && heap.length > 0) sink(last)
        first.run(first.at)
      }
    },
  }
}

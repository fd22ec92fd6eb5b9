/** Who is due when: a heap of [UTC ms, key], plain JSON. A key's newer deadline replaces the older one. */
export interface Deadlines {
  heap: [number, string][]
  due: Record<string, number>
}

export const newDeadlines = (): Deadlines => ({ heap: [], due: {} })

export function setDeadline(deadlines: Deadlines, key: string, at: number): void {
  if (deadlines.due[key] === at) return
  deadlines.due[key] = at
  const { heap } = deadlines
  // Replaced deadlines stay in the heap until they come up; before they outnumber the others it is built anew.
  if (heap.length > 64 && heap.length > 4 * Object.keys(deadlines.due).length) {
    deadlines.heap = Object.entries(deadlines.due).map(([name, time]) => [time, name])
    deadlines.heap.sort(compare)
    return
  }
  let i = heap.length
  heap.push([at, key])
  while (i > 0) {
    const up = (i - 1) >> 1
    if (compare(heap[up] as [number, string], [at, key]) <= 0) break
    heap[i] = heap[up] as [number, string]
    i = up
  }
  heap[i] = [at, key]
}

export function dropDeadline(deadlines: Deadlines, key: string): void {
  delete deadlines.due[key]
}

/** Takes out whoever is due at `now`, in order of time and then of key. */
export function takeDue(deadlines: Deadlines, now: number): string[] {
  const found: string[] = []
  const { heap } = deadlines
  while (heap.length > 0 && (heap[0] as [number, string])[0] <= now) {
    const [at, key] = pop(heap)
    if (deadlines.due[key] !== at) continue
    delete deadlines.due[key]
    found.push(key)
  }
  return found
}

function pop(heap: [number, string][]): [number, string] {
  const first = heap[0] as [number, string]
  const last = heap.pop() as [number, string]
  if (heap.length === 0) return first
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && compare(heap[child + 1] as [number, string], heap[child] as [number, string]) < 0)
      child += 1
    if (compare(heap[child] as [number, string], last) >= 0) break
    heap[i] = heap[child] as [number, string]
    i = child
  }
  heap[i] = last
  return first
}

function compare(a: readonly [number, string], b: readonly [number, string]): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)
}

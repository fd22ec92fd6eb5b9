import { element, short, time } from './dom.js'

const WIDTH = 1200
const HEIGHT = 260
const LEFT = 40
const BOTTOM = 24
/** Neighbouring points farther apart than this are not joined: a gap is shown as a gap. */
const GAP_MS = 30 * 60_000

/** The temperature of every device that watched the order, with the order's limits; failed measurements are marks. */
export function chart(points, { minC, maxC }, w) {
  const times = points.map(({ at }) => new Date(at).getTime())
  const values = points.flatMap(({ value }) => (value === undefined ? [] : [value]))
  const low = Math.min(...values, minC ?? Number.POSITIVE_INFINITY) - 1
  const high = Math.max(...values, maxC ?? Number.NEGATIVE_INFINITY) + 1
  const [start, end] = [Math.min(...times), Math.max(...times)]
  const x = (at) => LEFT + ((at - start) / Math.max(1, end - start)) * (WIDTH - LEFT - 8)
  const y = (value) => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - BOTTOM - 8)

  const grid = ticks(low, high).map((value) => [
    element('line', { class: 'grid', x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
    element('text', { x: 4, y: y(value) + 4 }, `${value} °C`),
  ])
  const limits = [minC, maxC]
    .filter((limit) => limit !== undefined)
    .map((limit) => [
      element('line', { class: 'limit', x1: LEFT, x2: WIDTH, y1: y(limit), y2: y(limit) }),
      element('text', { x: WIDTH - 90, y: y(limit) - 4 }, `${w.limit} ${limit} °C`),
    ])
  const gaps = points
    .filter(({ value }) => value === undefined)
    .map(({ at }) =>
      element(
        'circle',
        { class: 'gap', cx: x(new Date(at).getTime()), cy: HEIGHT - BOTTOM - 4, r: 3 },
        element('title', {}, w.gap),
      ),
    )
  const lines = [...(Map.groupBy?.(points, keyOf) ?? groups(points))].map(([name, series]) =>
    element('path', { class: 'series', d: path(series, x, y) }, element('title', {}, short(name))),
  )
  // The same lines once more where they leave the limits, so that the one abnormal stretch is what one sees first.
  const outside = [
    ...(maxC === undefined ? [] : [band('above', 0, y(maxC))]),
    ...(minC === undefined ? [] : [band('below', y(minC), HEIGHT - BOTTOM)]),
  ].flatMap(({ id, clip }) => [
    clip,
    ...lines.map((line) =>
      element('path', { class: 'series outside', d: line.getAttribute('d'), 'clip-path': `url(#${id})` }),
    ),
  ])
  return element(
    'svg',
    {
      class: 'chart',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': w.readings,
    },
    grid.flat(),
    limits.flat(),
    lines,
    outside,
    gaps,
    element('text', { x: LEFT, y: HEIGHT - 4 }, time(start)),
    element('text', { x: WIDTH - 130, y: HEIGHT - 4 }, time(end)),
  )
}

function band(id, top, bottom) {
  const rect = element('rect', { x: LEFT, y: top, width: WIDTH - LEFT, height: Math.max(0, bottom - top) })
  return { id, clip: element('clipPath', { id }, rect) }
}

function keyOf({ device, channel }) {
  return `${device} ${channel}`
}

function groups(points) {
  const found = new Map()
  for (const point of points) found.set(keyOf(point), [...(found.get(keyOf(point)) ?? []), point])
  return found
}

function path(series, x, y) {
  let before
  let d = ''
  for (const { at, value } of series) {
    const ms = new Date(at).getTime()
    if (value === undefined) before = undefined
    else {
      d += `${before !== undefined && ms - before <= GAP_MS ? 'L' : 'M'}${x(ms).toFixed(1)} ${y(value).toFixed(1)}`
      before = ms
    }
  }
  return d
}

function ticks(low, high) {
  const step = [0.5, 1, 2, 5, 10, 20, 50].find((s) => (high - low) / s <= 6) ?? 100
  const found = []
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(Math.round(value * 10) / 10)
  return found
}

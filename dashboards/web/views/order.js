import { chart } from '../chart.js'
import { element, get, short, time } from '../dom.js'
import { words } from '../words.js'
import { table } from './network.js'

/** One order: its 13 nodes, the temperature along the way, exceptions and, on demand, the raw events. */
export async function orderView(order) {
  const w = words()
  const path = `/api/orders/${encodeURIComponent(order)}`
  let timeline
  try {
    timeline = await get(path)
  } catch (error) {
    if (error.status !== 404) throw error
    return [
      element(
        'section',
        {},
        element('h1', {}, order),
        element('p', {}, w.notFound),
        element('a', { href: '#/' }, w.back),
      ),
    ]
  }
  const reached = timeline.nodes.filter(({ at }) => at !== undefined)
  return [
    element('div', {}, element('a', { href: '#/' }, `← ${w.back}`), element('h1', {}, timeline.order)),
    element('section', { class: 'scroll' }, lane(timeline.nodes, reached.at(-1)?.node, w)),
    element('section', {}, element('h2', {}, w.readings), temperatures(timeline, w)),
    notes(timeline.notes ?? [], w),
    rawEvents(`${path}/events`, w),
  ]
}

function lane(nodes, now, w) {
  let day
  const items = nodes.map((visit) => {
    const state = visit.at === undefined ? 'open' : visit.node === now ? 'now' : 'done'
    const [date, clock] = time(visit.at).split(' ')
    const newDay = date !== day
    if (visit.at !== undefined) day = date
    return element(
      'li',
      { class: state },
      element('span', { class: 'dot' }),
      element('strong', {}, w.nodes[visit.node]),
      element(
        'span',
        { class: 'facts' },
        visit.at === undefined ? expected(visit, w) : facts(visit, clock, newDay ? date : undefined, w),
      ),
    )
  })
  return element('ol', { class: 'lane' }, items)
}

function facts({ place, device, operator }, clock, date, w) {
  const line = (label, uri) =>
    uri === undefined ? undefined : element('span', { title: `${label}: ${uri}` }, short(uri))
  return [
    element('b', {}, date === undefined ? clock : `${date} ${clock}`),
    line(w.at, place),
    line(w.with, device),
    line(w.by, operator),
  ]
}

function expected({ expectedAt }, w) {
  if (expectedAt === undefined) return []
  const late = new Date(expectedAt).getTime() < Date.now()
  return [element('span', { class: late ? 'warn' : undefined }, `${late ? w.overdue : w.expected} ${time(expectedAt)}`)]
}

function temperatures({ readings, limits }, w) {
  const points = readings.filter(({ type }) => type === 'Temperature')
  return points.length === 0 ? element('p', { class: 'quiet' }, w.noReadings) : chart(points, limits ?? {}, w)
}

function notes(list, w) {
  if (list.length === 0) return undefined
  const rows = runs(list).map(({ kind, from, to, count, text }) =>
    element(
      'tr',
      {},
      element('td', { class: 'warn' }, w.kinds[kind] ?? kind),
      element('td', {}, time(from)),
      element('td', {}, count > 1 ? time(to) : ''),
      element('td', { class: 'number' }, String(count)),
      element('td', {}, text),
    ),
  )
  const titles = [w.state, w.from, w.to, w.count, w.newest]
  return element('section', {}, element('h2', {}, w.notes), element('div', { class: 'scroll' }, table(titles, rows)))
}

/** Neighbours of one kind are one line: thirty readings above a limit are one excursion to a reader. */
function runs(list) {
  const found = []
  for (const { at, kind, text } of [...list].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const last = found.at(-1)
    if (last?.kind === kind) Object.assign(last, { to: at, text, count: last.count + 1 })
    else found.push({ kind, from: at, to: at, text, count: 1 })
  }
  return found
}

function rawEvents(path, w) {
  const text = element('pre', {})
  const details = element('details', {}, element('summary', {}, w.raw), text)
  details.addEventListener('toggle', async () => {
    if (details.open) text.textContent = JSON.stringify((await get(path)).items, null, 1)
  })
  return element('section', {}, details)
}

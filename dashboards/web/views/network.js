import { element, get, short, time } from '../dom.js'
import { words } from '../words.js'

/** The network at a glance: figures, the 13-node funnel, the newest orders and every device. */
export async function networkView() {
  const w = words()
  const [funnel, orders, devices, health, letters] = await Promise.all([
    get('/api/orders/funnel'),
    get('/api/orders?limit=200'),
    get('/api/devices?limit=200'),
    get('/api/health'),
    get('/api/dead-letters?limit=1'),
  ])
  if (devices.items.length === 0 && orders.items.length === 0) return [firstDevice(w)]
  const silent = devices.items.filter(({ state }) => state !== 'ready')
  const newest = Math.max(0, ...devices.items.map(({ lastReceivedAt }) => lastReceivedAt ?? 0))
  const outside = orders.items.filter((order) => isOutside(order, newest))
  return [
    outside.length === 0 ? undefined : outsideLimits(outside, w),
    element(
      'section',
      {},
      element(
        'div',
        { class: 'figures' },
        figure(funnel.total, w.total),
        figure(acceptedEvents(health), w.accepted),
        figure(letters.total, w.letters, letters.total > 0 ? 'warn' : undefined),
        figure(silent.length, w.silent, silent.length > 0 ? 'warn' : undefined),
        figure(newest === 0 ? '–' : time(newest), w.data),
      ),
    ),
    element(
      'section',
      {},
      element('h2', {}, w.funnel),
      element('div', { class: 'scroll' }, funnelDiagram(funnel.nodes, w)),
    ),
    element(
      'div',
      { class: 'split' },
      element(
        'section',
        {},
        element('h2', {}, w.orders),
        element('div', { class: 'scroll' }, orderTable(orders.items.slice(0, 25), w)),
      ),
      element(
        'section',
        {},
        element('h2', {}, w.devices),
        element('div', { class: 'scroll' }, deviceTable(devices.items, w)),
      ),
    ),
  ]
}

/** The newest thing said of the order is that it was outside its limits, a short while ago. */
function isOutside({ notes }, newest) {
  const last = notes.at(-1)
  return last?.kind === 'excursion' && newest - new Date(last.at).getTime() < RECENT_MS
}

const RECENT_MS = 15 * 60_000

function outsideLimits(orders, w) {
  const links = orders.map(({ order, notes }) =>
    element(
      'li',
      {},
      element('a', { href: `#/orders/${encodeURIComponent(order)}` }, order),
      ` ${notes.at(-1).text.replace(/^Temperature (.+) CEL$/, '$1 °C')}`,
    ),
  )
  const title = element('h2', { class: 'bad' }, `▲ ${orders.length} ${w.outsideNow}`)
  return element('section', { class: 'alarm' }, title, element('ul', { class: 'columns' }, links))
}

function figure(value, label, tone) {
  return element('div', {}, element('b', { class: tone }, String(value)), element('span', { class: 'quiet' }, label))
}

function acceptedEvents(health) {
  return health.parts.find(({ name }) => name === 'ingest')?.figures.accepted ?? '–'
}

function funnelDiagram(nodes, w) {
  const boxes = Object.entries(w.nodes).map(([node, label]) =>
    element(
      'div',
      { class: nodes[node] > 0 ? undefined : 'empty' },
      element('b', {}, String(nodes[node] ?? 0)),
      element('span', {}, label),
    ),
  )
  return element('div', { class: 'funnel' }, boxes)
}

function orderTable(orders, w) {
  const rows = orders.map(({ order, node, updatedAt }) =>
    element(
      'tr',
      {},
      element('td', {}, element('a', { href: `#/orders/${encodeURIComponent(order)}` }, order)),
      element('td', {}, w.nodes[node]),
      element('td', { class: 'quiet' }, time(updatedAt)),
    ),
  )
  return table([w.order, w.node, w.changed], rows)
}

function deviceTable(devices, w) {
  const troubledFirst = [...devices].sort((a, b) => Number(a.state === 'ready') - Number(b.state === 'ready'))
  const rows = troubledFirst.map((device) =>
    element(
      'tr',
      {},
      element('td', { title: device.device }, short(device.device)),
      element('td', {}, device.site),
      element('td', { class: device.state === 'ready' ? 'quiet' : 'warn' }, w.states[device.state] ?? device.state),
      element('td', { class: 'quiet' }, time(device.lastEventAt)),
      element('td', {}, newestValues(device.values, w)),
    ),
  )
  return table([w.device, w.site, w.state, w.last, w.values], rows)
}

/** What is worth a glance, in the words of the reader. */
const GLANCE = {
  Temperature: ({ value }) => `${value.toFixed(1)} °C`,
  RelativeHumidity: ({ value }) => `${value.toFixed(0)} %`,
  Speed: ({ value }) => `${value.toFixed(0)} km/h`,
  'wt:DoorOpen': ({ value }, w) => (value ? w.doorOpen : w.doorClosed),
}

function newestValues(values, w) {
  return values
    .filter(({ type }) => GLANCE[type] !== undefined)
    .slice(0, 2)
    .map((each) => (each.exception === 'ERROR_CONDITION' ? w.gap : GLANCE[each.type](each, w)))
    .join(' · ')
}

export function table(titles, rows) {
  const head = element(
    'tr',
    {},
    titles.map((title) => element('th', { scope: 'col' }, title)),
  )
  return rows.length === 0
    ? element('p', { class: 'quiet' }, words().none)
    : element('table', {}, element('thead', {}, head), element('tbody', {}, rows))
}

function firstDevice(w) {
  return element(
    'section',
    {},
    element('h1', {}, w.network),
    element('p', {}, w.empty),
    element('pre', {}, 'npx waytrace enroll dock-1 --site warehouse-1\nnpx waytrace agent --config agent.yaml'),
  )
}

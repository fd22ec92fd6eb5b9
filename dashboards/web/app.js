import { element, get } from './dom.js'
import { networkView } from './views/network.js'
import { orderView } from './views/order.js'
import { signInView } from './views/sign-in.js'
import { switchLanguage, words } from './words.js'

const view = document.getElementById('view')
const link = document.getElementById('link')
/** What is being drawn: `again` when something changed meanwhile. One drawing at a time, so that none starves. */
let drawing
/** Address of the page that stands there. */
let drawn

/** Draws what the address bar names: `#/` the network, `#/orders/{order}` one order. */
function draw() {
  if (drawing !== undefined) {
    drawing.again = true
    return drawing.done
  }
  drawing = { again: false }
  const { hash } = location
  drawing.done = drawOnce().finally(() => {
    const again = drawing.again || hash !== location.hash
    drawing = undefined
    if (again) changed()
  })
  return drawing.done
}

async function drawOnce() {
  const w = words()
  document.querySelector('#find input').placeholder = w.search
  document.querySelector('#find input').ariaLabel = w.search
  document.getElementById('language').textContent = w.language
  try {
    const session = await get('/api/session')
    document.getElementById('who').textContent = session.name
    const banner = document.getElementById('banner')
    banner.hidden = session.by !== 'demo'
    banner.textContent = w.demo
    const order = /^#\/orders\/(.+)$/.exec(location.hash)?.[1]
    const page = order === undefined ? await networkView() : await orderView(decodeURIComponent(order))
    view.replaceChildren(...page.filter(Boolean))
    drawn = location.hash
  } catch (error) {
    if (error.status === 401) view.replaceChildren(signInView(draw))
    // The server does not answer: what is on the page stays, and the header says that it is no longer live.
    else if (error.unreachable && drawn === location.hash) show('lost')
    else if (error.unreachable) view.replaceChildren(element('section', { class: 'bad' }, w.lost))
    else view.replaceChildren(element('section', { class: 'bad' }, String(error.message)))
  }
}

/** Live updates: an event only says that something changed; the page asks again, at most once a second. */
let due
function changed() {
  if (due !== undefined) return
  due = setTimeout(() => {
    due = undefined
    if (!document.hidden && document.querySelector('details[open]') === null) draw()
  }, 1000)
}

function follow() {
  const source = new EventSource('/api/live')
  source.onopen = () => {
    show('live')
    changed()
  }
  source.onerror = () => {
    show('lost')
    // Refused with a status, as after the end of a session, a stream is not opened again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 5000)
  }
  source.addEventListener('event', changed)
  source.addEventListener('gap', changed)
}

function show(state) {
  link.className = state
  link.textContent = words()[state]
}

document.getElementById('language').addEventListener('click', () => {
  switchLanguage()
  show(link.className || 'live')
  draw()
})
document.getElementById('find').addEventListener('submit', (event) => {
  event.preventDefault()
  const order = new FormData(event.target).get('order').trim()
  if (order !== '') location.hash = `#/orders/${encodeURIComponent(order)}`
})
addEventListener('hashchange', () => draw().then(() => view.focus()))
addEventListener('keydown', (event) => {
  if (event.key === '/' && event.target === document.body) {
    event.preventDefault()
    document.querySelector('#find input').focus()
  }
})
draw()
follow()

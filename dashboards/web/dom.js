/** An element with attributes and children; text is always set as text, never as markup. */
export function element(tag, attributes = {}, ...children) {
  const node = tag === 'svg' || SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(key, value)
  node.append(...children.flat().filter((child) => child !== undefined && child !== null))
  return node
}

const SVG = 'http://www.w3.org/2000/svg'
const SVG_TAGS = new Set(['path', 'line', 'text', 'circle', 'rect', 'g', 'title', 'clipPath'])

/** `2026-11-22 14:05:09` in the reader's zone; ISO text or UTC ms. */
export function time(value) {
  if (value === undefined || value === null) return ''
  const date = new Date(value)
  const two = (n) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** The last, telling part of a URI: `SCN-0042`, `DOCK07`; of a person's number the last four digits. */
export function short(uri) {
  if (uri === undefined) return ''
  const last = decoded(uri.split(/[/:]/).at(-1) ?? uri)
  if (/\/801[78]\//.test(uri)) return `…${last.slice(-4)}`
  return uri.startsWith('urn:epc:id:') ? last.slice(last.indexOf('.') + 1) : last
}

/** A stray percent sign in somebody's URI must not take the page away. */
function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export async function get(path) {
  const response = await fetch(path).catch((cause) => {
    throw Object.assign(new Error('the server does not answer', { cause }), { unreachable: true })
  })
  if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status })
  return response.json()
}

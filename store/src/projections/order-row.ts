import { NODES, type Node } from '@waytrace/standard'
import type { OrderState } from './orders.ts'

type Visit = NonNullable<OrderState['visits'][Node]>[number]

/**
 * An order as it lies on disk. Texts that come again and again (devices, operators, places) are numbers into `texts`;
 * a time is kept as text only when it is not the usual form of its milliseconds. A third of the plain JSON.
 */
export interface OrderRow extends Omit<OrderState, 'visits'> {
  texts: string[]
  /** Node, UTC ms, position, key, device, operator, place (-1: none), time as stated or 0. */
  visits: [number, number, number, number, number, number, number, string | 0][]
}

const INDEX = new Map<Node, number>(NODES.map(({ node }, i) => [node, i]))

export function packOrder(state: OrderState): OrderRow {
  const texts: string[] = []
  const number = (text: string | undefined) => {
    if (text === undefined) return -1
    const known = texts.indexOf(text)
    return known >= 0 ? known : texts.push(text) - 1
  }
  const visits: OrderRow['visits'] = []
  for (const [node, list] of Object.entries(state.visits) as [Node, Visit[]][])
    for (const { ms, position, key, device, operator, place, at } of list)
      visits.push([
        INDEX.get(node) ?? 0,
        ms,
        position,
        key,
        number(device),
        number(operator),
        number(place),
        at === new Date(ms).toISOString() ? 0 : at,
      ])
  return { ...state, texts, visits }
}

export function unpackOrder({ texts, visits: packed, ...state }: OrderRow): OrderState {
  const visits: OrderState['visits'] = {}
  for (const [index, ms, position, key, device, operator, place, at] of packed) {
    const node = NODES[index]?.node
    if (node === undefined) continue
    const visit: Visit = { key, ms, at: at === 0 ? new Date(ms).toISOString() : at, position }
    const [deviceText, operatorText, placeText] = [texts[device], texts[operator], texts[place]]
    if (deviceText !== undefined) visit.device = deviceText
    if (operatorText !== undefined) visit.operator = operatorText
    if (placeText !== undefined) visit.place = placeText
    const list = visits[node]
    if (list === undefined) visits[node] = [visit]
    else list.push(visit)
  }
  return { ...state, visits }
}

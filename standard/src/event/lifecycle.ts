import { bareTerm } from './vocabulary.ts'

/** Business steps of our own, where CBV has none. */
export const OWN_STEPS = {
  placed: 'https://waytrace.dev/ns/bizstep/order_placed',
  paid: 'https://waytrace.dev/ns/bizstep/payment_confirmed',
  allocated: 'https://waytrace.dev/ns/bizstep/stock_allocated',
} as const

/** The 13 nodes of an order's life, in order, with the business steps that reach each of them. */
export const NODES = [
  { node: 'placed', steps: [OWN_STEPS.placed] },
  { node: 'paid', steps: [OWN_STEPS.paid] },
  { node: 'allocated', steps: [OWN_STEPS.allocated] },
  { node: 'picked', steps: ['picking'] },
  { node: 'packed', steps: ['packing'] },
  { node: 'staged', steps: ['staging_outbound'] },
  { node: 'loaded', steps: ['loading'] },
  { node: 'departed', steps: ['departing'] },
  { node: 'in_transit', steps: ['transporting'] },
  { node: 'arrived', steps: ['arriving'] },
  { node: 'unloaded', steps: ['unloading'] },
  { node: 'accepted', steps: ['accepting'] },
  { node: 'put_away', steps: ['storing', 'stocking'] },
] as const satisfies readonly { node: string; steps: readonly string[] }[]

export type Node = (typeof NODES)[number]['node']

const BY_STEP = new Map<string, Node>(NODES.flatMap(({ node, steps }) => steps.map((step) => [step, node] as const)))

/** The lifecycle node a business step reaches; CBV URIs and CURIEs count as their bare names. */
export function nodeOfStep(bizStep: string): Node | undefined {
  return BY_STEP.get(bizStep) ?? BY_STEP.get(bareTerm('bizStep', bizStep))
}

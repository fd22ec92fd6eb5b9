/** Orders of the workload in an order that jumps about; every 250th has no scan of its own, its places are departures. */
export function someOrder(i: number, orders: number): number {
  const found = (i * 7919) % orders
  return found % 250 === 249 ? found - 1 : found
}

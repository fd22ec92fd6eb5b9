/** Counts since the start; `/metrics` prints them. */
export interface BrokerCounters {
  connected: number
  refusedConnections: number
  disconnected: number
  received: number
  journalled: number
  journalledBytes: number
  refusedPublishes: number
  refusedSubscriptions: number
  oversizePackets: number
  slowConsumers: number
  auditsDropped: number
}

export interface BrokerStats extends BrokerCounters {
  clients: number
  /** Publishes that wait for the journal or for their rate. */
  waiting: number
  pendingBytes: number
}

export function brokerCounters(): BrokerCounters {
  return {
    connected: 0,
    refusedConnections: 0,
    disconnected: 0,
    received: 0,
    journalled: 0,
    journalledBytes: 0,
    refusedPublishes: 0,
    refusedSubscriptions: 0,
    oversizePackets: 0,
    slowConsumers: 0,
    auditsDropped: 0,
  }
}

import type { AgentDeadLetter, LocalState } from './local-state.ts'

/** The agent keeps so many; the oldest go first and are counted. */
const MAX_LETTERS = 10_000
const MAX_BYTES = 65_536

/** What the agent could not use, kept with its bytes on its own disk, for a person to look at. */
export interface DeadLetters {
  /** Resolves when it is on disk. */
  add(letter: AgentDeadLetter): Promise<void>
  /** Newest first. */
  list(limit: number): AgentDeadLetter[]
  /** How many were ever added since the folder was made. */
  readonly count: number
}

export function deadLetters(state: Pick<LocalState, 'deadLetters' | 'durably'>): DeadLetters {
  const table = state.deadLetters
  let last = 0
  for (const key of table.getKeys({ reverse: true, limit: 1 })) last = key
  return {
    add(letter) {
      last++
      const key = last
      return state.durably(() => {
        void table.put(key, { ...letter, bytes: letter.bytes.subarray(0, MAX_BYTES) })
        if (key > MAX_LETTERS) void table.remove(key - MAX_LETTERS)
      })
    },
    list: (limit) => [...table.getRange({ reverse: true, limit })].map(({ value }) => value),
    get count() {
      return last
    },
  }
}

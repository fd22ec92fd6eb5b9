import type { Spool } from '../spool.ts'

/**
 * What to do about a centre that knows less than it once said: a new one, or one restored from a backup. What the spool
 * still holds is sent again from where the centre is; what it holds no more is declared lost, so that the mark can move.
 */
export function centreBehind(spool: Pick<Spool, 'mark' | 'stats'>) {
  /** The mark of a centre that is behind the spool's, as last heard. */
  let behind: number | undefined
  const declared = { from: 0, to: 0 }
  /** The newest position the spool has no more. */
  const gone = () => spool.stats().first - 1

  return {
    /** Ingest says now how far it is. `rewind`: it has lost something, send again from `base`. */
    heard(mark: number): 'as-usual' | 'behind' | 'rewind' {
      const before = behind
      behind = mark < spool.mark ? mark : undefined
      if (behind === undefined) return 'as-usual'
      return before === undefined || mark < before ? 'rewind' : 'behind'
    },
    /** Everything after this is to be sent. */
    get base(): number {
      return behind === undefined ? spool.mark : Math.max(behind, gone())
    },
    /** A range that neither side has and that was not declared yet; it counts as declared from now on. */
    undeclared(): { from: number; to: number } | undefined {
      if (behind === undefined) return undefined
      const from = behind + 1
      const to = gone()
      if (to < from || (declared.from !== 0 && declared.from <= from && declared.to >= to)) return undefined
      Object.assign(declared, { from, to })
      return { from, to }
    },
    /** A connection begins: nothing was heard on it yet. */
    forget(): void {
      behind = undefined
    },
  }
}

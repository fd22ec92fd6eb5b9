import { act, type Finding, note, ok, type Patient } from './finding.ts'

/** Beyond this the answer is the same. */
const MOST = 10_000

/** What could not be accepted and was not sent again yet. */
export function deadLetters({ data }: Patient): Finding[] {
  const what = 'dead letters'
  if (data === undefined) return [note(what, 'none yet')]
  const codes = new Map<string, number>()
  let seen = 0
  let after: string | undefined
  do {
    const page = data.knowledge.deadLetters.list({ limit: 500, after })
    for (const { code, replayedAt } of page.items)
      if (replayedAt === undefined) codes.set(code, (codes.get(code) ?? 0) + 1)
    seen += page.items.length
    after = page.next
  } while (after !== undefined && seen < MOST)
  const waiting = [...codes.values()].reduce((sum, count) => sum + count, 0)
  if (waiting === 0) return [ok(what, 'none wait')]
  const list = [...codes].map(([code, count]) => `${count} ${code}`).join(', ')
  const more = after === undefined ? '' : ' or more'
  return [
    act(
      what,
      `${waiting}${more} wait: ${list}`,
      'waytrace dlq list; mend the sender or its enrolment; waytrace dlq replay',
    ),
  ]
}

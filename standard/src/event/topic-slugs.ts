import { OpsError } from './errors.ts'

/** What a name inside a topic may look like: no wildcards, no levels, no personal data by accident. */
const SLUG = /^[a-z0-9-]{1,32}$/
/** Our topics and their version. */
export const ROOT = 'wt/v1'

/** Throws `OpsError('TOPIC_FORBIDDEN')` at the first that is not a slug. */
export function requireSlugs(...texts: readonly string[]): void {
  for (const text of texts)
    if (!SLUG.test(text)) throw new OpsError('TOPIC_FORBIDDEN', `"${text}" is not a slug of [a-z0-9-]{1,32}`)
}

export function isSlug(text: string | undefined): text is string {
  return text !== undefined && SLUG.test(text)
}

/** `+01:00` for an instant (UTC ms) in an IANA time zone: EPCIS keeps the local offset beside the time. */
export function tzOffset(zone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  let hour = Number.NaN
  let offset = ''
  return (atMs) => {
    // Offsets change on quarter hours only, so one look per quarter is enough (a look costs 2 us).
    const quarter = Math.floor(atMs / 900_000)
    if (quarter !== hour) {
      hour = quarter
      const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
      // Zones had offsets with seconds before 1972; the event standard has none.
      offset = /^GMT([+-]\d\d:\d\d)/.exec(name)?.[1] ?? '+00:00'
    }
    return offset
  }
}

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}

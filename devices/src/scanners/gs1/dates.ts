/** Whether YYMMDD is a date; with `dayZero` a day of 00 (end of month) is allowed. Leap years as in 1951-2050. */
export function validDate(yymmdd: string, { dayZero }: { dayZero: boolean }): boolean {
  const day = Number(yymmdd.slice(4))
  const days = daysInMonth(2000 + Number(yymmdd.slice(0, 2)), Number(yymmdd.slice(2, 4)))
  return days > 0 && day <= days && (day > 0 || dayZero)
}

/** Days of the month 1-12 in the Gregorian calendar; 0 for another month. */
export function daysInMonth(year: number, month: number): number {
  if (month < 1 || month > 12) return 0
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/**
 * YYMMDD as an ISO date (GS1 GenSpec 7.12): of the years that end in YY the one between 49 before and 50 after the year
 * of `nowMs`; day 00 is the last day of the month.
 */
export function isoDate(yymmdd: string, nowMs: number): string {
  const yy = Number(yymmdd.slice(0, 2))
  const year = fullYear(yy, new Date(nowMs).getUTCFullYear())
  const month = yymmdd.slice(2, 4)
  const day = yymmdd.slice(4, 6)
  return `${year}-${month}-${day === '00' ? String(daysInMonth(year, Number(month))) : day}`
}

/** YYMMDDhhmm as an ISO local date-time: labels state no time zone. */
export function isoDateTime(yymmddhhmm: string, nowMs: number): string {
  return `${isoDate(yymmddhhmm, nowMs)}T${yymmddhhmm.slice(6, 8)}:${yymmddhhmm.slice(8, 10)}`
}

function fullYear(yy: number, currentYear: number): number {
  const century = currentYear - (currentYear % 100)
  const difference = yy - (currentYear % 100)
  if (difference >= 51) return century - 100 + yy
  if (difference <= -50) return century + 100 + yy
  return century + yy
}

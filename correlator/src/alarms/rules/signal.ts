/** What an alarm is about. One alarm is active per entity and kind. */
export type AlarmKind =
  | 'temperature-high'
  | 'temperature-low'
  | 'humidity-high'
  | 'humidity-low'
  | 'rate-of-change'
  | 'breach-forecast-high'
  | 'breach-forecast-low'
  | 'door-open-moving'
  | 'reefer-off'
  | 'reefer-alarm'
  | 'trouble-code'
  | 'silence'
  | 'dwell'
  | 'late'
  | 'shock'

export type Severity = 'info' | 'warning' | 'error' | 'fatal'

/** What a rule says of one entity at one moment: the condition stands, or it stands no longer. Times are UTC ms. */
export interface Signal {
  kind: AlarmKind
  /** URI of the order, vehicle or device. */
  entity: string
  at: number
  active: boolean
  /** Since when the condition holds. */
  since: number
  severity: Severity
  message: string
  /** A change of this text is worth telling while the alarm stands; details alone are not. */
  worth: string
  details: Record<string, unknown>
}

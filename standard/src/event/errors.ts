/** What the caller does next: drop the input, try again later, or end the process. */
export type Disposition = 'reject' | 'retry' | 'fatal'

interface ErrorEntry {
  disposition: Disposition
  meaning: string
  doNext: string
}

/** The one error table. `docs/generated/errors.md` is printed from it. */
export const ERRORS = {
  FRAME_MALFORMED: {
    disposition: 'reject',
    meaning: 'The bytes are not a frame of the configured driver: wrong length, checksum, version or syntax.',
    doNext: 'Check the driver and its options for this device; the frame is kept with its bytes.',
  },
  FRAME_TOO_LARGE: {
    disposition: 'reject',
    meaning: 'A link delivered more bytes without a frame end than maxFrameBytes allows.',
    doNext: 'Check the framing of the link, or raise maxFrameBytes.',
  },
  OPTIONS_INVALID: {
    disposition: 'reject',
    meaning: 'The options given to a driver are missing, unknown or of the wrong form.',
    doNext: 'Compare the options with docs/generated/drivers.md.',
  },
  EVENT_INVALID: {
    disposition: 'reject',
    meaning: 'The event does not follow the event standard.',
    doNext: 'Read the issues stored with the dead letter, mend the sender, replay.',
  },
  TOPIC_FORBIDDEN: {
    disposition: 'reject',
    meaning: 'The topic is not one this credential may use.',
    doNext: 'Publish below the prefix printed by waytrace enroll.',
  },
  IDENTITY_MISMATCH: {
    disposition: 'reject',
    meaning: 'Topic, credential and payload do not name the same agent or device.',
    doNext: 'Enrol the device, or correct source and deviceid in the sender.',
  },
  CREDENTIAL_REJECTED: {
    disposition: 'reject',
    meaning: 'Unknown user, wrong password or revoked certificate.',
    doNext: 'Check name and password; for an agent, waytrace enroll --new-password makes another one.',
  },
  PAYLOAD_TOO_LARGE: {
    disposition: 'reject',
    meaning: 'The message is larger than the broker or the link accepts.',
    doNext: 'Send smaller batches.',
  },
  RATE_EXCEEDED: {
    disposition: 'retry',
    meaning: 'A client sends faster than its limit.',
    doNext: 'Slow down; nothing acknowledged was lost.',
  },
  INPUT_INVALID: {
    disposition: 'reject',
    meaning: 'A file, argument or request body is not of the expected form.',
    doNext: 'Correct the named places and try again.',
  },
  NOT_FOUND: {
    disposition: 'reject',
    meaning: 'What was asked for does not exist.',
    doNext: 'Check the name; list what there is.',
  },
  UNAUTHENTICATED: {
    disposition: 'reject',
    meaning: 'The request carries no valid session or token.',
    doNext: 'Sign in, or send an API token as a bearer token.',
  },
  FORBIDDEN: {
    disposition: 'reject',
    meaning: 'The signed-in person or token lacks the role.',
    doNext: 'Ask an admin for the role.',
  },
  LINK_DOWN: {
    disposition: 'retry',
    meaning: 'A device link is closed or its peer cannot be reached.',
    doNext: 'Wait: the link reconnects by itself; check cable, port or address if it lasts.',
  },
  BROKER_BUSY: {
    disposition: 'retry',
    meaning: 'The broker cannot take the message now.',
    doNext: 'Keep the data and send it again later.',
  },
  STORE_UNAVAILABLE: {
    disposition: 'retry',
    meaning: 'A store or database does not answer.',
    doNext: 'Wait: the log holds everything and drains when the store is back.',
  },
  STORE_REFUSED: {
    disposition: 'retry',
    meaning: 'A store answers, but refuses credentials, rights or database.',
    doNext: 'Mend credentials or database name; the log holds everything meanwhile.',
  },
  POINT_REJECTED: {
    disposition: 'reject',
    meaning: 'A database refuses a point for ever: a type conflict, a limit, retention or syntax.',
    doNext: 'Read the reason kept with the dead letter; the event itself is in the log and the embedded store.',
  },
  JOURNAL_FULL: {
    disposition: 'retry',
    meaning: 'A journal reached its byte limit or the disk reserve.',
    doNext: 'Free disk space, or let the slow consumer catch up.',
  },
  JOURNAL_CORRUPT: {
    disposition: 'fatal',
    meaning: 'A journal on disk cannot be read.',
    doNext: 'Restore the data folder from a backup; keep the damaged files.',
  },
  DISK_FULL: {
    disposition: 'fatal',
    meaning: 'The disk refused a write.',
    doNext: 'Free disk space; the process restarts degraded and loses nothing acknowledged.',
  },
  CONFIG_INVALID: {
    disposition: 'fatal',
    meaning: 'The configuration has problems.',
    doNext: 'Correct every path named in the message; docs/generated/config.md describes each option.',
  },
  PORT_IN_USE: {
    disposition: 'fatal',
    meaning: 'A port to listen on is taken.',
    doNext: 'Stop the other program or choose another port.',
  },
  ALREADY_RUNNING: {
    disposition: 'fatal',
    meaning: 'Another process does this part on the same data folder; two would number events twice.',
    doNext: 'Stop the other process, or choose another data folder.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

/** One place that is wrong in an input: a path into it and what is wrong there. */
export interface Issue {
  path: string
  message: string
}

/** The only error class of the product. Branch on `code` or `disposition`, never on the message. */
export class OpsError extends Error {
  readonly code: ErrorCode
  readonly disposition: Disposition
  readonly issues: readonly Issue[]

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; issues?: readonly Issue[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OpsError'
    this.code = code
    this.disposition = ERRORS[code].disposition
    this.issues = options.issues ?? []
  }
}

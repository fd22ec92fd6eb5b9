import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { formatTopic, OpsError, parseEvent, type Stream, type WaytraceEvent } from '@waytrace/standard'
import { encodeRawRecord, type RawRecord } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import type { Enrolment } from '@waytrace/store'
import type { Command } from 'commander'
import { openDataFolder } from '../data-folder.ts'
import { printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
  speed?: string
}

export function replayCommand(program: Command) {
  withSettings(
    program
      .command('replay')
      .argument('<file>', 'events, one JSON document a line')
      .description('Send recorded events through ingest again; what is stored already stays one.')
      .option('--speed <x>', 'keep the distances of the event times, x times as fast; default: at once'),
  ).action((file: string, options: Options) => replay(file, options))
}

async function replay(file: string, options: Options) {
  const speed = options.speed === undefined ? undefined : Number(options.speed)
  if (speed !== undefined && !(speed > 0)) throw new OpsError('INPUT_INVALID', '--speed wants a number above 0')
  const clock = systemClock()
  const folder = await openDataFolder(settings(options), clock)
  const senders = new Map(folder.knowledge.identities.list().map((enrolment) => [enrolment.sourceUrn, enrolment]))
  const counts = { sent: 0, refused: 0 }
  let before: number | undefined
  try {
    let line = 0
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1
      if (text.trim() === '') continue
      try {
        const event = parseEvent(text)
        const at = Date.parse(event.time)
        if (speed !== undefined && before !== undefined && at > before) await clock.sleep((at - before) / speed)
        before = at
        await folder.rawJournal.append(encodeRawRecord(recordOf(event, text, senders, clock.now())))
        counts.sent += 1
      } catch (error) {
        if (!(error instanceof OpsError) || error.disposition !== 'reject') throw error
        counts.refused += 1
        process.stderr.write(`line ${line}: ${error.code}: ${error.message}\n`)
      }
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new OpsError('INPUT_INVALID', `${file} does not exist`, { cause })
  } finally {
    await folder.close()
  }
  printText(`${counts.sent} events sent, ${counts.refused} refused`)
  if (counts.refused > 0) process.exitCode = 1
}

/** The message as its sender would have sent it: on the topic of its device, under its sender's name. */
function recordOf(
  event: WaytraceEvent,
  text: string,
  senders: ReadonlyMap<string, Enrolment>,
  receivedAt: number,
): RawRecord {
  const payload = Buffer.from(text)
  if (event.source.startsWith('urn:waytrace:') && !senders.has(event.source)) {
    const name = event.source.split(':').at(-1) ?? 'replay'
    return { receivedAt, origin: { kind: 'centre', name }, topic: `centre/${name}`, payload }
  }
  const sender = senders.get(event.source)
  if (sender === undefined) throw new OpsError('IDENTITY_MISMATCH', `${event.source} is not enrolled`)
  const { site, agent } = sender
  const found = Object.entries(sender.devices).find(([, { urn }]) => urn === event.deviceid)
  const [device, { kind }] = found ?? ['self', { kind: 'agent' }]
  const stream: Stream = found === undefined ? 'health' : 'scan'
  const topic = formatTopic({ what: 'event', site, agent, kind, device, stream })
  return { receivedAt, origin: { kind: 'mqtt', name: `${site}/${agent}` }, topic, payload }
}

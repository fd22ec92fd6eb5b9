import { type FileHandle, open } from 'node:fs/promises'
import { OpsError } from '@waytrace/standard'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import type { LinkPorts } from './open-link.ts'

const CHUNK = 65_536
const LF = 0x0a

/** Reads a file of a logger or of the system. What was read, and is durable, is not read again after a restart. */
export function fileLink(config: LinkOf<'file'>, ports: LinkPorts): Link {
  const { clock, events } = ports
  const abort = new AbortController()
  const look = config.mode === 'tail' ? tail(config, ports) : whole(config, ports)
  let running: Promise<void> | undefined
  let up: boolean | undefined

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        await look(abort.signal)
        if (up !== true) events.state('up', {})
        up = true
      } catch (error) {
        if (up !== false) events.state('down', { reason: error instanceof Error ? error.message : String(error) })
        up = false
      }
      await clock.sleep(config.intervalMs, abort.signal)
    }
  }

  return {
    async start() {
      running ??= run()
    },
    async stop() {
      abort.abort()
      await running
    },
  }
}

/** New whole lines since the last look. A file that was replaced or cut is read from its beginning. */
function tail({ path, header }: LinkOf<'file'>, { clock, events, state, maxFrameBytes }: LinkPorts) {
  const known = () => state.offsets.get(path)

  return async (signal: AbortSignal): Promise<void> => {
    await using(path, async (file) => {
      const { ino, size } = await file.stat()
      const before = known()
      let offset = before !== undefined && before.inode === ino && before.offset <= size ? before.offset : 0
      const title = header ? await firstLineOf(file, maxFrameBytes) : undefined
      if (header && title === undefined) return
      if (title !== undefined && offset === 0) offset = title.length + 1
      while (offset < size && !signal.aborted) {
        const chunk = await readAt(file, offset, Math.min(size - offset, Math.max(CHUNK, maxFrameBytes + 1)))
        const end = chunk.lastIndexOf(LF) + 1
        if (end === 0) {
          if (chunk.length <= maxFrameBytes) return
          await events.bad(chunk, new OpsError('FRAME_TOO_LARGE', `a line of more than ${maxFrameBytes} bytes`))
        }
        for (const line of linesOf(chunk.subarray(0, end)))
          await events.frame({ bytes: title === undefined ? line : joined(title, line), receivedAt: clock.now() })
        offset += end === 0 ? chunk.length : end
        const place = { inode: ino, offset }
        await state.durably(() => void state.offsets.put(path, place))
      }
    })
  }
}

function whole({ path, always }: LinkOf<'file'>, { clock, events, maxFrameBytes }: LinkPorts) {
  let last: Buffer | undefined
  return async (): Promise<void> => {
    await using(path, async (file) => {
      const bytes = await readAt(file, 0, maxFrameBytes + 1)
      if (bytes.length > maxFrameBytes)
        throw new OpsError('FRAME_TOO_LARGE', `the file has more than ${maxFrameBytes} bytes`)
      if (bytes.length === 0 || (!always && last?.equals(bytes))) return
      await events.frame({ bytes, receivedAt: clock.now() })
      last = bytes
    })
  }
}

async function using(path: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'r')
  try {
    await use(file)
  } finally {
    await file.close()
  }
}

/** Files below /sys state no true size: read until there is nothing more. */
async function readAt(file: FileHandle, offset: number, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most)
  let length = 0
  while (length < most) {
    const { bytesRead } = await file.read(buffer, length, most - length, offset + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

async function firstLineOf(file: FileHandle, most: number): Promise<Buffer | undefined> {
  const start = await readAt(file, 0, most)
  const end = start.indexOf(LF)
  return end < 0 ? undefined : start.subarray(0, end)
}

function* linesOf(chunk: Buffer): Generator<Buffer> {
  let start = 0
  for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
    const line = chunk.subarray(start, chunk[end - 1] === 0x0d ? end - 1 : end)
    start = end + 1
    if (line.length > 0) yield line
  }
}

function joined(title: Buffer, line: Buffer): Buffer {
  return Buffer.concat([title, Buffer.of(LF), line, Buffer.of(LF)])
}

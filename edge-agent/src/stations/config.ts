import { z } from 'zod'

const uri = z.string().regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'must be a URI')
const ms = z.int().min(0)

/** Plain codes printed on a station's command sheet. */
const commands = z.strictObject({
  open: z.string().default('WT:OPEN').describe('The next SSCC or vehicle opens, even while another is open.'),
  close: z.string().default('WT:CLOSE').describe('Closes the open package, vehicle or count.'),
  undo: z.string().default('WT:UNDO').describe('Declares the last event an error.'),
  unload: z.string().default('WT:UNLOAD').describe('From here on packages leave the open vehicle.'),
  signOut: z.string().default('WT:OUT').describe('Signs the operator out.'),
  bind: z.string().default('WT:BIND').describe('The next plain code and order belong together.'),
  depart: z.string().default('WT:DEPART').describe('The open vehicle departs.'),
  arrive: z.string().default('WT:ARRIVE').describe('The open vehicle has arrived.'),
  exceptionPrefix: z.string().min(1).default('WT:EXC:').describe('The rest is the reason, e.g. WT:EXC:damaged.'),
})

/** What a read point does with what is scanned there. */
export const stationConfig = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .describe('Name of the station; devices refer to it.'),
  mode: z
    .enum(['observe', 'packing', 'loading', 'unloading', 'counting'])
    .default('observe')
    .describe('`observe` makes an event of each item; the others gather or move packages.'),
  readPoint: uri.describe('Where the scan happens: dock, bench or gate.'),
  bizLocation: uri.optional().describe('Where the things are afterwards.'),
  bizStep: z.string().optional().describe('CBV business step; default by mode.'),
  disposition: z.string().optional().describe('CBV disposition; default by business step.'),
  timezone: z.string().optional().describe('IANA time zone; default the time zone of the agent.'),
  operator: z
    .strictObject({
      required: z.boolean().default(true).describe('Without a signed-in operator a scan is an exception event.'),
      timeoutMs: ms.default(28_800_000).describe('Idle time after which the operator is signed out; default 8 h.'),
      badges: z.record(z.string(), uri).default({}).describe('Plain badge codes and the GSRN or pseudonym of each.'),
    })
    .prefault({}),
  parentTimeoutMs: ms.default(3_600_000).describe('Idle time after which an open package or vehicle is let go.'),
  orderTimeoutMs: ms.default(900_000).describe('How long an order scanned by itself holds for the next items.'),
  orderAlone: z
    .enum(['context', 'event'])
    .default('context')
    .describe('An order scanned by itself: holds for the next items, or is an event of its own.'),
  undoMs: ms.default(120_000).describe('How long the last event can be undone.'),
  duplicateWindowMs: ms.default(1500).describe('The same symbol again within this time is a bounce.'),
  commands: commands.prefault({}),
  orders: z.record(z.string(), z.string()).default({}).describe('Plain codes and the order number each stands for.'),
})

export type StationConfig = z.infer<typeof stationConfig>

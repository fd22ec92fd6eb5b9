import { eventually } from '@waytrace/standard/testing'
import { type Centre, type CentreOptions, centre } from './centre.ts'
import { endings } from './endings.ts'
import { enrolledFleet, type Fleet, type FleetOptions } from './fleet.ts'
import { type Supervised, supervised } from './waytrace.ts'

/** How long a fault test may take before it is called failed; it never waits for time to pass. */
export const PATIENCE = { timeoutMs: 180_000, intervalMs: 20 }

/** Makers of the parts of a fault test; whatever they made ends with the test. */
export function scenes() {
  const ends = endings()
  return {
    ends,
    centre: async (options?: CentreOptions): Promise<Centre> => ends(await centre(options), (made) => made.close()),
    fleet: async (options: FleetOptions): Promise<Fleet> => ends(await enrolledFleet(options), (made) => made.stop()),
    async agent({ configFile }: Fleet): Promise<Supervised> {
      const args = ['agent', '--config', configFile]
      return ends(await supervised(/^Agent is ready/, args), (made) => made.stop('SIGKILL'))
    },
  }
}

/** Resolves when the log has grown to so many events. */
export async function loggedAtLeast({ logged }: Centre, events: number): Promise<void> {
  await eventually(() => logged() >= events, PATIENCE)
}

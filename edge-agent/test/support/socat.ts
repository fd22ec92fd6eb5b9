import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, startProgram, tempDir } from '@waytrace/standard/testing'

/** Two ends of a serial cable: what is written to one is read at the other. */
export interface Cable {
  agentEnd: string
  deviceEnd: string
  pull(): Promise<void>
}

export async function serialCable(where: string = tempDir('serial')): Promise<Cable> {
  const agentEnd = join(where, 'agent')
  const deviceEnd = join(where, 'device')
  const socat = startProgram('socat', {
    args: [`pty,raw,echo=0,link=${agentEnd}`, `pty,raw,echo=0,link=${deviceEnd}`],
  })
  await eventually(() => existsSync(agentEnd) && existsSync(deviceEnd))
  return {
    agentEnd,
    deviceEnd,
    async pull() {
      await socat.kill('SIGTERM')
    },
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeContract } from '../contract/store-contract.ts'
import { embeddedStore } from './embedded.ts'

let folder = ''

storeContract('embedded', {
  async open(again) {
    if (again !== true) folder = await mkdtemp(join(tmpdir(), 'waytrace-store-'))
    return embeddedStore(folder)
  },
  cleanUp: () => rm(folder, { recursive: true, force: true }),
})

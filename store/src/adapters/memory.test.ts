import { storeContract } from '../contract/store-contract.ts'
import { memoryStore } from './memory.ts'

let store = memoryStore()

storeContract('memory', {
  async open(again) {
    if (again !== true) store = memoryStore()
    return store
  },
})

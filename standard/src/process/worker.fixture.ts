import { parentPort, workerData } from 'node:worker_threads'
import { agentPrefix } from '@waytrace/standard'

parentPort?.postMessage({ word: workerData.word, slug: agentPrefix({ site: 'a', agent: 'b' }) })

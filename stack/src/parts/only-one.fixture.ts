import { onlyOne } from './only-one.ts'

/** Holds the claim of a data folder until it is killed. */
await onlyOne(process.argv[2] ?? '', 'ingest').start()
process.stdout.write('held\n')

/** The agent that the tests of the command line enrol. */
export const AGENT = { site: 'wh1', agent: 'edge1' } as const
export const SOURCE = 'urn:epc:id:giai:9521234.edge1'
export const SCANNER = 'urn:epc:id:giai:9521234.scn1'

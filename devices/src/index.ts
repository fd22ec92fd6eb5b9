export {
  encodeRuuviGatewayMessage,
  parseRuuviGateway,
  type RuuviGatewayMessage,
} from './cold-chain/ble/ruuvi-gateway.ts'
export {
  type LorawanUplink,
  parseChirpstackUplink,
  parseHeliumUplink,
  parseTtsUplink,
} from './cold-chain/lorawan/uplink.ts'
export {
  encodeBlock,
  encodeRtuResponse,
  encodeTcpResponse,
  type ModbusBlock,
} from './cold-chain/modbus/block-frame.ts'
export { type RegisterEntry, registerMap } from './cold-chain/modbus/map.ts'
export { type PlanLimits, planBlocks, type ReadBlock } from './cold-chain/modbus/plan.ts'
export { type Freshness, type Judged, replayGuard } from './cold-chain/replay-guard.ts'
export * from './decode.ts'
export * from './driver.ts'
export * from './framing/delimited.ts'
export * from './framing/framer.ts'
export * from './framing/inter-byte-gap.ts'
export * from './framing/length-prefixed.ts'
export * from './framing/slcan.ts'
export * from './framing/slip.ts'
export * from './framing/teltonika.ts'
export * from './observation.ts'
export { drivers } from './registry.generated.ts'
export { digitalLink, parseDigitalLink } from './scanners/gs1/digital-link-uri.ts'
export { type Elements, elementString, GS, parseElementString } from './scanners/gs1/element-string.ts'
export { meaning } from './scanners/gs1/meaning.ts'
export { scanOfElements } from './scanners/gs1/symbol.ts'
export * from './unwrap.ts'
export { type CanFrame, formatSlcan, j1939Id, parseSlcan } from './vehicles/j1939/can-frame.ts'
export { describeJ1939 } from './vehicles/j1939/spn-names.ts'
export { type J1939Message, type J1939Transport, j1939Frames, j1939Transport } from './vehicles/j1939/transport.ts'
export { type DiagnosticMessage, encodeDiagnostic } from './vehicles/j1939/trouble-codes.ts'
export { PGN_DM1, PGN_DM2 } from './vehicles/j1939-dm1.ts'
export { encodeGga, encodeRmc, encodeVoidRmc, encodeVtg } from './vehicles/nmea/encode.ts'
export { decodeTroubleCode, decodeTroubleCodes, encodeTroubleCode } from './vehicles/obd.ts'
export { type AvlInput, type AvlPacketOptions, encodeTeltonikaPacket } from './vehicles/teltonika/avl-packet.ts'
export {
  type CommandResponse,
  decodeTeltonikaCommand,
  decodeTeltonikaResponse,
  encodeTeltonikaCommand,
  encodeTeltonikaResponse,
} from './vehicles/teltonika/command.ts'
export { encodeTeltonikaLogin, LOGIN_ACCEPTED, LOGIN_REFUSED, teltonikaLogin } from './vehicles/teltonika/login.ts'
export { acknowledgement, recordCount } from './vehicles/teltonika/packet.ts'
export {
  type TeltonikaFrame,
  type TeltonikaStep,
  teltonikaServerProtocol,
} from './vehicles/teltonika/server-protocol.ts'

import { AVL_FMB120 } from './avl-fmb120.ts'
import { AVL_FMB640 } from './avl-fmb640.ts'
import type { AvlTable } from './avl-table.ts'

/** The AVL id table of each model: ids are not global, the same number means other things on another model. */
export const AVL_TABLES = {
  fmb120: AVL_FMB120,
  fmb130: AVL_FMB120,
  fmb140: AVL_FMB120,
  fmb920: AVL_FMB120,
  fmc130: AVL_FMB120,
  fmc150: AVL_FMB120,
  fmm130: AVL_FMB120,
  fmb640: AVL_FMB640,
  fmc640: AVL_FMB640,
  fmc650: AVL_FMB640,
  fmm640: AVL_FMB640,
} as const satisfies Record<string, AvlTable>

export type TeltonikaModel = keyof typeof AVL_TABLES

export const TELTONIKA_MODELS = Object.keys(AVL_TABLES) as [TeltonikaModel, ...TeltonikaModel[]]

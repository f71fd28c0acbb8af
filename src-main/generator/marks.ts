import { randomBytes } from 'node:crypto'
import { Type } from 'typebox'
import { Check } from 'typebox/value'

/** On every ticket that was ever generated: what a person searches for to find or to exclude them all. */
export const GENERATED_LABEL = 'jira-tpm'

/** The issue property that says which slot of which run a ticket was made for. */
export const SLOT_PROPERTY = 'jira-tpm'

const SlotMark = Type.Object({ run: Type.String(), slot: Type.Integer({ minimum: 0 }) })

/** The label that finds one run's tickets. */
export function runLabel(runId: string): string {
  return `jira-tpm-${runId}`
}

export function slotMark(runId: string, slot: number): { run: string; slot: number } {
  return { run: runId, slot }
}

/** The slot that a ticket's property names, null where it has none or is of another run. */
export function markedSlot(property: unknown, runId: string): number | null {
  return Check(SlotMark, property) && property.run === runId ? property.slot : null
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const RUN_ID_LENGTH = 8

/** A run's name: eight lower-case base32 characters, short enough to read out, long enough never to come twice. */
export function newRunId(): string {
  return Array.from(randomBytes(RUN_ID_LENGTH), (byte) => BASE32.charAt(byte % 32)).join('')
}

import { Type, type Static } from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { Ticket } from '../../src-shared/domain/ticket.ts'

/** A line of the sample: a ticket with its times in ISO 8601, so that a person can read the file. */
const SampleTicket = Type.Object(
  {
    id: Type.String({ pattern: '^sample-\\d+$' }),
    key: Type.String({ pattern: '^SAMPLE-\\d+$' }),
    projectKey: Type.Literal('SAMPLE'),
    title: Type.String({ minLength: 1 }),
    priorityId: Type.String({ minLength: 1 }),
    priorityName: Type.String({ minLength: 1 }),
    status: Type.String({ minLength: 1 }),
    created: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
    updated: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  },
  { additionalProperties: false },
)
export type SampleTicket = Static<typeof SampleTicket>

/** Reads a line of the sample. Throws an Error that names the line: the file ships with the program. */
export function parseSampleLine(text: string, line: number): Ticket {
  const value: unknown = JSON.parse(text)
  if (!Check(SampleTicket, value)) {
    const first = Errors(SampleTicket, value)[0]
    throw new Error(`Line ${line} of the sample: ${first?.instancePath} ${first?.message}`)
  }
  const { created, updated, ...ticket } = value
  return { ...ticket, createdMs: Date.parse(created), updatedMs: Date.parse(updated) }
}

import { parseProfile } from '../../../src-shared/domain/profile.ts'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import type { CliIo } from '../io.ts'
import { askText, choose, type Choice } from './question.ts'

/** How the tickets of a run arrive. */
export type ArrivalsChoice =
  | { readonly kind: 'shape'; readonly profile: string }
  /** It has a number of tickets and a length of its own. */
  | { readonly kind: 'parts'; readonly profile: string }
  | { readonly kind: 'replay'; readonly file: string }

const CHOICES: readonly Choice<string>[] = [
  { value: 'steady', label: 'Steady', hint: 'at random, as in an ordinary hour' },
  { value: 'even', label: 'Even', hint: 'one by one, always the same time apart' },
  { value: 'ramp', label: 'Ramp', hint: 'from none to twice the usual' },
  { value: 'spike', label: 'Spike', hint: 'five times as many for a while, half-way' },
  { value: 'sine', label: 'Wave', hint: 'swells, and fades again' },
  { value: 'parts', label: 'In parts', hint: 'as you write it: 30m@50,10m@200,20m@50' },
  { value: 'replay', label: 'Replay', hint: 'as real tickets came: a CSV or JSON lines file' },
]

/** Null after Escape. */
export async function askArrivals(io: CliIo): Promise<ArrivalsChoice | null> {
  for (;;) {
    const chosen = await choose(io, 'How shall the tickets arrive?', CHOICES)
    if (chosen === null) return null
    if (chosen !== 'parts' && chosen !== 'replay') return { kind: 'shape', profile: chosen }
    const typed = chosen === 'parts' ? await askParts(io) : await askFile(io)
    if (typed === null) continue // Escape leads back to the list
    return chosen === 'parts' ? { kind: 'parts', profile: typed } : { kind: 'replay', file: typed }
  }
}

function askParts(io: CliIo): Promise<string | null> {
  return askText(io, 'Which parts? Each is a length @ tickets an hour.', {
    initial: '30m@50,10m@200,20m@50',
    check: profileFault,
  })
}

function profileFault(typed: string): string | null {
  try {
    const { kind } = parseProfile(typed)
    return kind === 'parts' ? null : 'Write parts with commas between them, as 30m@50,10m@200.'
  } catch (error) {
    if (error instanceof AppError) return errorText(error)
    throw error
  }
}

function askFile(io: CliIo): Promise<string | null> {
  return askText(io, 'Which file?', {
    placeholder: 'tickets.csv',
    check: (typed) => (typed === '' ? 'Name a CSV or JSON lines file of tickets.' : null),
  })
}

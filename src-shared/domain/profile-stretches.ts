import { AppError } from '../errors/app-error.ts'
import { cosineOfTurn, type Stretch } from './intensity.ts'
import { MS_PER_MINUTE } from './minute.ts'
import { writtenProfile, type Shape, type Spike } from './profile.ts'

/** So many straight lines stand for one wave: at no time is the share of tickets that came 1/5,000 away from its own. */
const LINES_PER_WAVE = 64

const DEFAULT_SPIKE_SHARE = 12

/** The intensity of a profile over a run of a length. Throws `usage` where a spike does not fit into it. */
export function stretchesOf(shape: Shape, spanMs: number): Stretch[] {
  switch (shape.kind) {
    case 'flat':
      return [{ fromMs: 0, toMs: spanMs, fromRate: 1, toRate: 1 }]
    case 'ramp':
      return [{ fromMs: 0, toMs: spanMs, fromRate: shape.from, toRate: shape.to }]
    case 'spike':
      return spikeStretches(shape, spanMs)
    default:
      return waveStretches(shape.waves, spanMs)
  }
}

function spikeStretches(spike: Spike & Shape, spanMs: number): Stretch[] {
  const atMs = spike.atMs ?? Math.floor(spanMs / 2)
  const usualMs = Math.min(Math.floor(spanMs / DEFAULT_SPIKE_SHARE), spanMs - atMs)
  const endMs = atMs + (spike.longMs ?? usualMs)
  const written = writtenProfile(spike)
  if (atMs >= spanMs || endMs > spanMs) throw doesNotFit(written, { atMs, endMs, spanMs })
  const stretches = [
    { fromMs: 0, toMs: atMs, fromRate: 1, toRate: 1 },
    { fromMs: atMs, toMs: endMs, fromRate: spike.height, toRate: spike.height },
    { fromMs: endMs, toMs: spanMs, fromRate: 1, toRate: 1 },
  ].filter(({ fromMs, toMs, fromRate }) => toMs > fromMs && fromRate > 0)
  if (stretches.length > 0) return stretches
  throw new AppError('usage', `"${written}" leaves no time for any ticket. Nothing was made.`, {
    hint: 'Give the spike a height above 0, or make it shorter than the run.',
  })
}

function doesNotFit(
  written: string,
  { atMs, endMs, spanMs }: Record<'atMs' | 'endMs' | 'spanMs', number>,
): AppError {
  const when = atMs >= spanMs ? `begins at minute ${minutes(atMs)}` : `ends at minute ${minutes(endMs)}`
  return new AppError(
    'usage',
    `The spike of "${written}" ${when}, and the run is ${minutes(spanMs)} minutes long. Nothing was made.`,
    { hint: 'Let it begin earlier, make it shorter, or give the run more minutes.' },
  )
}

function minutes(ms: number): string {
  return String(Math.round((ms / MS_PER_MINUTE) * 100) / 100)
}

/** 1 − cos: nothing where a wave begins and ends, twice the mean at its top. */
function waveStretches(waves: number, spanMs: number): Stretch[] {
  const lines = waves * LINES_PER_WAVE
  return Array.from({ length: lines }, (_, line) => ({
    fromMs: (spanMs * line) / lines,
    toMs: (spanMs * (line + 1)) / lines,
    fromRate: rateAt(line),
    toRate: rateAt(line + 1),
  }))
}

function rateAt(line: number): number {
  return 1 - cosineOfTurn((line % LINES_PER_WAVE) / LINES_PER_WAVE)
}

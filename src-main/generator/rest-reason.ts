import type { RunProgress } from '../../src-shared/contract/models.ts'

export const PAUSED = 'It was paused. Resume it to go on.'
export const STOPPED = 'It was stopped before its end.'

const REASONS: Readonly<Record<RunProgress['state'], string | null>> = {
  paused: PAUSED,
  stopped: STOPPED,
  broken: 'The program that worked on it ended. Resume it to go on.',
  running: null,
  done: null,
}

/** Why a run that nobody works on does not go on, where nothing more is known; null where there is nothing to say. */
export function restReason(state: RunProgress['state']): string | null {
  return REASONS[state]
}

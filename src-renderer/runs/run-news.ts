import type { RunProgress } from '../../src-shared/contract/models.ts'
import { endWords } from './run-words.ts'

/** What became of the run as a whole since it was told the last time, as a sentence; null where that is nothing. */
export function runNews(before: RunProgress | null, now: RunProgress | null): string | null {
  // What is there as the window opens is no news.
  if (now === null || before === null) return null
  const isSame = before.runId === now.runId
  if (isSame && before.state === now.state) return null
  switch (now.state) {
    case 'running':
      return isSame
        ? 'The run goes on.'
        : `A run of ${now.planned.toLocaleString('en-GB')} tickets has begun.`
    case 'paused':
      return `The run stands still. ${now.reason ?? ''}`.trim()
    default: // done, stopped, broken
      return endWords(now)
  }
}

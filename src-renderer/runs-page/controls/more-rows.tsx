import { Button } from '../../controls/button.tsx'
import { numberWords } from '../number-words.ts'

interface MoreRowsProps {
  /** Rows that are there, and those that are shown of them. */
  readonly all: number
  readonly shown: number
  readonly step: number
  /** What a row is, in the plural. */
  readonly of: string
  readonly onMore: (shown: number) => void
}

/** Below a long table: how much of it is shown, and the way to more. A table of all would take long to draw. */
export function MoreRows({ all, shown, step, of, onMore }: MoreRowsProps): React.ReactNode {
  if (all <= shown) return null
  const next = Math.min(step, all - shown)
  return (
    <p>
      The first {numberWords(shown)} of {numberWords(all)} {of}.{' '}
      <Button kind="quiet" onClick={() => onMore(shown + next)}>
        {numberWords(next)} more
      </Button>
    </p>
  )
}

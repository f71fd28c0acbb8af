import { ChevronRight } from 'lucide-react'
import { Suspense, useState } from 'react'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { lazyPart } from '../controls/lazy-part.tsx'
import styles from './what-differs.module.css'

/** A file of its own: most look at the tickets alone. */
const DifferingValues = lazyPart(async () => (await import('./differing-values.tsx')).DifferingValues)

/** What the tickets of a part of the span have more often than usual; asked for only while it is open. */
export function WhatDiffers({ part }: { part: TimeSpan }): React.ReactNode {
  const [open, setOpen] = useState(false)
  return (
    <div className={styles['differs']}>
      <button type="button" className={styles['toggle']} aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={14} aria-hidden="true" />
        What differs from the usual
      </button>
      {open && (
        <Suspense fallback={<p className={styles['note']}>Loading…</p>}>
          <DifferingValues key={`${part.fromMs}/${part.toMs}`} part={part} />
        </Suspense>
      )}
    </div>
  )
}

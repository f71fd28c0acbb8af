import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { Verdict } from './audit-words.ts'
import styles from './verdict-sign.module.css'

/** Told apart by their shapes and the words beside them; colour only helps. */
const signs: Record<Verdict['tone'], LucideIcon> = {
  good: CircleCheck,
  waiting: CircleDashed,
  bad: CircleAlert,
}

/** The sign of an audit's verdict. */
export function VerdictSign({ tone, size }: { tone: Verdict['tone']; size: number }): React.ReactNode {
  const Sign = signs[tone]
  return <Sign className={styles['sign']} data-tone={tone} size={size} aria-hidden="true" />
}

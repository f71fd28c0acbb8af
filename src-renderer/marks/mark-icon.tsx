import { Bell, CloudOff, Database, Flag, OctagonAlert, Play, type LucideIcon } from 'lucide-react'
import type { TimeMark } from '../../src-shared/contract/marks.ts'

const ICONS: Readonly<Record<TimeMark['kind'], LucideIcon>> = {
  mark: Flag,
  incident: OctagonAlert,
  run: Play,
  outage: CloudOff,
  'fail-over': Database,
  alert: Bell,
}

/** What kind of mark it is. */
export function MarkIcon({ kind }: Pick<TimeMark, 'kind'>): React.ReactNode {
  const Icon = ICONS[kind]
  return <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
}

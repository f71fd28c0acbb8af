import { useMemo } from 'react'
import type { AlertList } from '../../src-shared/contract/alerts/alerts.ts'
import { useDashboard, useStoreFails } from '../app/workbench.ts'
import { unknownNow } from './alert-text.ts'

/** The rules and how they stand now; null until they were read. */
export function useAlerts(): AlertList | null {
  const alerts = useDashboard((state) => state.alerts)
  const storeFails = useStoreFails()
  return useMemo(() => (alerts !== null && storeFails ? unknownNow(alerts) : alerts), [alerts, storeFails])
}

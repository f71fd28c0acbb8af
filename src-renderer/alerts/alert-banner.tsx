import { BellRing } from 'lucide-react'
import { useDashboard, useMay, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { ringing, standingText } from './alert-text.ts'
import styles from './alert-banner.module.css'

/** What rings now, over the chart, until it is over or silenced. */
export function AlertBanner(): React.ReactNode {
  const { transport, view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const alerts = useDashboard((state) => state.alerts)
  const maySilence = useMay('run')
  const rules = ringing(alerts)
  const [first] = rules
  if (session === null || first === undefined) return null
  const others = rules.length - 1
  return (
    <div className={styles['banner']} role="alert">
      <BellRing size={16} aria-hidden="true" />
      <p className={styles['text']}>
        <b>{first.name}</b> {standingText(first.standing, session.zone).toLowerCase()}
        {others > 0 && `, and ${others} more`}
      </p>
      <Button kind="quiet" onClick={() => view.put({ tool: 'alerts' })}>
        Alerts
      </Button>
      {maySilence && (
        <Button
          kind="quiet"
          onClick={() => {
            // Where it fails, it goes on to ring, and the panel of the alerts says why.
            transport.client.call('alerts.silence', { silence: { minutes: 60 } }).catch(() => {
              view.put({ tool: 'alerts' })
            })
          }}
        >
          Silence 1 h
        </Button>
      )}
    </div>
  )
}

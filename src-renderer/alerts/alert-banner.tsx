import { BellRing, X } from 'lucide-react'
import { useState } from 'react'
import { useDashboard, useMay, useWorkbench } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { timeText } from '../live/text.ts'
import { ringing, standingText } from './alert-text.ts'
import styles from './alert-banner.module.css'
import { useAlerts } from './use-alerts.ts'

/** What rings now, over the chart: until it is over or silenced, and in a drill until a person has seen it. */
export function AlertBanner(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const alerts = useAlerts()
  const maySilence = useMay('run')
  // Of drills: the next one rings again.
  const [seen, setSeen] = useState<readonly string[]>([])
  if (session === null || alerts === null) return null
  const [first, ...others] = ringing(alerts)
  const [rehearsal, ...more] = alerts.rehearsals.filter(({ id }) => !seen.includes(id))
  return (
    <>
      {first !== undefined && (
        <Banner name={first.name} text={standingText(first.standing, session.zone)} others={others.length}>
          {maySilence && <SilenceButton />}
        </Banner>
      )}
      {rehearsal !== undefined && (
        <Banner
          name={`REHEARSAL: ${rehearsal.rule}`}
          text={`Ringing since ${timeText(rehearsal.startedMs, session.zone)}`}
          others={more.length}
        >
          <IconButton icon={X} label="Close" onClick={() => setSeen(alerts.rehearsals.map(({ id }) => id))} />
        </Banner>
      )}
    </>
  )
}

interface BannerProps {
  readonly name: string
  readonly text: string
  /** So many more ring. */
  readonly others: number
  readonly children: React.ReactNode
}

function Banner({ name, text, others, children }: BannerProps): React.ReactNode {
  const { view } = useWorkbench()
  return (
    <div className={styles['banner']} role="alert">
      <BellRing size={16} aria-hidden="true" />
      <p className={styles['text']}>
        <b>{name}</b> {text.toLowerCase()}
        {others > 0 && `, and ${others} more`}
      </p>
      <Button kind="quiet" onClick={() => view.put({ tool: 'alerts' })}>
        Alerts
      </Button>
      {children}
    </div>
  )
}

function SilenceButton(): React.ReactNode {
  const { transport, view } = useWorkbench()
  return (
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
  )
}

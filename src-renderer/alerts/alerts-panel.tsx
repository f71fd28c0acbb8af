import { Trash2 } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import type { AlertEntry } from '../../src-shared/contract/alerts/alerts.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { sendingTexts } from '../../src-shared/domain/usual/sending-text.ts'
import { useDashboard, useMay, useWorkbench, useZone } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { lazyPart } from '../controls/lazy-part.tsx'
import { RemovalQuestion } from '../controls/removal-question.tsx'
import { timeText } from '../live/text.ts'
import { usePerform, type Perform } from '../controls/use-perform.ts'
import { CheckField } from '../controls/field.tsx'
import { NotifyChoice, SoundChoice } from './notify-choice.tsx'
import { ruleText, standingText, type ListedRule } from './alert-text.ts'
import styles from './alerts-panel.module.css'
import { RuleForm } from './rule-form.tsx'
import { SilenceButtons } from './silence-buttons.tsx'
import { useAlerts } from './use-alerts.ts'

/** The rules and how they stand, a way to add one, and the latest alerts. */
export function AlertsPanel(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const alerts = useAlerts()
  const mayChange = useMay('admin')
  const maySilence = useMay('run')
  const [perform, failure] = usePerform()
  if (session === null || alerts === null) {
    return <p className={styles['note']}>The alert rules are shown as soon as the store can be read.</p>
  }

  const { rules, away } = alerts
  return (
    <div className={styles['alerts']}>
      {away !== null && <p className={styles['note']}>{away}</p>}
      {away === null && rules.length === 0 && (
        <p className={styles['note']}>
          No rule is there yet. A rule rings when tickets are unusual, for everybody who shares this store.
        </p>
      )}
      {rules.length > 0 && (
        <ul className={styles['list']} aria-label="Alert rules">
          {rules.map((rule) => (
            <RuleRow key={rule.id} rule={rule} session={session} mayChange={mayChange} perform={perform} />
          ))}
        </ul>
      )}
      {away === null && mayChange && <RuleForm session={session} perform={perform} />}
      <p className={styles['failure']} role="alert">
        {failure}
      </p>
      {rules.length > 0 && maySilence && <SilenceButtons perform={perform} />}
      {rules.length > 0 && <NotifyChoice />}
      {rules.length > 0 && <SoundChoice />}
      {away === null && <Latest />}
      {away === null && mayChange && <Outputs />}
    </div>
  )
}

interface RowProps {
  readonly rule: ListedRule
  readonly session: Session
  readonly mayChange: boolean
  readonly perform: Perform
}

function RuleRow({ rule, session, mayChange, perform }: RowProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const [asking, setAsking] = useState(false)
  const { id, name, revision: seen, standing } = rule
  const text = ruleText(rule, session)
  if (asking) {
    return (
      <li className={styles['row']}>
        <RemovalQuestion
          action="Remove"
          onKeep={() => setAsking(false)}
          onRemove={() => {
            setAsking(false)
            void perform(() => client.call('alerts.remove', { id, seen }))
          }}
        >
          Remove “{name}” for everybody who shares this store?
        </RemovalQuestion>
      </li>
    )
  }
  return (
    <li className={styles['row']}>
      <div className={styles['rule']}>
        <span className={styles['name']}>{name}</span>
        {text !== '' && <span className={styles['text']}>{text}</span>}
        <span className={styles['phase']} data-phase={standing.phase}>
          {standingText(standing, session.zone)}
          {standing.why !== '' && `: ${standing.why}`}
        </span>
      </div>
      {mayChange && (
        <>
          <CheckField
            label="On"
            aria-label={`${name} is on`}
            checked={rule.on}
            onChange={(on) => void perform(() => client.call('alerts.change', { id, seen, on }))}
          />
          <IconButton icon={Trash2} label={`Remove ${name}…`} onClick={() => setAsking(true)} />
        </>
      )}
    </li>
  )
}

/** Fetched when it is opened first: who set it up once needs it seldom. */
const OutputsSection = lazyPart(async () => (await import('./outputs/outputs-section.tsx')).OutputsSection)

function Outputs(): React.ReactNode {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className={styles['outputs']}>
      <Button kind="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Close where alerts are sent' : 'Where alerts are sent…'}
      </Button>
      {isOpen && (
        <Suspense fallback={<p className={styles['text']}>Loading…</p>}>
          <OutputsSection />
        </Suspense>
      )}
    </div>
  )
}

/** So many of the latest alerts are enough to see what rang. */
const LATEST = 8

/** Nothing where alerts are sent to no output. */
function sentText(transition: AlertEntry['transitions'][number], zone: string): string {
  if (transition.sent && transition.sendings.length === 0) return ''
  const [first = '', ...others] = sendingTexts(transition, (ms) => timeText(ms, zone)).join('; ')
  return `${first.toUpperCase()}${others.join('')}.`
}

function Latest(): React.ReactNode {
  const { transport, view } = useWorkbench()
  const zone = useZone()
  const [entries, setEntries] = useState<readonly AlertEntry[]>([])
  useEffect(() => {
    let isGone = false
    // Where it cannot be read, the window says why.
    const read = (): void =>
      void transport.client.call('alerts.history', { limit: LATEST }).then(
        ({ alerts }) => void (isGone || setEntries(alerts)),
        () => {},
      )
    // Where something is sent to, its answer comes after the alert.
    const leave = (['alerts.changed', 'outputs.changed'] as const).map((event) =>
      transport.client.on(event, read),
    )
    read()
    return () => {
      isGone = true
      leave.forEach((unsubscribe) => unsubscribe())
    }
  }, [transport])
  if (entries.length === 0) return null
  return (
    <section aria-label="Latest alerts">
      <h3 className={styles['title']}>Latest alerts</h3>
      <ul className={styles['list']}>
        {entries.map(({ id, rule, transitions }) => {
          const last = transitions.at(-1)
          const message = last?.message
          return (
            <li key={id}>
              <button
                type="button"
                className={styles['open']}
                onClick={() => {
                  view.put({ tool: null, page: 'dashboard' })
                  if (message !== undefined) location.hash = message.address
                }}
              >
                <span className={styles['name']}>{message?.title ?? rule.name}</span>
                {/* That it is a rehearsal is in the title. */}
                <span className={styles['text']}>
                  {message?.sentences[message.rehearsal === null ? 0 : 1] ?? ''}
                </span>
                {last !== undefined && <span className={styles['text']}>{sentText(last, zone)}</span>}
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

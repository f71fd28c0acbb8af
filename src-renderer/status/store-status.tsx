import { DatabaseBackup, TriangleAlert } from 'lucide-react'
import { useRef } from 'react'
import type { SinceFailure } from '../../src-shared/contract/schema.ts'
import type { RestoredStore, StoreStatus } from '../../src-shared/contract/store.ts'
import { Button } from '../controls/button.tsx'
import { durationText, momentText } from '../live/text.ts'
import styles from './store-status.module.css'
import { useDashboard, useMachineNow, useMay, useWorkbench } from '../app/workbench.ts'

const machineZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/**
 * Says that the store does not work, or what stands in for it, as long as that is so. At the foot of the side, where
 * it takes room from the list of tickets and moves nothing of the chart. Silent where the chart's place says it.
 */
export function StoreCard(): React.ReactNode {
  const shown = useStoreText()
  const chartSaysIt = useDashboard(({ storeStatus, countsFailure }) =>
    Boolean(storeStatus?.failure && countsFailure),
  )
  const card = useRef<HTMLElement>(null)
  if (shown === null || chartSaysIt) return null
  const { tone, title, text, more, lasts } = shown
  const Sign = tone === 'failing' ? TriangleAlert : DatabaseBackup
  return (
    <section
      ref={card}
      className={styles['card']}
      data-tone={tone}
      aria-labelledby="store-card"
      tabIndex={-1}
    >
      <div className={styles['head']}>
        <Sign size={15} aria-hidden="true" />
        <h2 id="store-card">{title}</h2>
        <span className={styles['lasts']}>{lasts}</span>
      </div>
      <p>{text}</p>
      {more !== '' && (
        <details>
          <summary>What to do</summary>
          {more}
        </details>
      )}
      {/* The button goes when it has done its work; the focus stays at what it was about. */}
      <StoreAction onPress={() => card.current?.focus()} />
    </section>
  )
}

/** The same in a line or two, with what can be done about it. */
export function StoreSentences({ store }: { store: StoreText }): React.ReactNode {
  const { title, lasts, text, more } = store
  return (
    <>
      <p>
        <b>
          {title}
          {lasts !== '' && `, ${lasts}`}.
        </b>{' '}
        {text} {more}
      </p>
      <StoreAction />
    </>
  )
}

/** What a person can do about a store that is out of reach, or that is back: one button, or none. */
export function StoreAction(props: { kind?: 'primary' | 'plain'; onPress?: () => void }): React.ReactNode {
  const { kind = 'plain', onPress } = props
  const { orders, view } = useWorkbench()
  const canFallBack = useDashboard((state) => state.storeStatus?.canFallBack ?? false)
  const canGoBack = useDashboard((state) => state.storeStatus?.insteadOf?.reachable ?? false)
  const runs = useDashboard(({ run }) => run?.state === 'running')
  const pending = useDashboard((state) => state.pending)
  const may = useMay('admin')
  function press(order: () => void): void {
    onPress?.()
    order()
  }

  if (!may) return null
  if (canFallBack) {
    return (
      <Button kind={kind} disabled={pending.includes('fall-back')} onClick={() => press(orders.fallBack)}>
        {pending.includes('fall-back') ? 'Opening the file…' : 'Go on with this computer’s file'}
      </Button>
    )
  }
  if (!canGoBack) return null
  // A run's record is in the file. When it has ended the store is gone back to by itself.
  const stopRun = (): void => view.put({ dialog: 'stop-run' })
  return (
    <Button
      kind={kind}
      disabled={pending.includes('go-back')}
      onClick={() => press(runs ? stopRun : orders.goBack)}
    >
      {pending.includes('go-back') ? 'Going back…' : 'Go back now'}
    </Button>
  )
}

interface StoreText {
  /** `failing`: nothing is stored. `standing-in`: it goes on, in another store than was set. */
  readonly tone: 'failing' | 'standing-in'
  readonly title: string
  /** What happened, and what it means for what is shown; says no durations, so that it is read out once. */
  readonly text: string
  /** What else it means, and what to do about it; empty where there is nothing. */
  readonly more: string
  /** How long already: `for 2 min`; empty where it is over. */
  readonly lasts: string
}

/** Null while all is as it was set. `nowMs` is the machine's. */
export function storeText(status: StoreStatus, nowMs: number, zone: string): StoreText | null {
  if (status.failure !== null) return failingText(status.failure, nowMs, zone)
  if (status.insteadOf !== null) return fallbackText(status.insteadOf, nowMs, zone)
  if (status.warning !== undefined) return warningText(status.warning, nowMs, zone)
  return status.restored === undefined ? null : restoredText(status.restored)
}

function failingText(failure: SinceFailure, nowMs: number, zone: string): StoreText {
  const { sinceMs, code, what, consequence, hint } = failure
  return {
    tone: 'failing',
    title: failureTitle(code),
    text: `${what} The chart shows what was known at ${momentText(sinceMs, zone, nowMs)}.`,
    more: [consequence, hint].join(' ').trim(),
    lasts: `for ${durationText(nowMs - sinceMs)}`,
  }
}

/** It works; unless its trouble passes, until then. */
function warningText(
  { what, hint, sinceMs, untilMs }: NonNullable<StoreStatus['warning']>,
  nowMs: number,
  zone: string,
): StoreText {
  return {
    tone: 'standing-in',
    title: 'The store’s access ends',
    text: `${what} All goes on until ${momentText(untilMs, zone, nowMs)}.`,
    more: hint,
    lasts: `for ${durationText(nowMs - sinceMs)}`,
  }
}

function restoredText({ what, consequence, hint }: RestoredStore): StoreText {
  return {
    tone: 'standing-in',
    title: 'Restored from a backup',
    text: what,
    more: `${consequence} ${hint}`,
    lasts: '',
  }
}

/** The failure in a few words; its own sentence says more. */
export function failureTitle(code: string): string {
  if (code === 'store-unavailable') return 'Store out of reach'
  return code === 'store-full' ? 'Store full' : 'Store cannot be used'
}

type InsteadOf = NonNullable<StoreStatus['insteadOf']>

function fallbackText({ label, sinceMs, reachable }: InsteadOf, nowMs: number, zone: string): StoreText {
  const since = momentText(sinceMs, zone, nowMs)
  return {
    tone: 'standing-in',
    title: reachable ? 'The store is back' : 'A file stands in',
    text: reachable
      ? `PostgreSQL at ${label} can be reached again, and is gone back to when the run has ended. Until then this computer’s file is shown.`
      : `PostgreSQL at ${label} is out of reach. Since ${since} this computer’s file is shown, filled from Jira.`,
    more: '',
    lasts: reachable ? '' : `for ${durationText(nowMs - sinceMs)}`,
  }
}

/** What is said of the store, as time goes on; null while all is as it was set. */
export function useStoreText(): StoreText | null {
  const status = useDashboard((state) => state.storeStatus)
  const zone = useDashboard((state) => state.session?.zone ?? machineZone)
  const now = useMachineNow()
  return status && storeText(status, now, zone)
}

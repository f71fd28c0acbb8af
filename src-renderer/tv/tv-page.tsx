import { X } from 'lucide-react'
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import type { Overview } from '../../src-shared/contract/overview.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { besideNumber, NOW_MINUTES, type Present } from '../../src-shared/domain/now.ts'
import { useView, useWorkbench } from '../app/workbench.ts'
import { PrioritySwatch } from '../chart/legend.tsx'
import { useSize } from '../chart/use-size.ts'
import { numberText, ticketsText, timeText } from '../live/text.ts'
import { useStore } from '../state-store.ts'
import { keepAwake, shiftAt } from './screen.ts'
import { TvChart } from './tv-chart.tsx'
import styles from './tv.module.css'

/** How long the way out is in sight after the pointer moved. */
const POINTER_MS = 3_000
/** The view in units, as its style sheet has it: across and down, of a screen that is wide and of one that is high. */
const WIDE = [96, 54] as const
const HIGH = [44, 78] as const

/** How it is now, to be read across a room, on a screen that nobody touches. */
export function TvPage({ mayLeave }: { mayLeave: boolean }): React.ReactNode {
  const { present: feed } = useWorkbench()
  const { overview: read, present } = useStore(feed.store, (state) => state)
  const chosenZone = useView(({ zone }) => zone)
  const overview = read && { ...read, zone: chosenZone || read.zone }
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const [across, down] = size !== null && size.width < size.height ? HIGH : WIDE
  const unit = size === null ? 0 : Math.min(size.width / across, size.height / down)
  useEffect(() => {
    feed.lookClosely(true)
    return () => feed.lookClosely(false)
  }, [feed])
  useEffect(() => keepAwake(document, navigator.wakeLock), [])
  const isStale = present !== null && present.tickets === null
  const [x, y] = shiftAt(present?.nowMinute ?? 0)
  const shift = { transform: `translate(${(x * unit) / 3}px, ${(y * unit) / 3}px)` }
  return (
    <main ref={box} className={styles['tv']} data-stale={isStale || undefined}>
      <div className={styles['picture']} style={shift}>
        <Head overview={overview} present={present} />
        <Figures overview={overview} present={present} />
        <Newest overview={overview} />
        {overview && present && unit > 0 && (
          <TvChart overview={overview} present={present} scale={Math.max(1, unit / 9)} />
        )}
      </div>
      <Spoken present={present} />
      {mayLeave && <WayOut />}
    </main>
  )
}

interface Shown {
  readonly overview: Overview | null
  readonly present: Present | null
}

/** Which Jira, and what time it is there. */
function Head({ overview, present }: Shown): React.ReactNode {
  return (
    <header className={styles['head']}>
      <h1>{overview?.label}</h1>
      {overview && present && <p>{timeText(startOfMinute(present.nowMinute), overview.zone)}</p>}
    </header>
  )
}

/** The number of the last five minutes; of what is not live none. */
function Figures({ overview, present }: Shown): React.ReactNode {
  if (overview === null || present === null) return <section className={styles['figures']} />
  const { tickets, isLeast } = present
  const { hour, usual, unusual } = besideNumber(overview, present)
  return (
    <section className={styles['figures']} aria-label="Now">
      {tickets === null ? (
        <div>
          <p className={styles['number']} data-old>
            NOT LIVE
          </p>
          <p className={styles['unit']}>{sinceText(overview)}</p>
        </div>
      ) : (
        <>
          <p className={styles['number']}>
            {isLeast && '≥ '}
            {numberText(tickets)}
          </p>
          <div>
            <p className={styles['unit']}>in {NOW_MINUTES} min</p>
            <p className={styles['beside']} data-unusual={unusual === 'hour' || undefined}>
              {unusual === 'hour' && '▲ '}
              {hour}
            </p>
            <p className={styles['beside']} data-unusual={unusual === 'usual' || undefined}>
              {unusual === 'usual' && '▲ '}
              {usual}
            </p>
          </div>
        </>
      )}
    </section>
  )
}

function sinceText({ fetching: { lastSuccessMs }, zone }: Overview): string {
  return lastSuccessMs === null ? 'nothing was fetched yet' : `since ${timeText(lastSuccessMs, zone)}`
}

/** The newest tickets by their keys. */
function Newest({ overview }: Pick<Shown, 'overview'>): React.ReactNode {
  if (overview === null) return <div />
  const { newest, watched, zone } = overview
  return (
    <section className={styles['newest']} aria-label="Newest tickets">
      <ol>
        {newest.map(({ key, priorityId, createdMs }) => {
          const rank = watched.findIndex(({ id }) => id === priorityId)
          return (
            <li key={key}>
              <PrioritySwatch rank={Math.max(0, rank)} />
              <span className={styles['key']}>{key}</span>
              <span className="unseen">{watched[rank]?.name}</span>
              <time dateTime={new Date(createdMs).toISOString()}>{timeText(createdMs, zone)}</time>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** Said once a minute, and when it is not live any more. */
function Spoken({ present }: Pick<Shown, 'present'>): React.ReactNode {
  const isLive = present?.tickets !== null
  const text = useMemo(
    () => {
      if (present === null) return ''
      return present.tickets === null
        ? 'Not live'
        : `${ticketsText(present.tickets)} in ${NOW_MINUTES} minutes`
    },
    // oxlint-disable-next-line react/exhaustive-deps -- what comes within a minute is said at its end
    [present?.nowMinute, isLive],
  )
  return (
    <p className="unseen" aria-live="polite">
      {text}
    </p>
  )
}

/** Back to the dashboard: Esc, W, or a button that is there while the pointer moves. D is dark or light. */
function WayOut(): React.ReactNode {
  const { view } = useWorkbench()
  const tv = useView((state) => state.tv)
  const [isMoved, setMoved] = useState(false)
  const leave = useCallback(() => {
    if (document.fullscreenElement !== null) void document.exitFullscreen()
    view.put({ tv: null })
  }, [view])
  const onKey = useEffectEvent(({ key, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
    if (ctrlKey || metaKey || altKey) return
    if (key === 'Escape' || key.toLowerCase() === 'w') leave()
    if (key.toLowerCase() === 'd') view.put({ tv: tv === 'dark' ? 'light' : 'dark' })
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const onMove = (): void => {
      setMoved(true)
      clearTimeout(timer)
      timer = setTimeout(() => setMoved(false), POINTER_MS)
    }
    // The browser's own Esc ends the full screen.
    const onScreen = (): void => {
      if (document.fullscreenElement === null) leave()
    }
    addEventListener('keydown', onKey)
    addEventListener('pointermove', onMove)
    addEventListener('pointerdown', onMove)
    document.addEventListener('fullscreenchange', onScreen)
    return () => {
      clearTimeout(timer)
      removeEventListener('keydown', onKey)
      removeEventListener('pointermove', onMove)
      removeEventListener('pointerdown', onMove)
      document.removeEventListener('fullscreenchange', onScreen)
    }
  }, [leave])
  return (
    <button type="button" className={styles['way-out']} data-shown={isMoved || undefined} onClick={leave}>
      <X size={20} aria-hidden="true" />
      Leave the TV view
    </button>
  )
}

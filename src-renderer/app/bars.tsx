import { TriangleAlert, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { tokenExpiry } from '../../src-shared/domain/token-expiry.ts'
import { Button, IconButton } from '../controls/button.tsx'
import styles from './bars.module.css'
import type { ServersClient } from '../client/transport.ts'
import { awayText } from '../servers/servers-text.ts'
import { useStore } from '../state-store.ts'
import {
  useConnection,
  useDashboard,
  useMachineNow,
  useView,
  useWorkbench,
  useZone,
  type ViewState,
} from './workbench.ts'

const dates = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

const PUT_AWAY = 'jira-tpm.token-put-away'
const LAST_DAY = 'jira-tpm.token-last-day'

/** At the foot of a page while that is shown: what stands there takes room, and covers nothing. */
export function Bars({ on }: { on: ViewState['page'] }): React.ReactNode {
  const isShown = useView((state) => state.page === on)
  if (!isShown) return null
  return (
    <>
      <ConnectionBar />
      <NoticeBar />
    </>
  )
}

/** Says that the program behind the window is out of reach, as long as it is. */
function ConnectionBar(): React.ReactNode {
  const { servers } = useWorkbench().transport
  const connection = useConnection()
  if (servers !== null) return <TeamBar servers={servers} />
  if (connection !== 'lost') return null
  return (
    <output className={styles['bar']} data-kind="waiting">
      <p>
        <b>Jira TPM does not answer.</b> The window shows what it knew last, and tries again by itself.
      </p>
    </output>
  )
}

/** The same of a team server: of when it is what is shown, why, and what to do. */
function TeamBar({ servers }: { servers: ServersClient }): React.ReactNode {
  const { view } = useWorkbench()
  const state = useStore(servers.state, (known) => known)
  const zone = useZone()
  const nowMs = useMachineNow()
  if (state === null || state.current === null || !['lost', 'connecting'].includes(state.state)) return null
  // A start that is quick says nothing.
  if (state.state === 'connecting' && state.asOfMs === null) return null
  return (
    <output className={styles['bar']} data-kind="waiting">
      <p>
        <b>{awayText(state, zone, nowMs)}</b> {state.fault?.what} {state.fault?.hint}
      </p>
      <div className={styles['buttons']}>
        <Button onClick={() => void servers.call('servers.retry', {}).catch(console.error)}>Try now</Button>
        <Button onClick={() => view.put({ page: 'servers' })}>Servers…</Button>
      </div>
    </output>
  )
}

/** What became of something that a person asked for, until it is put away. */
function NoticeBar(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const notice = useDashboard((state) => state.notice)
  if (notice === null) return null
  return (
    <div
      className={styles['bar']}
      data-kind={notice.kind}
      role={notice.kind === 'failed' ? 'alert' : 'status'}
    >
      <p>
        <b>{notice.message}</b> {notice.hint}
      </p>
      <IconButton icon={X} label="Put away" onClick={() => dashboard.store.put({ notice: null })} />
    </div>
  )
}

/** Warns of the token's end, from two weeks ahead; put away, it stays away until the next day. */
export function TokenBar(): React.ReactNode {
  const { view } = useWorkbench()
  const [putAway, setPutAway] = useState(() => localStorage.getItem(PUT_AWAY))
  const token = useTokenText()
  if (token === null || token.id === putAway) return null
  return (
    <output className={styles['strip']}>
      <TriangleAlert size={15} aria-hidden="true" />
      <p title={token.text}>
        {token.text}{' '}
        <Button kind="quiet" onClick={() => view.put({ page: 'settings' })}>
          Settings
        </Button>
      </p>
      <IconButton
        icon={X}
        label="Put away until tomorrow"
        onClick={() => {
          localStorage.setItem(PUT_AWAY, token.id)
          setPutAway(token.id)
        }}
      />
    </output>
  )
}

/** The day is remembered, so that the strip is there from the first frame on and moves nothing when the core answers. */
function useTokenText(): ReturnType<typeof tokenText> {
  const session = useDashboard((state) => state.session)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const [atStart] = useState(() => ({ day: localStorage.getItem(LAST_DAY), nowMs: Date.now() }))
  const day = session?.tokenExpiresOn
  useEffect(() => {
    if (day !== undefined) localStorage.setItem(LAST_DAY, day ?? '')
  }, [day])
  return day === undefined ? tokenText(atStart.day, atStart.nowMs) : tokenText(day, startOfMinute(nowMinute))
}

/**
 * What is said of a token that ends soon or has ended; null where that is nothing. `day` is its last one; `id` is another
 * one tomorrow, and for another token.
 */
export function tokenText(day: string | null, nowMs: number): { text: string; id: string } | null {
  const { state, daysLeft } = tokenExpiry(day, nowMs)
  if (day === null || state === 'unknown' || state === 'fine') return null
  const date = dates.format(Date.parse(day))
  const text =
    state === 'expired'
      ? `The API token ended on ${date}. Make a new one.`
      : `The API token ends ${whenText(daysLeft)}${date}. Make a new one.`
  return { text, id: `${day} ${daysLeft}` }
}

function whenText(daysLeft: number): string {
  if (daysLeft > 1) return `in ${daysLeft} days, on `
  return daysLeft === 1 ? 'tomorrow, on ' : 'today, on '
}

import { Tooltip } from 'radix-ui'
import {
  Activity,
  lazy,
  Suspense,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { EventPayload } from '../../src-shared/contract/events.ts'
import { messageOf } from '../../src-shared/errors/app-error.ts'
import { useChartModel } from '../chart/use-chart-model.ts'
import { ChartPanel } from '../chart/chart-panel.tsx'
import { Button } from '../controls/button.tsx'
import { AlertBanner } from '../alerts/alert-banner.tsx'
import { FirstSteps } from '../first-steps/first-steps.tsx'
import { useIsDark } from '../settings/preferences.ts'
import { useStore } from '../state-store.ts'
import { Announcer } from './announcer.tsx'
import styles from './app.module.css'
import { FullPage, NotLoaded, Outdated, SignedOut } from '../status/away.tsx'
import { useBarMoves } from './bar-moves.ts'
import { Bars, TokenBar } from './bars.tsx'
import { commandsFor, forScope, type Command } from './commands.ts'
import { Dialogs } from './dialogs.tsx'
import { Header } from './header.tsx'
import { useKeys } from './keys.ts'
import { SidePanel } from './side-panel.tsx'
import { StatusLine } from '../status/status-line.tsx'
import { StoreAction, StoreCard, useStoreText } from '../status/store-status.tsx'
import { emptyRunsPage, useConnection, useDashboard, useView, useWorkbench } from './workbench.ts'

const pages = {
  runs: lazyPage('runs', async () => (await import('../runs-page/runs-page.tsx')).RunsPage),
  servers: lazyPage('team servers', async () => (await import('../servers/servers-page.tsx')).ServersPage),
  settings: lazyPage('settings', async () => (await import('../settings/settings-page.tsx')).SettingsPage),
}

/** The window: its pages, or the reason why there are none. */
export function App(): React.ReactNode {
  const connection = useConnection()
  const tv = useView((state) => state.tv)
  const isScreen = useStore(useWorkbench().transport.scope, (held) => held === 'display')
  if (connection === 'signed-out') return <SignedOut />
  if (connection === 'outdated') return <Outdated isScreen={isScreen} />
  return (
    <>
      {!isScreen && (
        <Activity mode={tv === null ? 'visible' : 'hidden'}>
          <Tooltip.Provider delayDuration={400}>
            <Pages />
          </Tooltip.Provider>
        </Activity>
      )}
      {(isScreen || tv !== null) && (
        <Suspense>
          <TvPage mayLeave={!isScreen} />
        </Suspense>
      )}
    </>
  )
}

/** A file of its own, as the pages are. */
const TvPage = lazy(async (): Promise<{ default: React.ComponentType<{ mayLeave: boolean }> }> => {
  const loaded = await import('../tv/tv-page.tsx').catch(() => null)
  return { default: loaded?.TvPage ?? (() => <NotLoaded what="TV view" />) }
})

/** The dashboard, the runs and the settings. Those that are not shown keep their state and take no keys. */
function Pages(): React.ReactNode {
  const commands = useCommands()
  useMenu(commands)
  useAlertNotices()
  useRunsPageReset()
  const page = useView((state) => state.page)
  const failed = useDashboard((state) => state.session === null && state.startFailure !== null)
  return (
    <>
      <Activity mode={page === 'dashboard' ? 'visible' : 'hidden'}>
        {failed ? <StartFailed commands={commands} /> : <DashboardPage commands={commands} />}
      </Activity>
      <LazyPage name="runs" commands={commands} />
      <LazyPage name="settings" commands={commands} />
      <LazyPage name="servers" commands={commands} />
      <Dialogs commands={commands} />
    </>
  )
}

function DashboardPage({ commands }: { commands: readonly Command[] }): React.ReactNode {
  return (
    <div className={styles['page']}>
      <Header />
      <TokenBar />
      <AlertBanner />
      <FirstSteps />
      <main className={styles['main']}>
        <Chart commands={commands} />
        <SidePanel />
        <div className={styles['foot']}>
          <StoreCard />
          <Bars on="dashboard" />
        </div>
      </main>
      <StatusLine />
    </div>
  )
}

/** Says outside of the window what begins to ring. */
function useAlertNotices(): void {
  const { transport, view } = useWorkbench()
  useEffect(() => {
    let isGone = false
    let leave = (): void => {}
    const show = (address: string): void => {
      view.put({ page: 'dashboard' })
      location.hash = address
    }
    // Where its file does not come, what rings is in the window all the same.
    import('../alerts/alert-notices.ts').then(
      ({ followAlerts }) => void (isGone || (leave = followAlerts(transport.client, show))),
      () => {},
    )
    return () => {
      isGone = true
      leave()
    }
  }, [transport, view])
}

/** What goes by the bars, and changes with each of them; nothing around it does. */
function Chart({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const model = useChartModel()
  useKeys(commands, useBarMoves(model))
  return (
    <>
      <ChartPanel model={model} />
      <Announcer model={model} />
    </>
  )
}

function useCommands(): readonly Command[] {
  const workbench = useWorkbench()
  const run = useDashboard((state) => state.run)
  const savedViews = useDashboard((state) => state.savedViews)
  const following = useDashboard((state) => state.following)
  const filter = useDashboard((state) => state.filter)
  const session = useDashboard((state) => state.session)
  const startFailure = useDashboard((state) => state.startFailure)
  const storeStatus = useDashboard((state) => state.storeStatus)
  const shownView = useView((state) => state.view)
  const asTable = useView((state) => state.asTable)
  const zoomedFrom = useView((state) => state.zoomedFrom)
  const held = useStore(workbench.transport.scope, (known) => known)
  // Whoever would do it is out of reach; what is known can be looked at.
  const scope = useConnection() === 'connected' ? held : 'read'
  const isDark = useIsDark(useView((state) => state.theme))
  return useMemo(
    () =>
      forScope(
        commandsFor(
          workbench,
          { run, following, filter, savedViews, session, startFailure, storeStatus },
          { view: shownView, asTable, zoomedFrom },
          isDark,
        ),
        scope,
      ),
    [
      workbench,
      run,
      following,
      filter,
      savedViews,
      session,
      startFailure,
      storeStatus,
      shownView,
      asTable,
      zoomedFrom,
      isDark,
      scope,
    ],
  )
}

/** Does what is chosen in the desktop's menu: its items have the names of our commands. */
function useMenu(commands: readonly Command[]): void {
  const { client } = useWorkbench().transport
  const onChoice = useEffectEvent(({ command }: EventPayload<'menu.chosen'>) => {
    commands.find(({ id, enabled }) => id === command && enabled)?.run()
  })
  useEffect(() => client.on('menu.chosen', onChoice), [client])
}

/** In place of the dashboard when nothing at all could be learnt from the core. */
function StartFailed({ commands }: { commands: readonly Command[] }): React.ReactNode {
  useKeys(commands, () => {})
  const { dashboard, view } = useWorkbench()
  const failure = useDashboard((state) => state.startFailure)
  const canFallBack = useDashboard((state) => state.storeStatus?.canFallBack)
  return (
    <FullPage title={failure ? messageOf(failure) : 'The dashboard could not start.'}>
      {failure?.hint !== '' && <p>{failure?.hint}</p>}
      <StoreAway />
      <div className={styles['buttons']}>
        <StoreAction kind="primary" />
        <Button kind={canFallBack ? 'plain' : 'primary'} onClick={() => dashboard.reload()}>
          Try again
        </Button>
        <Button onClick={() => view.put({ page: 'settings' })}>Settings</Button>
      </div>
      <Bars on="dashboard" />
    </FullPage>
  )
}

/** Where a store that is out of reach keeps the dashboard from starting: for how long, and that it opens by itself. */
function StoreAway(): React.ReactNode {
  const store = useStoreText()
  const comesBack = useDashboard((state) => state.storeStatus?.canFallBack)
  return store && comesBack && <p>This has lasted {store.lasts}. The dashboard opens by itself after it.</p>
}

type Page = React.ComponentType<{ readonly commands: readonly Command[] }>

/** A page is a file of its own: most starts of the window go by without it. */
function lazyPage(what: string, load: () => Promise<Page>): React.LazyExoticComponent<Page> {
  return lazy(async () => ({ default: await load().catch(() => () => <NotLoaded what={what} />) }))
}

/** A page, from the first time that it is opened. What it shows and what was filled in stays while another is shown. */
function LazyPage(props: { name: keyof typeof pages; commands: readonly Command[] }): React.ReactNode {
  const { name, commands } = props
  const open = useView((state) => state.page === name)
  const [wasOpen, setWasOpen] = useState(open)
  useReturningFocus(open)
  if (open && !wasOpen) setWasOpen(true)
  if (!wasOpen) return null
  const Page = pages[name]
  return (
    <Activity mode={open ? 'visible' : 'hidden'}>
      <Suspense>
        <Page commands={commands} />
      </Suspense>
    </Activity>
  )
}

/** Of another Jira, the run that was looked at says nothing; also where that is chosen while its page is not shown. */
function useRunsPageReset(): void {
  const { transport, view } = useWorkbench()
  useEffect(
    () => transport.client.on('session.changed', () => view.put({ runsPage: emptyRunsPage })),
    [transport, view],
  )
}

/** Gives the focus back to where it was when a page was opened, as soon as that is closed. */
function useReturningFocus(open: boolean): void {
  const before = useRef<Element>(null)
  // Before the frame in which what had the focus is hidden, and loses it.
  useLayoutEffect(() => {
    if (!open) return undefined
    before.current = document.activeElement
    return () => {
      if (before.current instanceof HTMLElement) before.current.focus()
    }
  }, [open])
}

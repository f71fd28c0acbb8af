import { Activity, lazy, Suspense, useEffect, useState } from 'react'
import { Button } from '../controls/button.tsx'
import type { Command } from './commands.ts'
import { useReturningFocus } from './focus.ts'
import { FullPage } from './full-page.tsx'
import { emptyRunsPage } from './view-state.ts'
import { useView, useWorkbench } from './workbench.ts'

/** A page is a file of its own: most starts of the window go by without it. */
const Runs = lazy(() =>
  import('../runs-page/runs-page.tsx').then(
    ({ RunsPage }) => ({ default: RunsPage }),
    () => ({ default: () => <NotLoaded what="runs" /> }),
  ),
)

const Settings = lazy(() =>
  import('../settings/settings-page.tsx').then(
    ({ SettingsPage }) => ({ default: SettingsPage }),
    () => ({ default: () => <NotLoaded what="settings" /> }),
  ),
)

const pages = { runs: Runs, settings: Settings } as const

/** A page, from the first time that it is opened. What it shows and what was filled in stays while another is shown. */
export function LazyPage(props: { name: keyof typeof pages; commands: readonly Command[] }): React.ReactNode {
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
export function useRunsPageReset(): void {
  const { transport, view } = useWorkbench()
  useEffect(
    () => transport.client.on('session.changed', () => view.put({ runsPage: emptyRunsPage })),
    [transport, view],
  )
}

function NotLoaded({ what }: { what: string }): React.ReactNode {
  return (
    <FullPage title={`The ${what} could not be loaded. Nothing was changed.`}>
      <Button kind="primary" onClick={() => location.reload()}>
        Load the window anew
      </Button>
    </FullPage>
  )
}

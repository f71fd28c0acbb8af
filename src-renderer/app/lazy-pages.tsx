import { Activity, lazy, Suspense, useEffect, useState } from 'react'
import { Button } from '../controls/button.tsx'
import type { Command } from './commands.ts'
import { useReturningFocus } from './focus.ts'
import { FullPage } from './full-page.tsx'
import { emptyRunsPage } from './view-state.ts'
import { useView, useWorkbench } from './workbench.ts'

type Page = React.ComponentType<{ readonly commands: readonly Command[] }>

const pages = {
  runs: lazyPage('runs', async () => (await import('../runs-page/runs-page.tsx')).RunsPage),
  settings: lazyPage('settings', async () => (await import('../settings/settings-page.tsx')).SettingsPage),
}

/** A page is a file of its own: most starts of the window go by without it. */
function lazyPage(what: string, load: () => Promise<Page>): React.LazyExoticComponent<Page> {
  return lazy(async () => ({ default: await load().catch(() => () => <NotLoaded what={what} />) }))
}

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

import { Activity, lazy, Suspense, useEffect, useState } from 'react'
import type { Command } from '../app/commands.ts'
import { FullPage } from '../app/full-page.tsx'
import { useReturningFocus } from '../app/focus.ts'
import { useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'

/** The page is a file of its own: most starts of the window go by without it. */
const RunsPage = lazy(() =>
  import('./runs-page.tsx').then(
    ({ RunsPage: default_ }) => ({ default: default_ }),
    () => ({ default: NotLoaded }),
  ),
)

/** The runs, from the first time that they are opened. What they show stays while the dashboard is shown. */
export function RunsDoor({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const open = useView((state) => state.page === 'runs')
  const [wasOpen, setWasOpen] = useState(open)
  useReturningFocus(open)
  useOtherSession()
  if (open && !wasOpen) setWasOpen(true)
  if (!wasOpen) return null
  return (
    <Activity mode={open ? 'visible' : 'hidden'}>
      <Suspense>
        <RunsPage commands={commands} />
      </Suspense>
    </Activity>
  )
}

/** Of another Jira, what was looked at says nothing; also where that is chosen while the page is not shown. */
function useOtherSession(): void {
  const { door, view } = useWorkbench()
  useEffect(
    () =>
      door.client.on('session.changed', () =>
        view.set((state) => ({ ...state, runsPage: { runId: null, span: null, ask: null } })),
      ),
    [door, view],
  )
}

function NotLoaded(): React.ReactNode {
  return (
    <FullPage title="The runs could not be loaded. Nothing was changed.">
      <Button kind="primary" onClick={() => location.reload()}>
        Load the window anew
      </Button>
    </FullPage>
  )
}

import { lazy, Suspense, useEffect, useState } from 'react'
import { failureOf, toWireError } from '../../src-shared/errors/app-error.ts'
import { useDashboard, useMay, useWorkbench } from '../app/workbench.ts'

const Card = lazy(async () => ({
  default: (await import('./first-steps-card.tsx')).FirstStepsCard,
}))

/** What a new workspace suggests to do first: in the sandbox alone, to who may change settings, until it is put away. */
export function FirstSteps(): React.ReactNode {
  const isSandbox = useDashboard((state) => state.session?.site.kind === 'sandbox')
  const mayChange = useMay('admin')
  const { isShown, putAway } = useFirstSteps(isSandbox && mayChange)
  if (!isShown) return null
  return (
    <Suspense>
      <Card onPutAway={putAway} />
    </Suspense>
  )
}

function useFirstSteps(mayBeShown: boolean) {
  const { transport, dashboard } = useWorkbench()
  const [isPutAway, setPutAway] = useState(true)
  useEffect(() => {
    if (!mayBeShown) return undefined
    let isGone = false
    // Where it cannot be read, the settings say why: a suggestion can do without.
    transport.client.call('settings.firstSteps', {}).then(
      ({ putAway }) => void (isGone || setPutAway(putAway)),
      () => {},
    )
    return () => void (isGone = true)
  }, [mayBeShown, transport])
  return {
    isShown: mayBeShown && !isPutAway,
    /** It goes at once; where the workspace could not keep that, it says so and will be back at the next start. */
    putAway: (): void => {
      setPutAway(true)
      transport.client.call('settings.putFirstStepsAway', {}).catch((error: unknown) => {
        const { message, hint } = failureOf(toWireError(error))
        dashboard.store.put({ notice: { kind: 'failed', message, hint } })
      })
    },
  }
}

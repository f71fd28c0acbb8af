import { Button } from '../controls/button.tsx'
import { useDashboard, useMay, useWorkbench } from './workbench.ts'

interface StoreActionProps {
  readonly kind?: 'primary' | 'plain'
  readonly onPress?: () => void
}

/** What a person can do about a store that is out of reach, or that is back: one button, or none. */
export function StoreAction({ kind = 'plain', onPress }: StoreActionProps): React.ReactNode {
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
  const stopRun = (): void => view.set((state) => ({ ...state, dialog: 'stop-run' }))
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

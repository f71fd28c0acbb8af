import { useRef } from 'react'
import { standingOf, withHidden, withOnly, type Condition } from '../../src-shared/domain/ticket-filter.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'

/** So long (ms) a finger rests on it to hide. */
const LONG_PRESS_MS = 500

interface FilterButtonProps {
  readonly condition: Pick<Condition, 'field' | 'value'>
  readonly className: string | undefined
  readonly children: React.ReactNode
}

/** Leaves the tickets of one value alone, again all; with Shift, by the right button or a long press it hides them. */
export function FilterButton({ condition, className, children }: FilterButtonProps): React.ReactNode {
  const { dashboard } = useWorkbench()
  const standing = useDashboard(({ filter }) => standingOf(filter, condition))
  const change = (to: typeof withOnly): void =>
    dashboard.showFields({ filter: to(dashboard.store.get().filter, condition) })
  const hide = useHold(() => change(withHidden))
  return (
    <button
      type="button"
      className={className}
      data-standing={standing}
      aria-pressed={standing === 'only'}
      title={standing === 'only' ? 'All again' : 'Only these; with Shift: hide them'}
      onClick={(event) => {
        if (!hide.wasHeld()) change(event.shiftKey ? withHidden : withOnly)
      }}
      {...hide.handlers}
    >
      {children}
      {standing === 'hidden' && <span className="unseen"> hidden</span>}
    </button>
  )
}

/** What a long press or the right button of a mouse does; `wasHeld`: the click that follows is none. */
function useHold(act: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const held = useRef(false)
  const letGo = (): void => clearTimeout(timer.current)
  return {
    wasHeld: (): boolean => {
      const was = held.current
      held.current = false
      return was
    },
    handlers: {
      onPointerDown: (event: React.PointerEvent): void => {
        held.current = false
        letGo()
        if (event.pointerType !== 'touch') return
        timer.current = setTimeout(() => {
          held.current = true
          act()
        }, LONG_PRESS_MS)
      },
      onPointerUp: letGo,
      onPointerCancel: letGo,
      onPointerLeave: letGo,
      onContextMenu: (event: React.MouseEvent): void => {
        event.preventDefault()
        // Of a finger that rests, the timer says it.
        if ((event.nativeEvent as PointerEvent).pointerType !== 'touch') act()
      },
    },
  }
}

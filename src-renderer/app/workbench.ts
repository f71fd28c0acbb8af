import { createContext, useContext, useLayoutEffect, useState } from 'react'
import { allows, type Scope } from '../../src-shared/contract/schema.ts'
import type { ConnectionState, WindowTransport } from '../client/transport.ts'
import type { DashboardState } from '../live/dashboard-state.ts'
import type { DashboardController } from '../live/dashboard.ts'
import { whileVisible } from '../live/minute-ticker.ts'
import type { Orders } from '../live/orders.ts'
import { useStore, type StateStore } from '../state-store.ts'
import type { ViewState } from './view-state.ts'

/** What every component of the window may use. */
export interface Workbench {
  readonly transport: WindowTransport
  readonly dashboard: DashboardController
  readonly orders: Orders
  readonly view: StateStore<ViewState>
}

export const WorkbenchContext = createContext<Workbench | null>(null)

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext)
  if (workbench === null) throw new Error('A component of the window stands outside its workbench.')
  return workbench
}

/** A part of what the window knows of the core. */
export function useDashboard<S>(select: (state: DashboardState) => S): S {
  return useStore(useWorkbench().dashboard.store, select)
}

/** A part of how the window shows it. */
export function useView<S>(select: (state: ViewState) => S): S {
  return useStore(useWorkbench().view, select)
}

export function useConnection(): ConnectionState {
  return useStore(useWorkbench().transport.connection, (connection) => connection)
}

/** Whether this window may do what takes the scope. */
export function useMay(needed: Scope): boolean {
  return useStore(useWorkbench().transport.scope, (scope) => allows(scope, needed))
}

/** The machine's epoch ms, once a second, and right when it is seen again: for a few words that tick, not for the chart. */
export function useMachineNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useLayoutEffect(() => {
    const tick = (): void => setNow(Date.now())
    // Behind the settings, time went on.
    tick()
    return whileVisible(document, 1_000, tick)
  }, [])
  return now
}

import { createContext, useContext } from 'react'
import type { Door } from '../client/door.ts'
import { useStore } from '../store.ts'
import { createAuditDesk, type AuditDesk, type AuditState } from './audit/audit-desk.ts'
import { createCleanUpDesk, type CleanUpDesk, type CleanUpState } from './clean-up/clean-up-desk.ts'
import { createHistoryDesk, type HistoryDesk } from './history/history-desk.ts'
import type { HistoryState } from './history/history-state.ts'
import { createRunDesk, type RunDesk, type RunState } from './run/run-desk.ts'

/** What the parts of the page work with. */
export interface RunsDesk {
  readonly history: HistoryDesk
  readonly run: RunDesk
  readonly audit: AuditDesk
  readonly cleanUp: CleanUpDesk
  /** Opens all of them, until the returned function is called. */
  readonly open: () => () => void
}

/** `now` is the machine's epoch ms. */
export function createRunsDesk(door: Door, now: () => number): RunsDesk {
  const desk = {
    history: createHistoryDesk(door),
    run: createRunDesk(door),
    audit: createAuditDesk(door.client, now),
    cleanUp: createCleanUpDesk(door),
  }
  return {
    ...desk,
    open() {
      const close = [desk.history, desk.run, desk.audit, desk.cleanUp].map((part) => part.open())
      return () => close.forEach((each) => each())
    },
  }
}

export const RunsDeskContext = createContext<RunsDesk | null>(null)

export function useRunsDesk(): RunsDesk {
  const desk = useContext(RunsDeskContext)
  if (desk === null) throw new Error('A part of the Runs page stands outside it.')
  return desk
}

export function useHistory<S>(select: (state: HistoryState) => S): S {
  return useStore(useRunsDesk().history.store, select)
}

export function useShownRun<S>(select: (state: RunState) => S): S {
  return useStore(useRunsDesk().run.store, select)
}

export function useAudits<S>(select: (state: AuditState) => S): S {
  return useStore(useRunsDesk().audit.store, select)
}

export function useCleanUp<S>(select: (state: CleanUpState) => S): S {
  return useStore(useRunsDesk().cleanUp.store, select)
}

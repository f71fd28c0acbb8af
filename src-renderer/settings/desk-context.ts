import { createContext, useContext } from 'react'
import { useStore } from '../store.ts'
import type { DeskState } from './desk-state.ts'
import type { SettingsDesk } from './settings-desk.ts'

export const DeskContext = createContext<SettingsDesk | null>(null)

export function useDesk(): SettingsDesk {
  const desk = useContext(DeskContext)
  if (desk === null) throw new Error('A part of the settings stands outside their page.')
  return desk
}

/** A part of what the settings' page knows. */
export function useDeskState<S>(select: (state: DeskState) => S): S {
  return useStore(useDesk().store, select)
}

import { createContext, useContext } from 'react'
import { useStore } from '../../store.ts'
import { useField, type FieldState } from '../form/text-field.tsx'
import type { StoreDeskState } from './store-desk-state.ts'
import type { StoreDesk } from './store-desk.ts'
import type { StoreFields } from './store-fields.ts'

export const StoreDeskContext = createContext<StoreDesk | null>(null)

export function useStoreDesk(): StoreDesk {
  const desk = useContext(StoreDeskContext)
  if (desk === null) throw new Error('A part of the settings stands outside their page.')
  return desk
}

/** A part of what the form of the store knows. */
export function useStoreDeskState<S>(select: (state: StoreDeskState) => S): S {
  return useStore(useStoreDesk().store, select)
}

/** A field of the form of the store. */
export function useStoreField(name: keyof StoreFields): FieldState {
  return useField(useStoreDesk(), name)
}

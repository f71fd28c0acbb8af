import { createContext, useContext } from 'react'
import { useStore } from '../../store.ts'
import { useField, type FieldState } from '../form/text-field.tsx'
import type { JiraDeskState } from './jira-desk-state.ts'
import type { JiraDesk } from './jira-desk.ts'
import type { JiraFields } from './jira-fields.ts'

export const JiraDeskContext = createContext<JiraDesk | null>(null)

export function useJiraDesk(): JiraDesk {
  const desk = useContext(JiraDeskContext)
  if (desk === null) throw new Error('A part of the settings stands outside their page.')
  return desk
}

/** A part of what the form of the Jira knows. */
export function useJiraDeskState<S>(select: (state: JiraDeskState) => S): S {
  return useStore(useJiraDesk().store, select)
}

/** A field of the form of the Jira. */
export function useJiraField(name: Exclude<keyof JiraFields, 'watch'>): FieldState {
  return useField(useJiraDesk(), name)
}

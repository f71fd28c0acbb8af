import type { RunProblems } from './profile-request.ts'
import type { RunFields } from './run-fields.ts'

/** What every part of the form is given. */
export interface FormProps {
  readonly fields: RunFields
  readonly problems: RunProblems
  readonly onChange: (part: Partial<RunFields>) => void
}

import { useId, useState } from 'react'
import {
  SPLIT_FIELDS,
  type FieldValues,
  type SplitField,
  type TicketFilter,
} from '../../src-shared/contract/fields.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import {
  conditionsOf,
  conditionText,
  NONE,
  splitName,
  type Condition,
} from '../../src-shared/domain/ticket-filter.ts'
import { useDashboard } from '../app/workbench.ts'
import { conditionOf, fieldLabel, partName } from '../chart/stack.ts'
import { Button } from '../controls/button.tsx'
import { countText, numberText } from '../live/text.ts'
import styles from './field-chips.module.css'
import { useFieldValues } from './field-values.ts'
import { FilterButton } from './filter-button.tsx'

const OF_ALL: readonly SplitField[] = ['project']
const OF_PROJECT: readonly SplitField[] = ['issueType']

/** Over the list, what its tickets are of, with how many: first by project, on demand by each field. Each value leaves its tickets alone. */
export function FieldChips({ part, session }: { part: TimeSpan; session: Session }): React.ReactNode {
  const [isOpen, setOpen] = useState(false)
  const few = session.projectKey === null ? OF_ALL : OF_PROJECT
  const wanted = isOpen ? SPLIT_FIELDS : few
  const { fields, isBusy } = useFieldValues(part, wanted)
  const id = useId()
  return (
    <div className={styles['fields']} data-open={isOpen || undefined} aria-busy={isBusy}>
      <fieldset className={styles['rows']} id={id} aria-label="Fields of these tickets">
        {wanted.map((by) => (
          <FieldRow key={by} by={by} isNamed={isOpen} values={fields?.find((one) => one.by === by) ?? null} />
        ))}
      </fieldset>
      <Button kind="quiet" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Fewer' : 'All fields'}
      </Button>
    </div>
  )
}

interface FieldRowProps {
  readonly by: SplitField
  readonly isNamed: boolean
  /** Null until they are read. */
  readonly values: FieldValues | null
}

function FieldRow({ by, isNamed, values }: FieldRowProps): React.ReactNode {
  const filter = useDashboard((state) => state.filter)
  const parts = values === null ? [] : (values.parts ?? [])
  const chosen = values === null ? [] : chosenAlso(filter, by, parts)
  return (
    <fieldset className={styles['row']} aria-label={fieldLabel(by)}>
      {isNamed && <span className={styles['label']}>{fieldLabel(by)}</span>}
      <div className={styles['chips']}>
        {values === null && <span className="quiet">…</span>}
        {values?.parts === null && (
          <span className="quiet">too many tickets to count: take a shorter span</span>
        )}
        {parts.map((part) => (
          <Chip key={`${part.kind} ${part.value}`} by={by} part={part} />
        ))}
        {chosen.map((condition) => (
          <FilterButton key={conditionText(condition)} className={styles['chip']} condition={condition}>
            <span className={styles['value']}>{valueText(condition)}</span>
          </FilterButton>
        ))}
        {isNamed && values?.overlaps && by !== 'reporter' && parts.length > 0 && (
          <span className={styles['note']}>a ticket may have several</span>
        )}
      </div>
    </fieldset>
  )
}

type Part = NonNullable<FieldValues['parts']>[number]

function Chip({ by, part }: { by: SplitField; part: Part }): React.ReactNode {
  const { kind, total } = part
  if (kind === 'people') return <span className={styles['text']}>{countText(total, 'person', 'people')}</span>
  const condition = conditionOf(by, part)
  const texts = (
    <>
      <span className={styles['value']}>{partName(by, part)}</span> <b>{numberText(total)}</b>
    </>
  )
  if (condition === null) return <span className={styles['text']}>{texts}</span>
  return (
    <FilterButton className={styles['chip']} condition={condition}>
      {texts}
    </FilterButton>
  )
}

/** What the filter names of a field and is not among its most frequent values, here at least. */
function chosenAlso(filter: TicketFilter, by: SplitField, parts: readonly Part[]): Condition[] {
  const shown = parts.map((part) => conditionOf(by, part))
  return conditionsOf(filter).filter(
    (one) => one.field === splitName(by) && !shown.some((condition) => condition?.value === one.value),
  )
}

function valueText({ field, value }: Condition): string {
  if (value === NONE) return `no ${field}`
  if (field !== 'rehearsed') return value
  return value === 'yes' ? 'rehearsed' : 'real'
}

import { Suspense, useId } from 'react'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { lazyPart } from '../controls/lazy-part.tsx'
import { hasFixedRule } from '../live/dashboard-state.ts'
import { hasUnsettled, totalsOf, type ChartModel } from './chart-model.ts'
import { dispersionText } from './dispersion.ts'
import { COLOUR_FIELDS } from '../filter/filter-address.ts'
import { FilterButton } from '../filter/filter-button.tsx'
import styles from './legend.module.css'
import { fieldLabel, stackOf, tokenOf, type StackColour, type StackPart } from './stack.ts'
import { isUnusual } from '../../src-shared/domain/layers/usual-bars.ts'
import usualStyles from '../usual/usual.module.css'

const RuleBars = lazyPart(async () => (await import('../alerts/rule-lines.tsx')).RuleBars)

/** What the marks mean, and of which field they are where it is not the priority. */
export function Legend({ model }: { model: ChartModel | null }): React.ReactNode {
  const field = useDashboard((state) => state.session?.watchedField)
  if (model === null) return <div className={styles['legend']} />
  return (
    <div className={styles['legend']}>
      {model.view === 'distribution' ? (
        <>
          <span className={styles['item']}>
            <span className={styles['minutes']} />
            minutes with so many tickets
          </span>
          <span className={styles['item']}>
            <span className={styles['expected']} />
            expected by chance (Poisson)
          </span>
          <span className={styles['sentence']}>{dispersionText(totalsOf(model.finished))}</span>
        </>
      ) : (
        <>
          {field !== undefined && field.id !== PRIORITY_FIELD && model.split === null && (
            <span>{field.name}</span>
          )}
          {stackOf(model).map((part) => (
            <StackEntry key={part.id} part={part} />
          ))}
          {model.planned !== null && (
            <span className={styles['item']}>
              <PlannedSwatch />
              planned by a run
            </span>
          )}
          {model.compared !== null && (
            <span className={styles['item']}>
              <ComparedSwatch />
              then
            </span>
          )}
          <UsualItems model={model} />
          {model.gaps.length > 0 && (
            <span className={styles['item']}>
              <span className={styles['gap']} />
              not fetched
            </span>
          )}
          {hasUnsettled(model.bins) && (
            <span className={styles['item']}>
              <span className={styles['unsettled']} />
              not settled yet
            </span>
          )}
          <RuleItems model={model} />
          <ColourChoice model={model} />
        </>
      )}
    </div>
  )
}

/** The ways to the bars on which the fixed rules have their lines. */
function RuleItems({ model }: { model: ChartModel }): React.ReactNode {
  const hasRule = useDashboard(hasFixedRule)
  return (
    hasRule && (
      <Suspense fallback={null}>
        <RuleBars model={model} />
      </Suspense>
    )
  )
}

/** What the band behind the bars means, and the triangles on some of them. */
function UsualItems({ model: { usual, bins } }: { model: ChartModel }): React.ReactNode {
  if (usual === null) return null
  return (
    <>
      <span className={styles['item']}>
        <span className={usualStyles['swatch']} />
        usual, 9 in 10
      </span>
      {bins.some((bin, slot) => isUnusual(bin, usual[slot])) && (
        <span className={styles['item']}>
          <span className={usualStyles['triangle']} />
          unusual
        </span>
      )}
    </>
  )
}

/** A part of the bars; a press leaves its tickets alone, or hides them. */
function StackEntry({ part: { name, colour, condition } }: { part: StackPart }): React.ReactNode {
  const swatch = <StackSwatch colour={colour} />
  if (condition === null) {
    return (
      <span className={styles['item']}>
        {swatch}
        {name}
      </span>
    )
  }
  return (
    <FilterButton className={styles['entry']} condition={condition}>
      {swatch}
      <span className={styles['name']}>{name}</span>
    </FilterButton>
  )
}

/** What the bars are coloured by, and what that means for their heights. */
function ColourChoice({ model: { split } }: { model: ChartModel }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const id = useId()
  const splitBy = useDashboard((state) => state.splitBy)
  return (
    <span className={styles['choice']}>
      {split?.overlaps && <span>a ticket may have several: bars may add up to more than the total</span>}
      <label htmlFor={id}>Colour by</label>
      <select
        id={id}
        className={styles['select']}
        value={splitBy ?? ''}
        onChange={({ target }) =>
          dashboard.showFields({ splitBy: COLOUR_FIELDS.find((by) => by === target.value) ?? null })
        }
      >
        {[null, ...COLOUR_FIELDS].map((by) => (
          <option key={by} value={by ?? ''}>
            {fieldLabel(by)}
          </option>
        ))}
      </select>
    </span>
  )
}

/** The colour of a part of the bars. Its name always stands next to it. */
export function StackSwatch({ colour }: { colour: StackColour }): React.ReactNode {
  return (
    <span
      className={styles['swatch']}
      data-shape={colour.of === 'split' ? colour.index : undefined}
      style={{ '--fill': `var(${tokenOf(colour)})` } as React.CSSProperties}
      aria-hidden="true"
    />
  )
}

/** The colour of a priority, by its rank of urgency (0 is the most urgent). Its name always stands next to it. */
export function PrioritySwatch({ rank }: { rank: number }): React.ReactNode {
  return <StackSwatch colour={{ of: 'priority', index: rank }} />
}

/** The outline of what runs have planned. */
export function PlannedSwatch(): React.ReactNode {
  return <span className={styles['planned']} aria-hidden="true" />
}

/** The line of what is compared with. */
export function ComparedSwatch(): React.ReactNode {
  return <span className={styles['compared']} aria-hidden="true" />
}

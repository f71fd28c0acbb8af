import { useMemo, useState } from 'react'
import type { AuditResult, DifferenceKind } from '../../../src-shared/contract/audit.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { useDashboard } from '../../app/workbench.ts'
import { SelectField } from '../../controls/field.tsx'
import { ScrollRegion } from '../../controls/scroll-region.tsx'
import { TicketKey } from '../../tickets/ticket-list.tsx'
import { numberText } from '../../live/text.ts'
import { differencesIn, differencesOf, kindText, whyText, type Difference } from './audit-text.ts'
import { MinuteButton, MoreRows } from './audit-minutes.tsx'
import styles from './table.module.css'

/** Rows drawn at first, and each time that more are asked for. */
const FIRST = 20
const STEP = 100

/** Every slot and ticket that is not where it should be, with the likely reason. */
export function DifferencesTable({ audit, zone }: { audit: AuditResult; zone: string }): React.ReactNode {
  const site = useDashboard((state) => state.session?.site)
  const all = useMemo(() => differencesOf(audit), [audit])
  const { kinds } = audit
  const [kind, setKind] = useState<DifferenceKind | null>(null)
  const [shown, setShown] = useState(FIRST)
  // One that the last check found and this one did not is not filtered by.
  const wanted = kinds.some((known) => known.kind === kind) ? kind : null
  const rows = useMemo(
    () => (wanted === null ? all : all.filter((difference) => difference.kind === wanted)),
    [all, wanted],
  )
  if (all.length === 0 || site === undefined) return null
  const unlisted = audit.moreMissing + audit.moreExtra
  return (
    <>
      {kinds.length > 1 && (
        <div className={styles['filter']}>
          <SelectField
            label="Differences"
            options={[
              ['', `All, ${numberText(differencesIn(audit))}`],
              ...kinds.map(
                (each) => [each.kind, `${kindText(each.kind)}, ${numberText(each.count)}`] as const,
              ),
            ]}
            value={wanted ?? ''}
            onChange={({ target }) => {
              setKind(kinds.find((known) => known.kind === target.value)?.kind ?? null)
              setShown(FIRST)
            }}
          />
        </div>
      )}
      <ScrollRegion className={styles['scroll']} label="Table of differences">
        <table className={styles['table']}>
          <caption className="unseen">Differences, in order of time</caption>
          <thead>
            <tr>
              <th scope="col">Ticket</th>
              <th scope="col">Minute</th>
              <th scope="col">What</th>
              <th scope="col">Likely reason</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((difference) => (
              <Row
                key={JSON.stringify(difference)}
                difference={difference}
                site={site}
                zone={zone}
                audit={audit}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <MoreRows all={rows.length} shown={shown} step={STEP} of="differences" onMore={setShown} />
      {/* Nobody reads through all of them, and they would take long to send. */}
      {unlisted > 0 && <p>And {numberText(unlisted)} more, which are counted and not listed.</p>}
    </>
  )
}

interface RowProps {
  readonly difference: Difference
  readonly site: Session['site']
  readonly zone: string
  readonly audit: AuditResult
}

function Row({ difference, site, zone, audit }: RowProps): React.ReactNode {
  const { key, run, slot, minute, kind } = difference
  // In a run's own audit it goes without saying whose slot it is.
  const whose = [run !== null && run !== audit.run && `run ${run}`, slot !== null && `slot ${slot}`]
  const slotName = whose.filter((part) => part !== false).join(', ')
  return (
    <tr>
      <th scope="row">
        {key !== null && (
          <span className={styles['key']}>
            <TicketKey ticketKey={key} site={site} />
          </span>
        )}
        <span className={styles['whose']} data-alone={key === null || undefined}>
          {slotName === '' && key === null ? 'no ticket' : slotName}
        </span>
      </th>
      <td>
        <MinuteButton minute={minute} zone={zone} dayOfMs={audit.fromMs} />
      </td>
      <td className={styles['what']}>{kindText(kind)}</td>
      <td className={styles['why']}>{whyText(difference)}</td>
    </tr>
  )
}

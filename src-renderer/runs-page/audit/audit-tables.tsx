import { useMemo, useState } from 'react'
import type { AuditMinute, AuditResult, DifferenceKind } from '../../../src-shared/contract/runs/audit.ts'
import { isToCome } from '../../../src-shared/domain/audit-verdict.ts'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { spanOf } from '../../../src-shared/domain/span.ts'
import { useWorkbench, useZone, type Workbench } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { SelectField } from '../../controls/field.tsx'
import { ScrollRegion } from '../../controls/data.tsx'
import { hourAt } from '../../live/calendar.ts'
import { countText, momentText, numberText } from '../../live/text.ts'
import { TicketKey } from '../../tickets/ticket-key.tsx'
import {
  differencesIn,
  differencesOf,
  differingFigures,
  differs,
  kindText,
  whyText,
  type Difference,
} from './audit.ts'
import styles from './table.module.css'

/** Rows drawn at first, and each time that more are asked for. */
const FIRST_DIFFERENCES = 20
const MORE_DIFFERENCES = 100

/** Rows drawn at once: an hour and what overlaps it, or a part of a day. */
const MORE_MINUTES = 120

const figures = ['planned', 'created', 'watched', 'others', 'indexed', 'fetched', 'charted'] as const

/** Every slot and ticket that is not where it should be, with the likely reason. */
export function DifferencesTable({ audit }: { audit: AuditResult }): React.ReactNode {
  const all = useMemo(() => differencesOf(audit), [audit])
  const { kinds } = audit
  const [kind, setKind] = useState<DifferenceKind | null>(null)
  const [shown, setShown] = useState(FIRST_DIFFERENCES)
  // One that the last check found and this one did not is not filtered by.
  const wanted = kinds.some((known) => known.kind === kind) ? kind : null
  const rows = useMemo(
    () => all.filter((difference) => (wanted === null ? !isToCome(difference) : difference.kind === wanted)),
    [all, wanted],
  )
  const found = kinds.filter((each) => !isToCome(each))
  if (found.length === 0) return null
  const listed = all.filter((difference) => !isToCome(difference)).length
  const unlisted = Math.max(0, differencesIn({ kinds: found }) - listed)
  return (
    <>
      {kinds.length > 1 && (
        <div className={styles['filter']}>
          <SelectField
            label="Differences"
            options={[
              ['', `All, ${numberText(differencesIn({ kinds: found }))}`],
              ...kinds.map(
                (each) => [each.kind, `${kindText(each.kind)}, ${numberText(each.count)}`] as const,
              ),
            ]}
            value={wanted ?? ''}
            onChange={({ target }) => {
              setKind(kinds.find((known) => known.kind === target.value)?.kind ?? null)
              setShown(FIRST_DIFFERENCES)
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
              <DifferenceRow key={JSON.stringify(difference)} difference={difference} audit={audit} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <MoreRows all={rows.length} shown={shown} step={MORE_DIFFERENCES} of="differences" onMore={setShown} />
      {/* Nobody reads through all of them, and they would take long to send. */}
      {unlisted > 0 && <p>And {numberText(unlisted)} more, which are counted and not listed.</p>}
    </>
  )
}

function DifferenceRow(props: { difference: Difference; audit: AuditResult }): React.ReactNode {
  const { difference, audit } = props
  const { key, run, slot, minute, kind } = difference
  // In a run's own audit it goes without saying whose slot it is.
  const whose = [run !== null && run !== audit.run && `run ${run}`, slot !== null && `slot ${slot}`]
  const slotName = whose.filter((part) => part !== false).join(', ')
  return (
    <tr>
      <th scope="row">
        {key !== null && (
          <span className={styles['key']}>
            <TicketKey ticketKey={key} />
          </span>
        )}
        <span className={styles['whose']} data-alone={key === null || undefined}>
          {slotName === '' && key === null ? 'no ticket' : slotName}
        </span>
      </th>
      <td>
        <MinuteButton minute={minute} dayOfMs={audit.fromMs} />
      </td>
      <td className={styles['what']}>{kindText(kind)}</td>
      <td className={styles['why']}>{whyText(difference)}</td>
    </tr>
  )
}

/** The same figures minute by minute: those where they differ, and on demand all of them. */
export function AuditMinutes({ audit }: { audit: AuditResult }): React.ReactNode {
  const [wantsAll, setWantsAll] = useState(false)
  const [shown, setShown] = useState(MORE_MINUTES)
  const differing = useMemo(() => audit.minutes.filter(differs), [audit])
  const rows = wantsAll ? audit.minutes : differing
  const total = audit.minutes.length
  return (
    <>
      <p>
        {wantsAll ? allMinutesText(total, differing.length) : differingText(total, differing.length)}{' '}
        <Button
          kind="quiet"
          onClick={() => {
            setWantsAll(!wantsAll)
            setShown(MORE_MINUTES)
          }}
        >
          {wantsAll ? 'Only where they differ' : 'Show every minute'}
        </Button>
      </p>
      {rows.length > 0 && <MinutesTable rows={rows.slice(0, shown)} audit={audit} />}
      <MoreRows all={rows.length} shown={shown} step={MORE_MINUTES} of="minutes" onMore={setShown} />
    </>
  )
}

function differingText(total: number, differing: number): string {
  if (total === 1) return `The figures ${differing === 0 ? 'agree' : 'differ'} in this minute.`
  if (differing === 0) return `The figures agree in each of ${countText(total, 'minute')}.`
  return `The figures differ in ${numberText(differing)} of ${countText(total, 'minute')}.`
}

function allMinutesText(total: number, differing: number): string {
  return differing === 0
    ? differingText(total, differing)
    : `${differingText(total, differing)} A figure that differs from the one before it has a ≠.`
}

function MinutesTable(props: { audit: AuditResult; rows: readonly AuditMinute[] }): React.ReactNode {
  const { rows, audit } = props
  const shown = figures.filter((word) => word !== 'others' || audit.run === null)
  return (
    <ScrollRegion className={styles['scroll']} label="Table of minutes">
      <table className={`${styles['table']} ${styles['figures']}`}>
        <caption className="unseen">Figures by minute</caption>
        <thead>
          <tr>
            {['minute', ...shown].map((word) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((minute) => (
            <MinuteRow key={minute.minute} minute={minute} shown={shown} dayOfMs={audit.fromMs} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

interface MinuteRowProps {
  readonly minute: AuditMinute
  readonly shown: readonly (typeof figures)[number][]
  readonly dayOfMs: number
}

function MinuteRow({ minute, shown, dayOfMs }: MinuteRowProps): React.ReactNode {
  const wrong = differingFigures(minute)
  const isEmpty = shown.every((word) => minute[word] === 0)
  return (
    <tr data-empty={isEmpty || undefined}>
      <th scope="row">
        <MinuteButton minute={minute.minute} dayOfMs={dayOfMs} />
      </th>
      {shown.map((word) => (
        <Figure key={word} count={minute[word]} wrong={wrong.includes(word)} />
      ))}
    </tr>
  )
}

/** Marked by a sign and its weight; colour only helps. */
function Figure({ count, wrong }: { count: number; wrong: boolean }): React.ReactNode {
  if (!wrong) return <td>{numberText(count)}</td>
  return (
    <td data-differs>
      <span aria-hidden="true">≠ </span>
      {numberText(count)}
      <span className="unseen">, differs</span>
    </td>
  )
}

/** A minute; leads to its bar and the tickets behind it. The day of `dayOfMs` goes without saying. */
function MinuteButton({ minute, dayOfMs }: { minute: number; dayOfMs: number }): React.ReactNode {
  const workbench = useWorkbench()
  const zone = useZone()
  return (
    <Button
      kind="quiet"
      title="Show this minute in the chart"
      onClick={() => showMinute(workbench, minute, zone)}
    >
      {momentText(startOfMinute(minute), zone, dayOfMs)}
    </Button>
  )
}

/** Goes to the chart of the hour that a minute is in, with the tickets of its bar listed. */
export function showMinute({ dashboard, view }: Workbench, minute: number, zone: string): void {
  const span = { fromMs: startOfMinute(minute), toMs: startOfMinute(minute + 1) }
  const hour = hourAt(span.fromMs, zone)
  dashboard.showSpan(spanOf(hour.fromMs, hour.toMs))
  dashboard.open(span)
  view.put({ page: 'dashboard', cursor: { at: minute, anchor: minute, by: 'key' } })
}

interface MoreRowsProps {
  /** Rows that are there, and those that are shown of them. */
  readonly all: number
  readonly shown: number
  readonly step: number
  readonly of: string
  readonly onMore: (shown: number) => void
}

/** Below a long table: how much of it is shown, and the way to more. A table of all would take long to draw. */
function MoreRows({ all, shown, step, of, onMore }: MoreRowsProps): React.ReactNode {
  if (all <= shown) return null
  const next = Math.min(step, all - shown)
  return (
    <p>
      The first {numberText(shown)} of {numberText(all)} {of}.{' '}
      <Button kind="quiet" onClick={() => onMore(shown + next)}>
        {numberText(next)} more
      </Button>
    </p>
  )
}

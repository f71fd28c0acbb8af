import type { Comparison } from '../../src-shared/domain/compare/comparison.ts'
import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import {
  conditionsOf,
  conditionText,
  filterText,
  isEverything,
  splitName,
} from '../../src-shared/domain/ticket-filter.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { thenText } from '../../src-shared/domain/compare/compared-bars.ts'
import { intervalFlag } from '../../src-shared/domain/interval.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { type ChartModel } from '../chart/chart-model.ts'
import { perText } from '../chart/chart-text.ts'
import { capital, comparisonText, momentText, notFetchedText, ticketsText, timesText } from '../live/text.ts'
import type { PictureText } from './picture.ts'

/** What a shared chart is of. */
export interface Shared {
  readonly model: ChartModel
  readonly session: Session
  readonly shown: TimeSpan
  readonly comparison: Comparison | null
  readonly filter: TicketFilter
  /** The site's clock. */
  readonly nowMs: number
}

/** `jira-tpm-sandbox-20261124T1330Z-20261124T1430Z`; a name without its ending, that says where something is missing. */
export function fileName({ model, session, shown }: Shared): string {
  const site = session.site.label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const times = [shown.fromMs, shown.toMs].map((ms) => isoInstant(ms).replaceAll(/[-:]|\.\d+/g, ''))
  return ['jira-tpm', site, ...times, ...(model.gaps.length > 0 ? ['incomplete'] : [])].join('-')
}

/** The command that prints the bars that are shown, as numbers of the same span. */
export function commandText({ model, shown, comparison, filter }: Shared): string {
  const times = `--from ${isoInstant(shown.fromMs)} --to ${isoInstant(shown.toMs)}`
  const compare = comparison === null ? '' : ` --compare ${comparison}`
  const only = conditionsOf(filter).map((condition) => ` --only ${shellWord(conditionText(condition))}`)
  const split = model.split === null ? '' : ` --split ${splitName(model.split.by)}`
  const bars = `--interval ${intervalFlag(model.barMinutes)} --zone ${model.zone}`
  return `jira-tpm counts ${times} ${bars}${compare}${only.join('')}${split}`
}

/** A word as a shell takes it. */
function shellWord(text: string): string {
  return /^[\w.,:=/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** What a picture says besides its bars. */
export function pictureText(shared: Shared): PictureText {
  const { model, session, shown, comparison, nowMs, filter } = shared
  const { site, projectKey, version } = session
  const gaps = notFetchedText(model.gaps, { fromMs: shown.fromMs, toMs: nowMs }, model.zone)
  const total = model.bins.reduce((sum, bin) => sum + bin.total, 0)
  const isCompared = comparison !== null && model.compared !== null
  return {
    title: `${gaps === '' ? '' : 'At least '}${ticketsText(total)}, ${timesText(shown, model.zone, nowMs)}`,
    subtitle: [
      projectKey === null ? site.label : `${site.label} · ${projectKey}`,
      isEverything(filter)
        ? model.priorities.map(({ name }) => name).join(' and ')
        : `only ${filterText(filter)}`,
      kindText(model),
      ...(gaps === '' ? [] : [capital(gaps)]),
    ].join(' · '),
    comparedWith: isCompared
      ? thenText(total, model.compared, comparisonText(comparison, model.zone, nowMs))
      : null,
    footer: `Jira TPM ${version} · as of ${momentText(nowMs, model.zone, 0)} · times in ${model.zone}`,
  }
}

function kindText(model: ChartModel): string {
  const { view, finished } = model
  return view === 'distribution'
    ? `how many of ${finished.length} minutes had so many tickets`
    : perText(model) + (model.split?.overlaps ? ', where a ticket may be in several colours' : '')
}

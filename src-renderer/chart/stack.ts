import type { CountsSplit, SplitField } from '../../src-shared/contract/fields.ts'
import { NONE, splitName, type Condition } from '../../src-shared/domain/ticket-filter.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import type { Bin, ChartModel } from './chart-model.ts'

/** What bars are stacked of: a priority, or a part of the split that they are coloured by. */
export interface StackPart {
  readonly id: string
  readonly name: string
  readonly colour: StackColour
  /** What leaves its tickets alone; null where nothing can say that. */
  readonly condition: Pick<Condition, 'field' | 'value'> | null
}

/** A colour of the tokens: of a priority by rank, of a split by place, `other`, `none` and `unknown` last. */
export interface StackColour {
  readonly of: 'priority' | 'split'
  readonly index: number
}

/** What the bars are coloured by instead of the priority. */
export interface ModelSplit {
  readonly by: SplitField
  /** The parts of a bar may add up to more than its tickets. */
  readonly overlaps: boolean
  readonly parts: readonly StackPart[]
}

const RANKS = 5
const REST = ['other', 'none', 'unknown'] as const
export const SPLIT_COLOURS = RANKS + REST.length

/** `--priority-1`, `--split-3`. Ranks beyond the last share its colour. */
export function tokenOf({ of, index }: StackColour): string {
  return `--${of}-${Math.min(index, of === 'priority' ? RANKS - 1 : SPLIT_COLOURS - 1) + 1}`
}

/** What the bars of a chart are stacked of, the lowest first. */
export function stackOf({
  priorities,
  split,
}: Pick<ChartModel, 'priorities' | 'split'>): readonly StackPart[] {
  return split?.parts ?? priorities.map(priorityPart)
}

function priorityPart({ id, name }: Priority, index: number): StackPart {
  return { id, name, colour: { of: 'priority', index }, condition: { field: 'priority', value: name } }
}

/** How many tickets of a bar each part has. */
export function stackedIn({ parts, byPriority }: Bin): readonly number[] {
  return parts ?? byPriority
}

/** Which colour a field's value has, by its name: while others come and go it keeps that. */
export type SplitColours = Readonly<Record<string, number>>

const nameOf = (by: SplitField, value: string | null): string => `${by} ${value ?? ''}`

/** The colours of a split's values, where they have none yet those that none of its others has. The same object where none is new. */
export function coloursWith(known: SplitColours, { by, parts }: CountsSplit): SplitColours {
  const names = parts.filter(({ kind }) => kind === 'value').map(({ value }) => nameOf(by, value))
  const next: Record<string, number> = {}
  const taken = new Set<number>()
  const give = (name: string, index: number): void => {
    next[name] = index
    taken.add(index)
  }
  for (const name of names) {
    const index = known[name]
    if (index !== undefined && !taken.has(index)) give(name, index)
  }
  for (const name of names) {
    if (next[name] === undefined) give(name, [0, 1, 2, 3, 4].find((index) => !taken.has(index)) ?? 0)
  }
  return names.every((name) => known[name] === next[name]) ? known : { ...known, ...next }
}

export function modelSplit(split: CountsSplit, known: SplitColours = {}): ModelSplit {
  const { by, overlaps, parts } = split
  const colours = coloursWith(known, split)
  return { by, overlaps, parts: parts.map((part) => splitPart(by, part, colours)) }
}

function splitPart(
  by: SplitField,
  { kind, value }: CountsSplit['parts'][number],
  colours: SplitColours,
): StackPart {
  const rest = REST.findIndex((name) => name === kind)
  const index = rest === -1 ? (colours[nameOf(by, value)] ?? 0) : RANKS + rest
  const colour = { of: 'split' as const, index }
  const condition = conditionOf(by, { kind, value })
  return { id: `${kind} ${value ?? ''}`, name: partName(by, { kind, value }), colour, condition }
}

/** What leaves the tickets of a part alone: of a field's value, or of none; null where nothing can say that. */
export function conditionOf(
  by: SplitField,
  { kind, value }: Pick<CountsSplit['parts'][number], 'kind' | 'value'>,
): Pick<Condition, 'field' | 'value'> | null {
  if (kind === 'none' && (by === 'component' || by === 'label')) return { field: by, value: NONE }
  if (kind !== 'value' || value === null || by === 'reporter') return null
  if (by === 'rehearsed') return { field: 'rehearsed', value: value === 'rehearsed' ? 'yes' : 'no' }
  return { field: splitName(by) as Condition['field'], value }
}

/** How a part is called: `Bug`, `other`, `no label`, `not known`. */
export function partName(
  by: SplitField,
  { kind, value }: Pick<CountsSplit['parts'][number], 'kind' | 'value'>,
): string {
  if (kind === 'none') return by === 'reporter' ? 'nobody' : `no ${splitName(by)}`
  return { value: value ?? '', other: 'other', unknown: 'not known', people: 'people' }[kind]
}

/** What a field is called where people choose it. */
export function fieldLabel(by: SplitField | null): string {
  if (by === null) return 'Priority'
  const labels = { project: 'Project', issueType: 'Type', component: 'Component', label: 'Label' }
  return { ...labels, reporter: 'Reporter', rehearsed: 'Origin' }[by]
}

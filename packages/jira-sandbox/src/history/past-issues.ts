import {
  COMPONENTS,
  ISSUE_TYPES,
  REPORTERS,
  RESOLUTIONS,
  SEVERITIES,
  STATUSES,
  type CatalogIssueType,
} from '../catalog.ts'
import type { NewIssue } from '../issues/issue-record.ts'
import { historyText } from './history-text.ts'
import { randomNumbers, type RandomNumbers } from './random.ts'

/** What is drawn, each with its share of all; the last has what the others leave. */
type Shares<T> = readonly (readonly [drawn: T, share: number])[]

/** Most tickets are ordinary, some are why people watch the chart. */
const PRIORITIES: Shares<number> = [
  [1, 0.12],
  [2, 0.24],
  [3, 0.38],
  [4, 0.18],
  [5, 0.08],
]
const PRIORITIES_OF_OUTAGE: Shares<number> = [
  [1, 0.36],
  [2, 0.5],
  [3, 0.1],
  [4, 0.04],
]
const [TASK, BUG, , INCIDENT, REQUEST] = ISSUE_TYPES
const TYPES: Shares<CatalogIssueType> = [
  [TASK, 0.26],
  [BUG, 0.3],
  [INCIDENT, 0.1],
  [REQUEST, 0.34],
]
const TYPES_OF_OUTAGE: Shares<CatalogIssueType> = [
  [INCIDENT, 0.7],
  [BUG, 0.2],
  [REQUEST, 0.1],
]
const LABELS: Shares<readonly string[]> = [
  [['customer'], 0.2],
  [['internal'], 0.13],
  [['customer', 'recurring'], 0.1],
  [['how-to'], 0.09],
  [['regression'], 0.06],
  [['third-party'], 0.04],
  [['security'], 0.03],
  [[], 0.35],
]
const LABELS_OF_OUTAGE: Shares<readonly string[]> = [
  [['customer', 'outage'], 0.6],
  [['outage'], 0.15],
  [['customer'], 0.15],
  [[], 0.1],
]
/** Monitoring tells of an outage first, and often. */
const MONITORING = 2

/** The newest tickets of a past are not looked at yet, old ones are mostly done. Shares by age in hours. */
const PROGRESS = [
  { untilHours: 1, done: 0.05, begun: 0.3 },
  { untilHours: 24, done: 0.35, begun: 0.3 },
  { untilHours: 72, done: 0.7, begun: 0.15 },
  { untilHours: Infinity, done: 0.93, begun: 0.03 },
] as const
const MS_PER_HOUR = 3_600_000
const [TO_DO, IN_PROGRESS, DONE] = STATUSES
const [FIXED, WONT_DO, DUPLICATE] = RESOLUTIONS

/** Texts repeat after this many: inventing a million takes longer than storing them. */
const MAX_TEXTS = 2_000

/** When a ticket of the past was made. */
export interface PastMoment {
  readonly isOutage: boolean
  readonly ageMs: number
}

/** What the tickets of a past are, one after the other, but for their project. The same seed gives the same ones. */
export function drawPastIssues(options: {
  readonly seed: number
  readonly hasSeverity: boolean
}): (moment: PastMoment) => Omit<NewIssue, 'projectKey'> {
  const { seed, hasSeverity } = options
  const random = randomNumbers(seed + 1)
  const people = randomNumbers(seed + 6)
  const work = randomNumbers(seed + 7)
  const nextText = drawTexts(seed)
  const severityId = hasSeverity ? drawSeverities(seed) : () => null
  return (moment) => {
    const { isOutage } = moment
    return {
      ...nextText(),
      typeId: drawn(random(), isOutage ? TYPES_OF_OUTAGE : TYPES).id,
      priorityId: drawn(random(), isOutage ? PRIORITIES_OF_OUTAGE : PRIORITIES),
      labels: drawn(random(), isOutage ? LABELS_OF_OUTAGE : LABELS),
      properties: [],
      severityId: severityId(),
      ...whatAndWho(people, isOutage),
      ...progress(work, moment),
    }
  }
}

/** One of the projects of a past: which share of its tickets it has, and which of those of an outage. */
export interface PastProject {
  readonly key: string
  readonly share: number
  readonly shareOfOutage: number
}

/** The project of each ticket, by its key. */
export function drawProjects(seed: number, projects: readonly PastProject[]): (isOutage: boolean) => string {
  const random = randomNumbers(seed + 8)
  const shares = projects.map(({ key, share }) => [key, share] as const)
  const sharesOfOutage = projects.map(({ key, shareOfOutage }) => [key, shareOfOutage] as const)
  return (isOutage) => drawn(random(), isOutage ? sharesOfOutage : shares)
}

function drawn<T>(uniform: number, shares: Shares<T>): T {
  let left = uniform
  const found = shares.find(([_one, share]) => (left -= share) < 0) ?? shares.at(-1)
  if (found === undefined) throw new Error('there is nothing to draw')
  return found[0]
}

/** How far a ticket has come. Many that tell of the same outage are duplicates. */
function progress(random: RandomNumbers, { isOutage, ageMs }: PastMoment) {
  const { done, begun } = PROGRESS.find(({ untilHours }) => ageMs < untilHours * MS_PER_HOUR) ?? PROGRESS[3]
  const statusId = drawn<number>(random(), [
    [DONE.id, done],
    [IN_PROGRESS.id, begun],
    [TO_DO.id, 1],
  ])
  const resolutionId = drawn<number>(random(), [
    [DUPLICATE.id, isOutage ? 0.55 : 0.1],
    [WONT_DO.id, 0.08],
    [FIXED.id, 1],
  ])
  return { statusId, resolutionId: statusId === DONE.id ? resolutionId : null }
}

type Text = Pick<NewIssue, 'title' | 'description'>

function drawTexts(seed: number): () => Text {
  const random = randomNumbers(seed + 3)
  const texts: Text[] = []
  let next = 0
  return () => {
    const n = next++ % MAX_TEXTS
    if (texts[n] === undefined) {
      const { title, paragraphs } = historyText(random)
      texts[n] = { title, description: document(paragraphs) }
    }
    return texts[n]
  }
}

/**
 * What a ticket is about, mostly one component, in an outage nearly always the same; and who reported it: a few report
 * most.
 */
function whatAndWho(random: RandomNumbers, isOutage: boolean): Pick<NewIssue, 'componentIds' | 'reporterId'> {
  const [first = 0, second = 0] = [random(), random()].map((uniform) =>
    Math.floor(uniform ** (isOutage ? 5 : 1.5) * COMPONENTS.length),
  )
  const several = random()
  const chosen = several < 0.2 ? [] : several < 0.9 ? [first] : [first, second]
  const componentIds = COMPONENTS.filter((_component, n) => chosen.includes(n)).map(({ id }) => id)
  const who = random()
  const reporterId = isOutage && who < 0.5 ? MONITORING : Math.floor(who ** 2 * (REPORTERS.length + 1))
  return { componentIds, reporterId }
}

/** Each as often as no severity at all. */
function drawSeverities(seed: number): () => number | null {
  const random: RandomNumbers = randomNumbers(seed + 2)
  return () => SEVERITIES[Math.floor(random() * (SEVERITIES.length + 1))]?.id ?? null
}

/** An Atlassian document of plain paragraphs. */
function document(paragraphs: readonly string[]): object {
  const content = paragraphs.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] }))
  return { type: 'doc', version: 1, content }
}

import { COMPONENTS, ISSUE_TYPES, REPORTERS, SEVERITIES } from '../catalog.ts'
import type { NewIssue } from '../issues/issue-record.ts'
import { historyText } from './history-text.ts'
import { randomNumbers, type RandomNumbers } from './random.ts'

type Shares = readonly (readonly [priorityId: number, share: number])[]

/** Share of tickets of each priority id: most are ordinary, some are why people watch the chart. */
const USUAL_SHARES: Shares = [
  [1, 0.12],
  [2, 0.24],
  [3, 0.38],
  [4, 0.18],
  [5, 0.08],
]
const SHARES_OF_OUTAGE: Shares = [
  [1, 0.36],
  [2, 0.5],
  [3, 0.1],
  [4, 0.04],
]
const LABELS: readonly (readonly string[])[] = [[], [], ['customer'], ['internal'], ['customer', 'recurring']]

/** Texts repeat after this many: inventing a million takes longer than storing them. */
const MAX_TEXTS = 2_000

/** What the tickets of a past are, one after the other. The same seed gives the same ones. */
export function drawPastIssues(options: {
  readonly projectKey: string
  readonly seed: number
  readonly hasSeverity: boolean
}): (isOutage: boolean) => NewIssue {
  const { projectKey, seed, hasSeverity } = options
  const random = randomNumbers(seed + 1)
  const people = randomNumbers(seed + 6)
  const nextText = drawTexts(seed)
  const severityId = hasSeverity ? drawSeverities(seed) : () => null
  return (isOutage) => ({
    projectKey,
    ...nextText(),
    typeId: (random() < 0.6 ? ISSUE_TYPES[0] : ISSUE_TYPES[1])?.id ?? 0,
    priorityId: drawPriority(random(), isOutage ? SHARES_OF_OUTAGE : USUAL_SHARES),
    labels: LABELS[Math.floor(random() * LABELS.length)] ?? [],
    properties: [],
    severityId: severityId(),
    ...whatAndWho(people, isOutage),
  })
}

type Text = Pick<NewIssue, 'title' | 'description'>

function drawTexts(seed: number): () => Text {
  const random = randomNumbers(seed + 3)
  const texts: Text[] = []
  let drawn = 0
  return () => {
    const n = drawn++ % MAX_TEXTS
    if (texts[n] === undefined) {
      const { title, paragraphs } = historyText(random)
      texts[n] = { title, description: document(paragraphs) }
    }
    return texts[n]
  }
}

function drawPriority(uniform: number, shares: Shares): number {
  let left = uniform
  for (const [id, share] of shares) {
    if (left < share) return id
    left -= share
  }
  return 3
}

/**
 * What a ticket is about, mostly one component, in an outage nearly always the same; and who reported it: a few report
 * most.
 */
function whatAndWho(random: RandomNumbers, isOutage: boolean): Pick<NewIssue, 'componentIds' | 'reporterId'> {
  const [first = 0, second = 0] = [random(), random()].map((drawn) =>
    Math.floor(drawn ** (isOutage ? 5 : 1.5) * COMPONENTS.length),
  )
  const several = random()
  const chosen = several < 0.2 ? [] : several < 0.9 ? [first] : [first, second]
  const componentIds = COMPONENTS.filter((_component, n) => chosen.includes(n)).map(({ id }) => id)
  return { componentIds, reporterId: Math.floor(random() ** 2 * (REPORTERS.length + 1)) }
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

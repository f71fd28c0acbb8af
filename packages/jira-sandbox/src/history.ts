import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { COMPONENTS, ISSUE_TYPES, REPORTERS, SEVERITIES } from './catalog.ts'
import { readMeta, writeMeta } from './database/meta.ts'
import { historyText } from './history-text.ts'
import type { NewIssue } from './issues/issue-record.ts'
import type { SandboxSite } from './site.ts'

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 3_600_000

/** Share of tickets of each priority id: most are ordinary, some are why people watch the chart. */
const PRIORITY_SHARES: readonly (readonly [priorityId: number, share: number])[] = [
  [1, 0.12],
  [2, 0.24],
  [3, 0.38],
  [4, 0.18],
  [5, 0.08],
]
const LABELS: readonly (readonly string[])[] = [[], [], ['customer'], ['internal'], ['customer', 'recurring']]

/** Texts repeat after this many: inventing a million takes longer than storing them. */
const MAX_TEXTS = 2_000

/**
 * Gives a site that is started for the first time its past: a number of tickets over the hours before this minute. The
 * same seed gives the same tickets at the same distance from the minute of the start.
 */
export function writeHistory(
  site: SandboxSite,
  plan: { readonly historyTickets: number; readonly historyHours: number; readonly seed: number },
): void {
  const { db } = site
  if (readMeta(db, 'history') !== undefined) return
  const texts = historyTexts(plan.seed, Math.min(plan.historyTickets, MAX_TEXTS))
  const { severity, projects } = site.settings()
  const [project] = projects
  db.transaction(() => {
    writeMeta(db, 'history', JSON.stringify(plan))
    if (plan.historyTickets === 0 || project === undefined) return
    const endMs = Math.floor(site.clock.now() / MS_PER_MINUTE) * MS_PER_MINUTE
    const instants = historyInstants(plan, endMs)
    const random = randomNumbers(plan.seed + 1)
    const people = randomNumbers(plan.seed + 4)
    const severities = severity === 'none' ? () => null : drawSeverities(plan.seed + 2)
    site.issues.createPast(project.key, plan.historyTickets, (n) => ({
      ...pastIssue(project.key, texts[n % texts.length], random),
      ...whatAndWho(people),
      severityId: severities(),
      createdMs: instants[n] ?? endMs,
    }))
  })()
}

type Text = Pick<NewIssue, 'title' | 'description'>

function historyTexts(seed: number, count: number): Text[] {
  const random = randomNumbers(seed + 3)
  return Array.from({ length: count }, () => {
    const { title, paragraphs } = historyText(random)
    return { title, description: document(paragraphs) }
  })
}

/** When the tickets were made: uniform over the span, in order, as arrivals that know nothing of each other are. */
function historyInstants(plan: Parameters<typeof writeHistory>[1], endMs: number): number[] {
  const spanMs = plan.historyHours * MS_PER_HOUR
  const random = randomNumbers(plan.seed)
  const instants = Array.from(
    { length: plan.historyTickets },
    () => endMs - spanMs + Math.floor(random() * spanMs),
  )
  return instants.toSorted((a, b) => a - b)
}

function pastIssue(projectKey: string, text: Text | undefined, random: () => number): NewIssue {
  return {
    projectKey,
    typeId: (random() < 0.6 ? ISSUE_TYPES[0] : ISSUE_TYPES[1])?.id ?? 0,
    priorityId: drawPriority(random()),
    title: text?.title ?? '',
    labels: LABELS[Math.floor(random() * LABELS.length)] ?? [],
    description: text?.description ?? null,
    properties: [],
  }
}

/** What a ticket is about, mostly one component, and who reported it: a few report most. */
function whatAndWho(random: () => number): Pick<NewIssue, 'componentIds' | 'reporterId'> {
  const [first = 0, second = 0] = [random(), random()].map((drawn) =>
    Math.floor(drawn ** 1.5 * COMPONENTS.length),
  )
  const several = random()
  const chosen = several < 0.2 ? [] : several < 0.9 ? [first] : [first, second]
  const componentIds = COMPONENTS.filter((_component, n) => chosen.includes(n)).map(({ id }) => id)
  return { componentIds, reporterId: Math.floor(random() ** 2 * (REPORTERS.length + 1)) }
}

function drawPriority(uniform: number): number {
  let left = uniform
  for (const [id, share] of PRIORITY_SHARES) {
    if (left < share) return id
    left -= share
  }
  return 3
}

/** Each as often as no severity at all. */
function drawSeverities(seed: number): () => number | null {
  const random = randomNumbers(seed)
  return () => SEVERITIES[Math.floor(random() * (SEVERITIES.length + 1))]?.id ?? null
}

function randomNumbers(seed: number): () => number {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

/** An Atlassian document of plain paragraphs. */
function document(paragraphs: readonly string[]): object {
  const content = paragraphs.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] }))
  return { type: 'doc', version: 1, content }
}

/** What every project of this Jira has: Jira's own default scheme, in which a smaller priority id is more urgent. */
export interface CatalogPriority {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly statusColor: string
}

export const PRIORITIES: readonly CatalogPriority[] = [
  { id: 1, name: 'Highest', description: 'This problem will block progress.', statusColor: '#d04437' },
  { id: 2, name: 'High', description: 'Serious problem that could block progress.', statusColor: '#f15C75' },
  { id: 3, name: 'Medium', description: 'Has the potential to affect progress.', statusColor: '#f79232' },
  { id: 4, name: 'Low', description: 'Minor problem or easily worked around.', statusColor: '#707070' },
  { id: 5, name: 'Lowest', description: 'Trivial problem with little or no impact.', statusColor: '#999999' },
]
export const DEFAULT_PRIORITY_ID = 3

export interface CatalogIssueType {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly subtask: boolean
}

export const ISSUE_TYPES = [
  { id: 10_001, name: 'Task', description: 'A small, distinct piece of work.', subtask: false },
  { id: 10_002, name: 'Bug', description: 'A problem or error.', subtask: false },
  { id: 10_003, name: 'Sub-task', description: 'A small piece of work of a larger task.', subtask: true },
  { id: 10_004, name: 'Incident', description: 'Something is down or slow.', subtask: false },
  { id: 10_005, name: 'Service request', description: 'Somebody needs something.', subtask: false },
] as const satisfies readonly CatalogIssueType[]

/** Where tickets are made by themselves. */
export const DEFAULT_PROJECT = { key: 'TPM', name: 'Tickets per minute' } as const

/** The other projects of a past of weeks, each with its share of all tickets, and of those of an outage. */
export const PAST_PROJECTS = [
  { key: 'WEB', name: 'Web shop', share: 0.3, shareOfOutage: 0.62 },
  { key: 'OPS', name: 'Operations', share: 0.2, shareOfOutage: 0.16 },
  { key: 'APP', name: 'Mobile app', share: 0.14, shareOfOutage: 0.08 },
  { key: 'PAY', name: 'Payments', share: 0.09, shareOfOutage: 0.08 },
  { key: 'HELP', name: 'Internal IT', share: 0.06, shareOfOutage: 0 },
  { key: 'DATA', name: 'Reports', share: 0.03, shareOfOutage: 0 },
] as const

/** In the order in which tickets go through them. Those of a past did; others stay in the first. */
export const STATUSES = [
  { id: 10_000, name: 'To Do', category: { id: 2, key: 'new', colorName: 'blue-gray', name: 'To Do' } },
  {
    id: 10_001,
    name: 'In Progress',
    category: { id: 4, key: 'indeterminate', colorName: 'yellow', name: 'In Progress' },
  },
  { id: 10_002, name: 'Done', category: { id: 3, key: 'done', colorName: 'green', name: 'Done' } },
] as const
export const [FIRST_STATUS] = STATUSES

/** Of what is done. */
export const RESOLUTIONS = [
  { id: 10_000, name: 'Done', description: 'Work has been completed on this issue.' },
  { id: 10_001, name: "Won't Do", description: 'This issue will not be actioned.' },
  { id: 10_002, name: 'Duplicate', description: 'The problem is a duplicate of an existing issue.' },
] as const

/** The select field that a site may have next to the priority, and its options. */
export const SEVERITY_FIELD = { id: 'customfield_10050', customId: 10_050, name: 'Severity' } as const
export const SEVERITIES: readonly CatalogOption[] = [
  { id: 10_100, name: 'Critical' },
  { id: 10_101, name: 'Major' },
  { id: 10_102, name: 'Minor' },
  { id: 10_103, name: 'Trivial' },
]
export type CatalogOption = Pick<CatalogPriority, 'id' | 'name'>

/** What a ticket may be about: none, one or several of them. They are the same in every project. */
export const COMPONENTS: readonly CatalogOption[] = [
  { id: 10_200, name: 'Checkout' },
  { id: 10_201, name: 'Search' },
  { id: 10_202, name: 'Accounts' },
  { id: 10_203, name: 'Mobile app' },
  { id: 10_204, name: 'Invoices' },
  { id: 10_205, name: 'Emails' },
  { id: 10_206, name: 'Imports' },
]

/** Who reports tickets besides the account itself, which is 0. */
export const REPORTERS: readonly CatalogOption[] = [
  { id: 1, name: 'Service desk' },
  { id: 2, name: 'Monitoring' },
  { id: 3, name: 'Field support' },
  { id: 4, name: 'Night shift' },
  { id: 5, name: 'Partner portal' },
]

/** The text field that a demanding create screen has. What is put there is taken and not kept. */
export const REQUIRED_FIELD = { id: 'customfield_10060', customId: 10_060, name: 'Customer' } as const

/** The priorities under the names that a site gives them, most urgent first. */
export function namedPriorities(names: readonly string[]): CatalogPriority[] {
  return PRIORITIES.map((priority, n) => ({ ...priority, name: names[n] ?? priority.name }))
}

export function findIssueType(idOrName: string): CatalogIssueType | undefined {
  return findByIdOrName(ISSUE_TYPES, idOrName)
}

/** The entry with this id or, without regard to case, this name. */
export function findByIdOrName<T extends { id: number; name: string }>(
  list: readonly T[],
  idOrName: string,
): T | undefined {
  const wanted = idOrName.toLowerCase()
  return list.find((entry) => String(entry.id) === wanted || entry.name.toLowerCase() === wanted)
}

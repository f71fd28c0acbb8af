import type { Faker } from '@faker-js/faker'
import { faker as english } from '@faker-js/faker/locale/en'
import {
  BROWSERS,
  BUTTONS,
  ENVIRONMENTS,
  ERRORS,
  FIELDS,
  LOGIN_ERRORS,
  PAGES,
  PAYMENTS,
  QUOTES,
  REGIONS,
  SERVICES,
  STATUSES,
  SYSTEMS,
  WEEKDAYS,
} from './fact-values.ts'
import { LOGIN, MONEY, PAGE_FAULTS, REQUESTS } from './user-topics.ts'
import { DATA_FLOWS, INCIDENTS, SLOWNESS, type Topic } from './system-topics.ts'

interface TicketText {
  readonly title: string
  readonly paragraphs: string[]
}

export type TicketTextSource = ReturnType<typeof createTicketText>

const TOPICS: readonly Topic[] = [INCIDENTS, SLOWNESS, LOGIN, MONEY, PAGE_FAULTS, DATA_FLOWS, REQUESTS]

/** What may stand before any title. */
const PREFIXES: readonly string[] = ['[{region}] ', 'Urgent: ', 'Again: ', '[{environment}] ', 'Fwd: ']

/** What it means for people: may close any text. */
const IMPACTS: readonly string[] = [
  'About {some} people cannot work until this is solved.',
  'Nobody is blocked, there is a way round it, but people ask.',
  '{company} has a demonstration on {weekday} and needs it before.',
  '“{quote}”, writes {person} of {company}.',
  'We have told {company} that we look into it and that they hear from us by {clock}.',
]

export const MAX_TITLE_LENGTH = 120

/**
 * Titles and descriptions that read like a support desk's. The same seed and number give the same text, so that a run
 * which is taken up again after a crash goes on with the texts that it would have had.
 */
export function createTicketText(seed: number) {
  const faker = ownFaker()
  let index = 0
  const at = (wanted: number): TicketText => {
    faker.seed([seed, wanted])
    return writeTicket(faker)
  }
  return {
    /** The text of the ticket with this number (0, 1, 2 …), whichever were asked for before. */
    at,
    /** The texts in order, from number 0. */
    next: (): TicketText => at(index++),
  }
}

/** An instance of our own, so that nobody else's draws disturb the order. The package's index would load 70 languages. */
function ownFaker(): Faker {
  return new (english.constructor as typeof Faker)({ locale: english.rawDefinitions })
}

function writeTicket(faker: Faker): TicketText {
  const facts = drawFacts(faker)
  const topic = faker.helpers.arrayElement(TOPICS)
  const [title, happens] = faker.helpers.arrayElement(Object.entries(topic.matters))
  const paragraphs = [
    happens,
    ...faker.helpers.arrayElements(topic.details, { min: 0, max: 2 }),
    ...faker.helpers.arrayElements(IMPACTS, { min: 0, max: 1 }),
  ]
  return {
    title: writeTitle(faker, title, topic.tails, facts),
    paragraphs: paragraphs.map((template) => fill(template, facts)),
  }
}

/** Half of the titles carry something before or after the matter itself, as far as there is room. */
function writeTitle(faker: Faker, template: string, tails: readonly string[], facts: Facts): string {
  const prefix = faker.datatype.boolean(0.15) ? faker.helpers.arrayElement(PREFIXES) : ''
  const tail = faker.datatype.boolean(0.4) ? faker.helpers.arrayElement(tails) : ''
  const fitting = [prefix + template + tail, template + tail, template]
    .map((shape) => capitalise(fill(shape, facts)))
    .find((title) => title.length <= MAX_TITLE_LENGTH)
  return fitting ?? `${fill(template, facts).slice(0, MAX_TITLE_LENGTH - 1)}…`
}

function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name]
    if (fact === undefined) throw new Error(`No fact is called ${name}`)
    return fact
  })
}

/** A sentence's first letter, but never a service's name, which is written small. */
function capitalise(title: string): string {
  return /^([a-z]+-|p95)/.test(title) ? title : title.charAt(0).toUpperCase() + title.slice(1)
}

/** One ticket's facts, by the names that the templates use. */
type Facts = Readonly<Record<string, string>>

/** Draws the facts of one ticket. Addresses and hosts are of the kinds that are reserved for examples. */
function drawFacts(faker: Faker): Facts {
  const pick = (from: readonly string[]): string => faker.helpers.arrayElement(from)
  const int = (min: number, max: number): number => faker.number.int({ min, max })
  const [service = '', otherService = ''] = faker.helpers.arrayElements(SERVICES, 2)
  const region = pick(REGIONS)
  return {
    service,
    otherService,
    region,
    host: `${service}-${int(1, 12)}.${region}.example.net`,
    error: pick(ERRORS),
    loginError: pick(LOGIN_ERRORS),
    status: pick(STATUSES),
    page: pick(PAGES),
    button: pick(BUTTONS),
    field: pick(FIELDS),
    browser: pick(BROWSERS),
    system: pick(SYSTEMS),
    environment: pick(ENVIRONMENTS),
    payment: pick(PAYMENTS),
    weekday: pick(WEEKDAYS),
    quote: pick(QUOTES),
    few: String(int(4, 9)),
    some: String(int(11, 58)),
    many: String(int(3, 96) * 250),
    percent: String(int(3, 97)),
    clock: `${String(int(0, 23)).padStart(2, '0')}:${String(int(0, 59)).padStart(2, '0')}`,
    version: `${int(2, 9)}.${int(0, 24)}.${int(0, 9)}`,
    amount: `€${faker.finance.amount({ min: 9, max: 2_400 })}`,
    invoice: `INV-${int(10_000, 99_999)}`,
    order: `#${int(100_000, 999_999)}`,
    trace: faker.string.hexadecimal({ length: 12, casing: 'lower', prefix: '' }),
    ip: `203.0.113.${int(1, 254)}`,
    person: `${faker.person.firstName()} ${faker.person.lastName()}`,
    company: faker.company.name(),
    city: faker.location.city(),
    email: faker.internet.exampleEmail().toLowerCase(),
  }
}

import type { Faker } from '@faker-js/faker'
import { faker as english } from '@faker-js/faker/locale/en'
import { drawFacts, type Facts } from './ticket-facts.ts'
import { IMPACTS, PREFIXES, TOPICS } from './ticket-templates.ts'

interface TicketText {
  readonly title: string
  readonly paragraphs: string[]
}

export interface TicketTextSource {
  /** The text of the ticket with this number (0, 1, 2 …), whichever were asked for before. */
  at(index: number): TicketText
  /** The texts in order, from number 0. */
  next(): TicketText
}

export const MAX_TITLE_LENGTH = 120

/**
 * Titles and descriptions that read like a support desk's. The same seed and number give the same text, so that a run
 * which is taken up again after a crash goes on with the texts that it would have had.
 */
export function createTicketText(seed: number): TicketTextSource {
  const faker = ownFaker()
  let index = 0
  const at = (wanted: number): TicketText => {
    faker.seed([seed, wanted])
    return writeTicket(faker)
  }
  return { at, next: () => at(index++) }
}

/** An instance of our own, so that nobody else's draws disturb the order. The package's index would load 70 languages. */
function ownFaker(): Faker {
  return new (english.constructor as typeof Faker)({ locale: english.rawDefinitions })
}

function writeTicket(faker: Faker): TicketText {
  const facts = drawFacts(faker)
  const topic = faker.helpers.arrayElement(TOPICS)
  const [title, happens] = faker.helpers.arrayElement(topic.matters)
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

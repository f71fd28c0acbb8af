import type { Faker } from '@faker-js/faker'
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
} from './ticket-words.ts'

/** One ticket's facts, by the names that the templates use. */
export type Facts = Readonly<Record<string, string>>

/** Draws the facts of one ticket. Addresses and hosts are of the kinds that are reserved for examples. */
export function drawFacts(faker: Faker): Facts {
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

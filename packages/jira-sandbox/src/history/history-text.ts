/** The text of a ticket of the past. */
export interface HistoryText {
  readonly title: string
  readonly paragraphs: readonly string[]
}

/** What a ticket is about, and what happens. A name in braces stands for one of `FACTS`. */
const MATTERS: readonly (readonly [title: string, happens: string])[] = [
  ['{service} answers {status} in {region}', 'Every {few}th request to {service} ends with {status}.'],
  [
    '{service} is slow since {clock}',
    'Pages that need {service} take {few} seconds in place of a tenth of one.',
  ],
  ['Disk of {service} is {percent} % full', 'At this rate {service} stops writing at {clock}.'],
  ['Queue of {service} grows', '{many} messages wait, and {service} takes {few} a second.'],
  [
    'Log-in fails with {status}',
    'Since {clock} people in {region} cannot log in: {status} after the password.',
  ],
  ['{page} page stays blank', 'The {page} page shows nothing in {browser}; a reload does not help.'],
  ['“{button}” does nothing on the {page} page', 'In {browser} nothing happens when “{button}” is pressed.'],
  [
    'Payment is taken twice',
    '{many} customers have paid twice since {clock}, all of them through {service}.',
  ],
  [
    'Export to the warehouse is late',
    'The nightly export has not arrived at {clock}; {service} gives {status}.',
  ],
  ['Certificate of {service} ends in {few} days', 'Nobody has been told to renew it.'],
  [
    'New starters need access to the {page} page',
    '{few} people begin on {weekday} and need the {page} page.',
  ],
  ['Wrong total on the {page} page', 'The sum differs from the invoice by {percent} cents.'],
]

const DETAILS: readonly string[] = [
  'It began after the release on {weekday}.',
  'A restart of {service} helps for about {few} minutes.',
  'The log of {service} has {many} lines about it.',
  'About {many} people cannot work until this is solved.',
  'Nobody is blocked, there is a way round it, but people ask.',
  'We have told those who asked that they hear from us by {clock}.',
]

const FACTS: Readonly<Record<string, readonly string[]>> = {
  service: [
    'checkout',
    'payments',
    'search',
    'catalogue',
    'mail-out',
    'login',
    'invoices',
    'stock',
    'gateway',
  ],
  status: ['500', '502', '503', '504', 'a timeout', 'a reset connection', 'an empty answer'],
  region: ['eu-west', 'eu-north', 'us-east', 'ap-south'],
  page: ['orders', 'basket', 'account', 'reports', 'prices', 'returns'],
  button: ['Save', 'Pay now', 'Send', 'Download', 'Next'],
  browser: ['Firefox', 'Chrome', 'Safari', 'Edge'],
  weekday: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
}

/** `random` gives numbers from 0 to less than 1; the same numbers give the same text. */
export function historyText(random: () => number): HistoryText {
  const integer = (min: number, max: number): number => min + Math.floor(random() * (max - min + 1))
  const pick = <T>(from: readonly T[]): T => from[integer(0, from.length - 1)] as T
  const drawn: Record<string, string> = Object.fromEntries(
    Object.entries(FACTS).map(([name, values]) => [name, pick(values)]),
  )
  drawn['few'] = String(integer(3, 9))
  drawn['many'] = String(integer(2, 60) * 25)
  drawn['percent'] = String(integer(81, 99))
  drawn['clock'] = `${String(integer(0, 23)).padStart(2, '0')}:${String(integer(0, 59)).padStart(2, '0')}`
  const fill = (template: string): string =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => drawn[name] ?? '')

  const [title, happens] = pick(MATTERS)
  const first = pick(DETAILS)
  const paragraphs = [happens, ...[first, pick(DETAILS)].slice(0, integer(0, 2))]
  const text = fill(title)
  return {
    title: text.charAt(0).toUpperCase() + text.slice(1),
    paragraphs: [...new Set(paragraphs)].map(fill),
  }
}

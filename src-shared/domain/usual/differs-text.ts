import type { Differs, DifferingField } from '../../contract/alerts/differs.ts'

/** What a field is called where its values are listed. */
export const FIELD_NAMES: Readonly<Record<DifferingField, string>> = {
  project: 'project',
  issueType: 'type',
  component: 'component',
  label: 'label',
}

/** `77 %`; `<1 %` where it is less than that and not nothing. */
export function percent(share: number): string {
  return share > 0 && share < 0.01 ? '<1 %' : `${Math.round(share * 100)} %`
}

/** How many people reported the tickets, beside what is usual; empty where that is not known. */
export function peopleSentence({ people, tickets, usualPeople }: Differs): string {
  if (people === null || tickets === 0) return ''
  const usual = usualPeople === null ? '' : `; usual are ${usualPeople.toFixed(1)}`
  return `${people} ${people === 1 ? 'person' : 'people'} reported ${tickets === 1 ? 'it' : 'them'}${usual}.`
}

/** So many lines of what differs a message has. */
const MOST_LINES = 3
const LONGEST_VALUE = 80

/** The first of what differs, a line each, where there is no room for all: at most three, the last one of who reported them. */
export function firstDiffering(differs: Differs): string[] {
  const people = [peopleSentence(differs)].filter((text) => text !== '')
  const parts = differs.parts
    .slice(0, MOST_LINES - people.length)
    .map(({ by, value, tickets, share, usualShare }) => {
      const name = FIELD_NAMES[by].replace(/^./, (letter) => letter.toUpperCase())
      const short = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE - 1)}…` : value
      return `${name} ${short}: ${tickets} of them (${percent(share)}), usually ${percent(usualShare)}.`
    })
  return [...parts, ...people]
}

/** With what the shares were compared, and what came of it where nothing is listed. */
export function differsSentence({ state, weeks, looked, parts, usualTickets }: Differs): string {
  if (state === 'few') return 'Fewer than five tickets say nothing about shares.'
  if (state === 'learning')
    return 'The same hours of the previous weeks have too few tickets to compare with, or were not fetched.'
  const usual = `the same hours of ${weeks} previous weeks, ${(usualTickets ?? 0).toFixed(1)} tickets each`
  return parts.length === 0
    ? `None of ${looked} values has a larger share than in ${usual}, beyond what chance explains.`
    : `Of ${looked} values these have a larger share than in ${usual}; chance explains each in less than 1 of 100.`
}

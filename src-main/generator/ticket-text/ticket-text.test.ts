import { describe, expect, test } from 'vitest'
import { createTicketText, MAX_TITLE_LENGTH } from './ticket-text.ts'

const THOUSANDS = Array.from({ length: 3_000 }, (_, i) => createTicketText(1).at(i))

describe('ticket texts', () => {
  test('are the same for the same seed and number, in whatever order they are asked for', () => {
    const inOrder = createTicketText(7)
    const first = [inOrder.next(), inOrder.next(), inOrder.next()]
    const anyOrder = createTicketText(7)
    expect([anyOrder.at(2), anyOrder.at(0), anyOrder.at(1)]).toEqual([first[2], first[0], first[1]])
    expect(createTicketText(8).next()).not.toEqual(first[0])
  })

  test('do not disturb each other', () => {
    const alone = createTicketText(7)
    const expected = [alone.next(), alone.next()]
    const [one, other] = [createTicketText(7), createTicketText(9)]
    const seen = [one.next(), other.next(), one.next()]
    expect([seen[0], seen[2]]).toEqual(expected)
  })

  test('have more than 200 visibly different shapes of title', () => {
    const shapes = new Set(THOUSANDS.map(({ title }) => title.replace(/\d+/g, '0')))
    expect(shapes.size).toBeGreaterThan(200)
  })

  test('keep their titles within what every list can show, with no gap left open', () => {
    for (const { title, paragraphs } of THOUSANDS) {
      expect(title.length).toBeLessThanOrEqual(MAX_TITLE_LENGTH)
      expect(title.length).toBeGreaterThan(10)
      expect(paragraphs.length).toBeGreaterThan(0)
      expect([title, ...paragraphs].join('\n')).not.toMatch(/[{}]|undefined {2}|lorem/i)
    }
  })
})

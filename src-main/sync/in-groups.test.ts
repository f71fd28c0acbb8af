import { expect, test } from 'vitest'
import type { FoundTicket } from '../jira/jira.ts'
import { inGroups, type WalkedPage } from './fetch-walk.ts'

function page(siteMs: number, tickets: number, last = false): WalkedPage {
  const shown = Array.from({ length: tickets }, (_, n) => ({ id: `${siteMs}-${n}` }) as FoundTicket)
  return { siteMs, tickets: shown, last, nextPageToken: last ? null : 'a', accountId: 'a' }
}

async function* walk(pages: readonly WalkedPage[], failure?: Error): AsyncGenerator<WalkedPage> {
  yield* pages
  if (failure !== undefined) throw failure
}

async function groupsOf(pages: AsyncIterable<WalkedPage>, seen: string[] = []): Promise<string[]> {
  for await (const group of inGroups(pages, 200)) {
    seen.push(`${group.pages} pages, ${group.tickets.length} tickets${group.last ? ', the last' : ''}`)
  }
  return seen
}

test('pages are joined until they have enough tickets, and at the end', async () => {
  const pages = [page(1, 100), page(2, 80), page(3, 100), page(4, 100), page(5, 7, true)]
  expect(await groupsOf(walk(pages))).toEqual(['3 pages, 280 tickets', '2 pages, 107 tickets, the last'])
})

test('what came before a failure is not lost', async () => {
  const seen: string[] = []
  const failing = walk([page(1, 100)], new Error('away'))
  await expect(groupsOf(failing, seen)).rejects.toThrow('away')
  expect(seen).toEqual(['1 pages, 100 tickets'])
})

import type { Session } from '../../src-shared/contract/models.ts'

/** A ticket's key. It leads to Jira where Jira has a page for it: of an imported ticket only the id is known, as `#123`. */
export function TicketKey({
  ticketKey,
  site,
}: {
  ticketKey: string
  site: Session['site']
}): React.ReactNode {
  if (site.browseUrl === null || ticketKey.startsWith('#')) return <b>{ticketKey}</b>
  return (
    <a href={`${site.browseUrl}/browse/${encodeURIComponent(ticketKey)}`} target="_blank" rel="noreferrer">
      {ticketKey}
    </a>
  )
}

import { useDashboard } from '../app/workbench.ts'

/** A ticket's key. It leads to Jira where Jira has a page for it: of an imported ticket only the id is known, as `#123`. */
export function TicketKey({ ticketKey, id, tabIndex }: TicketKeyProps): React.ReactNode {
  const browseUrl = useDashboard((state) => state.session?.site.browseUrl ?? null)
  if (browseUrl === null || ticketKey.startsWith('#')) return <b id={id}>{ticketKey}</b>
  return (
    <a
      id={id}
      tabIndex={tabIndex}
      href={`${browseUrl}/browse/${encodeURIComponent(ticketKey)}`}
      target="_blank"
      rel="noreferrer"
    >
      {ticketKey}
    </a>
  )
}

interface TicketKeyProps extends Pick<React.ComponentProps<'a'>, 'id' | 'tabIndex'> {
  readonly ticketKey: string
}

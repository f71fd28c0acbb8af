/**
 * The tables of the `tickets` part of the migrations: what may be dropped, because Jira has it all. In the order in which
 * whoever reads several reads them: who locks them in this order, too, never waits for a reader who waits for him.
 */
export const TICKET_TABLES = [
  'day_counts',
  'minute_counts',
  'sync_state',
  'first_fetches',
  'fetch_pieces',
  'sync_reports',
  'tickets',
] as const

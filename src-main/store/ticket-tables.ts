/** The tables of the `tickets` part of the migrations: what may be dropped, because Jira has it all. */
export const TICKET_TABLES = [
  'tickets',
  'minute_counts',
  'day_counts',
  'sync_state',
  'first_fetches',
  'fetch_pieces',
  'sync_reports',
] as const

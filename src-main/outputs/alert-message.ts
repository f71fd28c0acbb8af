/** What a person reads of an alert, as it is sent. */
export interface AlertMessage {
  readonly alertId: string
  /** Another one for each transition; the same where one is sent again. */
  readonly key: string
  readonly transition: 'started' | 'doubled' | 'resolved'
  readonly atMs: number
  readonly rule: { readonly id: string; readonly name: string }
  readonly site: string
  readonly title: string
  readonly sentences: readonly string[]
  readonly numbers: object
  /** Behind the `#` of the dashboard's address it opens the very span. */
  readonly address: string
  /** The run whose drill this is; null where the tickets are real. */
  readonly rehearsal: string | null
}

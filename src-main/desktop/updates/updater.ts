/** A version that is newer than this one. Both texts are the update server's words, made plain. */
export interface Update {
  readonly version: string
  readonly notes: string
}

/** What asks for, fetches and puts in place another version. Each failure is an AppError whose sentences a person reads. */
export interface Updater {
  /** Null where this version is the newest. */
  find(): Promise<Update | null>
  /** Fetches what `find` found last, and proves that it is what was announced. */
  download(): Promise<void>
  /** Puts the fetched version in place and quits; the new one starts. Only a failure comes back. */
  install(): Promise<never>
}

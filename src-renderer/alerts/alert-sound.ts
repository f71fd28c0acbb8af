const KEY = 'jira-tpm.alert-sound'

type Kept = Pick<Storage, 'getItem' | 'setItem'>

/** Whether this window sounds when a rule rings; not where nobody chose it. */
export function isSoundOn(storage: Pick<Kept, 'getItem'> = localStorage): boolean {
  return storage.getItem(KEY) === 'on'
}

export function keepSound(isOn: boolean, storage: Pick<Kept, 'setItem'> = localStorage): void {
  storage.setItem(KEY, isOn ? 'on' : 'off')
}

/** The alarm, where it is chosen. What makes it is fetched when it is first heard. */
export function soundIfChosen(): void {
  if (isSoundOn()) void import('../ear/tones.ts').then(({ soundAlarm }) => soundAlarm())
}

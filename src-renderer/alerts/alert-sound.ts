const KEY = 'jira-tpm.alert-sound'

/** Whether this window sounds when a rule rings; not where nobody chose it. */
export function isSoundOn(): boolean {
  return localStorage.getItem(KEY) === 'on'
}

export function keepSound(isOn: boolean): void {
  localStorage.setItem(KEY, isOn ? 'on' : 'off')
}

/** The alarm, where it is chosen. What makes it is fetched when it is first heard. */
export function soundIfChosen(): void {
  if (isSoundOn()) void import('../ear/tones.ts').then(({ soundAlarm }) => soundAlarm())
}

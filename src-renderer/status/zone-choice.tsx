import { useState } from 'react'
import { useDashboard, useView, useWorkbench, useZone } from '../app/workbench.ts'
import styles from './status-line.module.css'

/** By whose clock times are shown: this person's choice, kept in this browser. */
export function ZoneChoice(): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const zone = useZone()
  const chosen = useView((state) => state.zone ?? '')
  const ownZone = useDashboard((state) => state.ownZone) ?? zone
  const jiraZone = useDashboard(({ usualNow }) => usualNow?.zone ?? null)
  // There are hundreds, and hardly anybody looks at them.
  const [isLookedAt, setLookedAt] = useState(false)
  const look = (): void => setLookedAt(true)
  return (
    <label>
      Times in{' '}
      <select
        className={styles['zone']}
        value={chosen}
        onFocus={look}
        onPointerDown={look}
        onChange={({ target }) => {
          view.put({ zone: target.value === ownZone ? '' : target.value })
          dashboard.reload()
        }}
      >
        <option value="">{ownZone}</option>
        {namedZones({ ownZone, jiraZone, chosen }).map(([name, whose]) => (
          <option key={name} value={name}>
            {whose === '' ? name : `${name} (${whose})`}
          </option>
        ))}
        {isLookedAt && (
          <optgroup label="Any other">
            {Intl.supportedValuesOf('timeZone').map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  )
}

interface Zones {
  readonly ownZone: string
  readonly jiraZone: string | null
  /** Empty where that is the program's own. */
  readonly chosen: string
  /** This browser's. */
  readonly here?: string
}

/** The zones that somebody is likely to want, beside the program's own, each once, with whose it is. */
export function namedZones({ ownZone, jiraZone, chosen, here = zoneHere() }: Zones): [string, string][] {
  const all = [
    [here, 'this browser’s'],
    [jiraZone, 'Jira’s'],
    ['UTC', ''],
    [chosen, ''],
  ] as const
  const named = new Map<string, string>()
  for (const [name, whose] of all) if (name && name !== ownZone && !named.has(name)) named.set(name, whose)
  return [...named]
}

function zoneHere(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

import { useWorkbench, useZone } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import type { Perform } from '../controls/use-perform.ts'
import styles from './alerts-panel.module.css'

interface SilenceProps {
  readonly perform: Perform
}

/** Nobody is disturbed by any rule for a while; what is found is in the history all the same. */
export function SilenceButtons({ perform }: SilenceProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const zone = useZone()
  const choices = [
    ['1 h', { minutes: 60 }],
    ['Until tomorrow', { until: 'tomorrow', zone }],
    ['Until as usual', { until: 'usual' }],
    ['No longer', null],
  ] as const
  return (
    <fieldset className={styles['silence']}>
      <legend>Silence</legend>
      {choices.map(([text, silence]) => (
        <Button
          key={text}
          kind="quiet"
          onClick={() => void perform(() => client.call('alerts.silence', { silence }))}
        >
          {text}
        </Button>
      ))}
    </fieldset>
  )
}

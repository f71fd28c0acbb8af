import { useWorkbench, useZone } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import styles from './alerts-panel.module.css'

interface SilenceProps {
  /** Of one rule; of all where it is absent. */
  readonly id?: string
  readonly perform: (work: () => Promise<unknown>) => Promise<boolean>
}

/** Nobody is disturbed for a while; what is found is in the history all the same. */
export function SilenceButtons({ id, perform }: SilenceProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const zone = useZone()
  const of = id === undefined ? {} : { id }
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
          onClick={() => void perform(() => client.call('alerts.silence', { ...of, silence }))}
        >
          {text}
        </Button>
      ))}
    </fieldset>
  )
}

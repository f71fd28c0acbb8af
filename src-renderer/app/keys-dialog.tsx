import { Modal } from '../controls/modal.tsx'
import { commandKey } from './platform.ts'
import styles from './keys-dialog.module.css'

const keys: readonly (readonly [string, string])[] = [
  ['1  2  3', 'Bar, histogram, distribution'],
  ['←  →', 'Previous, next bar'],
  ['Enter', 'List the tickets of the bar'],
  ['Esc', 'Let go of the bar, leave the settings or the runs'],
  ['Shift ←  Shift →', 'Previous, next hour'],
  ['N', 'Now'],
  ['T', 'Table instead of chart'],
  ['R', 'To the run panel'],
  ['Shift R', 'Runs: history, audit, clean-up'],
  ['F', 'Fetch now'],
  ['D', 'Dark or light'],
  [',', 'Settings'],
  [`${commandKey} K`, 'All commands'],
  ['?', 'These keys'],
]

/** Every key of the window. */
export function KeysDialog({ onClose }: { onClose: () => void }): React.ReactNode {
  return (
    <Modal title="Keys" heading="closable" onClose={onClose}>
      <dl className={styles['keys']}>
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split('  ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events --
 * the ARIA combobox pattern: the focus and the keys stay in the input, no tag stands for its list. */
import { useId, useState } from 'react'
import { droppedFrom } from '../../src-shared/domain/sentences.ts'
import { Confirm, Modal } from '../controls/modal.tsx'
import { StopRun } from '../runs/run-controls.tsx'
import styles from './dialogs.module.css'
import { commandKey, type Command } from './commands.ts'
import { useDashboard, useView, useWorkbench } from './workbench.ts'

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

/** The dialog that is open, if any. */
export function Dialogs({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const dialog = useView((state) => state.dialog)
  const store = useDashboard((state) => state.storeStatus)
  const close = (): void => view.put({ dialog: null })
  if (dialog === 'keys') return <KeysDialog onClose={close} />
  if (dialog === 'commands') return <CommandList commands={commands} onClose={close} />
  if (dialog === 'stop-run') return <StopRun onClose={close} />
  if (dialog !== 'drop-tables') return null
  return (
    <Confirm
      title="Drop the tables?"
      action="Drop tables"
      keep="Keep them"
      final
      onConfirm={orders.dropTables}
      onClose={close}
    >
      The fetched tickets and their counts are deleted {store ? droppedFrom(store) : 'from this computer'}.
      Runs stay, and so does everything in Jira: the next fetch brings its tickets back.
    </Confirm>
  )
}

/** All that can be done now, found by typing; arrow keys and Enter choose. */
function CommandList(props: { commands: readonly Command[]; onClose: () => void }): React.ReactNode {
  const { commands, onClose } = props
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const found = matching(commands, text)
  const active = found[Math.min(at, found.length - 1)]

  function choose(command: Command | undefined): void {
    if (command === undefined) return
    onClose()
    // The dialog gives the focus back as it closes; what the command does with it comes after.
    requestAnimationFrame(() => requestAnimationFrame(command.run))
  }

  return (
    <Modal title="All commands" heading="unseen" onClose={onClose}>
      <SearchField
        listId={`${id}-list`}
        activeId={active && `${id}-${active.id}`}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onStep={(by) => setAt(stepped(at, by, found.length))}
        onEnter={() => choose(active)}
      />
      <ul className={styles['list']} id={`${id}-list`} role="listbox" aria-label="Commands">
        {found.map((command) => (
          <CommandItem
            key={command.id}
            id={`${id}-${command.id}`}
            command={command}
            active={command === active}
            onChoose={() => choose(command)}
          />
        ))}
      </ul>
      {found.length === 0 && <p className={styles['none']}>No command has these words.</p>}
    </Modal>
  )
}

/** The next place in a list of `length`, round at its ends. */
function stepped(at: number, by: number, length: number): number {
  return length === 0 ? 0 : (Math.min(at, length - 1) + by + length) % length
}

interface SearchFieldProps extends Pick<React.ComponentProps<'input'>, 'value' | 'onChange'> {
  readonly listId: string
  readonly activeId: string | undefined
  readonly onStep: (by: -1 | 1) => void
  readonly onEnter: () => void
}

function SearchField({ listId, activeId, onStep, onEnter, ...rest }: SearchFieldProps): React.ReactNode {
  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.key === 'ArrowDown') onStep(1)
    else if (event.key === 'ArrowUp') onStep(-1)
    else if (event.key === 'Enter') onEnter()
    else return
    event.preventDefault()
  }

  return (
    <input
      className={styles['input']}
      type="text"
      role="combobox"
      aria-label="Find a command"
      aria-expanded="true"
      aria-controls={listId}
      aria-activedescendant={activeId}
      aria-autocomplete="list"
      placeholder="What do you want to do?"
      autoComplete="off"
      spellCheck={false}
      {...rest}
      onKeyDown={onKeyDown}
    />
  )
}

interface CommandItemProps {
  readonly id: string
  readonly command: Command
  readonly active: boolean
  readonly onChoose: () => void
}

function CommandItem({ id, command, active, onChoose }: CommandItemProps): React.ReactNode {
  return (
    <li
      id={id}
      ref={(node) => {
        if (active) node?.scrollIntoView({ block: 'nearest' })
      }}
      className={styles['item']}
      role="option"
      aria-selected={active}
      onClick={onChoose}
    >
      <span className={styles['group']}>{command.group}</span>
      {command.title}
      {command.keys !== undefined && <kbd>{command.keys}</kbd>}
    </li>
  )
}

function KeysDialog({ onClose }: { onClose: () => void }): React.ReactNode {
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

/** The commands that make sense now and have every word of a text, in their order. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return commands.filter(({ enabled, group, title }) => {
    const all = `${group} ${title}`.toLowerCase()
    return enabled && words.every((word) => all.includes(word))
  })
}

/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events --
 * the ARIA combobox pattern: the focus and the keys stay in the input, no tag stands for its list. */
import { useId, useState } from 'react'
import { Modal } from '../controls/modal.tsx'
import { matching, type Command } from './commands.ts'
import styles from './command-list.module.css'

/** All that can be done now, found by typing; arrow keys and Enter choose. */
export function CommandList(props: { commands: readonly Command[]; onClose: () => void }): React.ReactNode {
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

  function onKeyDown(event: React.KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setAt((Math.min(at, found.length - 1) + step + found.length) % found.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choose(active)
    }
  }

  return (
    <Modal title="All commands" heading="unseen" onClose={onClose}>
      <input
        className={styles['input']}
        type="text"
        role="combobox"
        aria-label="Find a command"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={active && `${id}-${active.id}`}
        aria-autocomplete="list"
        placeholder="What do you want to do?"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
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

import styles from './palette.module.css'

interface SearchFieldProps extends React.ComponentProps<'input'> {
  readonly listId?: string
  readonly activeId?: string | undefined
}

/** Where one types what is to be found. The ARIA combobox pattern: the focus and the keys stay in the field. */
export function SearchField({ listId, activeId, ...rest }: SearchFieldProps): React.ReactNode {
  return (
    <input
      className={styles['input']}
      type="text"
      role="combobox"
      aria-label="Find a ticket, time, view or command"
      aria-expanded={listId !== undefined}
      aria-controls={listId}
      aria-activedescendant={activeId}
      aria-autocomplete="list"
      placeholder="A ticket, a time as “yesterday 9-11”, a view, a command"
      autoComplete="off"
      spellCheck={false}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog is for this alone, and it takes the place of another
      autoFocus
      {...rest}
    />
  )
}

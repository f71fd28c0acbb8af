import { useDeskState } from './desk-context.ts'
import { tokenPlaceWords } from './jira-now-words.ts'
import { isKept, tokenPage } from './jira-fields.ts'
import { TextField } from './text-field.tsx'

/** The token: it can be given here, but never comes back. */
export function TokenField(): React.ReactNode {
  const settings = useDeskState((state) => state.settings)
  const fields = useDeskState((state) => state.fields)
  const kept = settings !== null && isKept(settings, fields)
  const { goes, is } = tokenPlaceWords(settings)
  const page = tokenPage(fields)
  return (
    <TextField
      name="token"
      label="API token"
      type="password"
      autoComplete="new-password"
      maxLength={4096}
      placeholder={kept ? is : ''}
      hint={
        <>
          Made in{' '}
          <a href={page} target="_blank" rel="noreferrer">
            {page.includes('id.atlassian.com') ? 'your Atlassian account' : 'your Jira profile'}
          </a>
          . {goes}
        </>
      }
    />
  )
}

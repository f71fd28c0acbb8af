import { secretGoesWords, secretIsWords } from '../form/secret-words.ts'
import { TextField } from '../form/text-field.tsx'
import { useJiraDeskState, useJiraField } from './jira-desk-context.ts'
import { isKept, tokenPage } from './jira-fields.ts'

/** The token: it can be given here, but never comes back. */
export function TokenField(): React.ReactNode {
  const settings = useJiraDeskState((state) => state.settings)
  const fields = useJiraDeskState((state) => state.fields)
  const kept = settings !== null && isKept(settings, fields)
  const page = tokenPage(fields)
  return (
    <TextField
      field={useJiraField('token')}
      label="API token"
      type="password"
      autoComplete="new-password"
      maxLength={4096}
      placeholder={kept ? secretIsWords(settings.tokenIn) : ''}
      hint={
        <>
          Made in{' '}
          <a href={page} target="_blank" rel="noreferrer">
            {page.includes('id.atlassian.com') ? 'your Atlassian account' : 'your Jira profile'}
          </a>
          . {secretGoesWords(settings?.secrets)}
        </>
      }
    />
  )
}

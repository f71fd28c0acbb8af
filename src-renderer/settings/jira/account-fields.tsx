import { Field } from '../../controls/field.tsx'
import styles from '../form/form.module.css'
import { secretGoesText, secretIsText } from '../form/secret-text.ts'
import { CertificateFile, TextField } from '../form/text-field.tsx'
import { useJiraFormState, useJiraField } from './jira-controller.ts'
import { isKept, tokenPage } from './jira-fields.ts'

const hint = 'Empty: every one you see.'

/** Where Jira is, who asks it, and by which token. */
export function AccountFields(): React.ReactNode {
  return (
    <div className={styles['fields']}>
      <TextField
        field={useJiraField('url')}
        label="Site URL"
        inputMode="url"
        placeholder="https://your-site.atlassian.net"
        hint="As you open Jira in a browser."
      />
      <TextField
        field={useJiraField('user')}
        label="E-mail"
        inputMode="email"
        maxLength={254}
        hint="Of your Atlassian account. Leave it empty for Data Center."
      />
      <TokenField />
      <div className={styles['pair']}>
        <TextField
          field={useJiraField('tokenExpiresOn')}
          label="Token’s last day"
          type="date"
          hint="You are warned 14 days ahead."
        />
        <ProjectField />
      </div>
      <CertificateFile
        field={useJiraField('caFile')}
        hint="A PEM file that is believed besides the system’s own, for a server with a company’s certificate."
      />
    </div>
  )
}

/** The token: it can be given here, but never comes back. */
function TokenField(): React.ReactNode {
  const settings = useJiraFormState((state) => state.settings)
  const fields = useJiraFormState((state) => state.fields)
  const kept = settings !== null && isKept(settings, fields)
  const page = tokenPage(fields)
  return (
    <TextField
      field={useJiraField('token')}
      label="API token"
      type="password"
      autoComplete="new-password"
      maxLength={4096}
      placeholder={kept ? secretIsText(settings.tokenIn) : ''}
      hint={
        <>
          Made in{' '}
          <a href={page} target="_blank" rel="noreferrer">
            {page.includes('id.atlassian.com') ? 'your Atlassian account' : 'your Jira profile'}
          </a>
          . {secretGoesText(settings?.secrets)}
        </>
      }
    />
  )
}

/** The project that is watched: typed before the projects are known, chosen afterwards. */
function ProjectField(): React.ReactNode {
  const projects = useJiraFormState((state) => state.choices.projects)
  const field = useJiraField('projectKey')
  return projects.length === 0 ? (
    <TextField field={field} label="Project" maxLength={32} placeholder="every project" hint={hint} />
  ) : (
    <ProjectChoice />
  )
}

function ProjectChoice(): React.ReactNode {
  const projects = useJiraFormState((state) => state.choices.projects)
  const { control: field } = useJiraField('projectKey')
  const key = field.value.toUpperCase()
  const unknown = key !== '' && projects.every((project) => project.key !== key)
  return (
    <Field label="Project" hint="All that you see, or one of them.">
      {(control) => (
        <select {...control} {...field} value={key}>
          <option value="">Every project</option>
          {unknown && <option value={key}>{key}</option>}
          {projects.map((project) => (
            <option key={project.key} value={project.key}>
              {project.key} · {project.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

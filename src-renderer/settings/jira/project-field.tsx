import { Field } from '../../controls/field.tsx'
import { TextField } from '../form/text-field.tsx'
import { useJiraDeskState, useJiraField } from './jira-desk-context.ts'

const hint = 'Empty: every one you see.'

/** The project that is watched: typed before the projects are known, chosen afterwards. */
export function ProjectField(): React.ReactNode {
  const projects = useJiraDeskState((state) => state.choices.projects)
  const field = useJiraField('projectKey')
  return projects.length === 0 ? (
    <TextField field={field} label="Project" maxLength={32} placeholder="every project" hint={hint} />
  ) : (
    <ProjectChoice />
  )
}

function ProjectChoice(): React.ReactNode {
  const projects = useJiraDeskState((state) => state.choices.projects)
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

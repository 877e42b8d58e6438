/** One line of the Publish form: its name, its value, and what is wrong with it. */
import { useId } from 'react'

/** `isRequired` marks the name with a star. */
export interface PipelineFieldProps {
  readonly label: string
  readonly value: string
  readonly placeholder: string
  readonly problem: string | undefined
  readonly isRequired?: boolean
  readonly isNumber?: boolean
  readonly disabled: boolean
  readonly testId: string
  readonly onEdit: (value: string) => void
  readonly onLeave: () => void
}

/** The line. The problem is read with the field. */
export function PipelineField({ label, value, placeholder, problem, isRequired = false, isNumber = false, disabled, testId, onEdit, onLeave }: PipelineFieldProps) {
  const id = useId()
  return (
    <>
      <label htmlFor={id}>{isRequired ? `*${label}` : label}</label>
      <input
        id={id}
        className="jp-mod-styled"
        spellCheck={false}
        inputMode={isNumber ? 'numeric' : undefined}
        aria-required={isRequired}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        disabled={disabled}
        placeholder={placeholder}
        value={value}
        data-testid={testId}
        onChange={event => onEdit(event.target.value)}
        onBlur={onLeave}
      />
      <FieldProblem id={`${id}-problem`} problem={problem} />
    </>
  )
}

/** What is wrong with the field above; nothing where all is well. */
export function FieldProblem({ id, problem }: { readonly id: string; readonly problem: string | undefined }) {
  if (problem === undefined) return null
  return (
    <p id={id} className="jp-Pachyderm-problem">
      {problem}
    </p>
  )
}

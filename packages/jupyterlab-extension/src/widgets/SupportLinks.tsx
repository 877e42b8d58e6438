/** Where people help. */
import type { TranslationBundle } from '@jupyterlab/translation'

const SLACK_URL = 'https://slack.pachyderm.io'
const ADDRESS = 'support@pachyderm.com'

/** One line each. */
export function SupportLinks({ trans }: { readonly trans: TranslationBundle }) {
  return (
    <>
      <p>
        <a href={SLACK_URL} target="_blank" rel="noopener noreferrer">
          {trans.__('Chat with us on Slack')}
        </a>
      </p>
      <p>
        <a href={`mailto:${ADDRESS}`}>{trans.__('Email us at %1', ADDRESS)}</a>
      </p>
    </>
  )
}

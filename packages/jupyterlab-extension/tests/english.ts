/** The language of the source: every text as it stands there. */
import { nullTranslator } from '@jupyterlab/translation'

export const english = nullTranslator.load('jupyterlab_pachyderm')

/** The icon of the panel: layers of data, one above the other. */
import { LabIcon } from '@jupyterlab/ui-components'

const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M12 2 2 7l10 5 10-5z"/>
    <path d="m4.2 10.9-2.2 1.1 10 5 10-5-2.2-1.1L12 14.8z"/>
    <path d="m4.2 15.9-2.2 1.1 10 5 10-5-2.2-1.1L12 19.8z"/>
  </g>
</svg>`

/** Follows the theme. */
export const pachydermIcon = new LabIcon({ name: 'jupyterlab-pachyderm:data', svgstr })

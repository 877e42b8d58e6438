/** What the plugins of this extension give each other. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { Token } from '@lumino/coreutils'

import type { DatumModel } from './model/datum-model.js'
import type { FilesModel } from './model/files-model.js'
import type { LogModel } from './model/log-model.js'
import type { MountModel } from './model/mount-model.js'
import type { PublishModel } from './model/publish-model.js'
import type { ServerEvents } from './model/server-events.js'
import type { SessionModel } from './model/session-model.js'

/** The state that all parts of the extension share. */
export interface IMountModel {
  /** What mount-server tells by itself. */
  readonly events: ServerEvents
  readonly session: SessionModel
  readonly mounts: MountModel
  readonly files: FilesModel
  readonly datums: DatumModel
  readonly publish: PublishModel
  /** The log of mount-server. */
  readonly log: LogModel
  /** The language of the panel. */
  readonly trans: TranslationBundle
}

/** Other extensions may ask for it. */
export const IMountModel = new Token<IMountModel>('jupyterlab-pachyderm:IMountModel', 'What Pachyderm data is mounted, and the files of it that are shown.')

/** The name of the catalogues of translations. */
export const TRANSLATION_DOMAIN = 'jupyterlab_pachyderm'

/** Where the settings of the extension are. */
export const SETTINGS_ID = 'jupyterlab-pachyderm:mount'

/** The id of the panel in the left area. */
export const PANEL_ID = 'pachyderm-mount'

/** What the plugins of this extension give each other. */
import type { MountServerClient } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { Token } from '@lumino/coreutils'

import type { DatumModel } from './model/datum-model.js'
import type { FilesModel } from './model/files-model.js'
import type { HistoryModel } from './model/history-model.js'
import type { LogModel } from './model/log-model.js'
import type { MountModel } from './model/mount-model.js'
import type { PanelSelection } from './model/panel-selection.js'
import type { PinsModel } from './model/pins-model.js'
import type { PublishModel } from './model/publish-model.js'
import type { ServerEvents } from './model/server-events.js'
import type { SessionModel } from './model/session-model.js'
import type { UploadModel } from './model/upload-model.js'

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
  readonly history: HistoryModel
  readonly uploads: UploadModel
  readonly selection: PanelSelection
  /** What the notebook with the focus remembers of mounted commits. */
  readonly pins: PinsModel
  /** Requests whose answers are no state of the panel. */
  readonly client: MountServerClient
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

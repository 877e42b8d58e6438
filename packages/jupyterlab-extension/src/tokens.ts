/** What the plugins of this extension give each other. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { Token } from '@lumino/coreutils'

import type { DatumModel } from './model/datum-model.js'
import type { FilesModel } from './model/files-model.js'
import type { MountModel } from './model/mount-model.js'
import type { PublishModel } from './model/publish-model.js'

/** The state that all parts of the extension share. */
export interface IMountModel {
  readonly mounts: MountModel
  readonly files: FilesModel
  readonly datums: DatumModel
  readonly publish: PublishModel
  /** The language of the panel. */
  readonly trans: TranslationBundle
}

/** Other extensions may ask for it. */
export const IMountModel = new Token<IMountModel>('jupyterlab-pachyderm:IMountModel', 'What Pachyderm data is mounted, and the files of it that are shown.')

/** The name of the catalogues of translations. */
export const TRANSLATION_DOMAIN = 'jupyterlab_pachyderm'

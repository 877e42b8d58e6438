/** The rows of the Data tab, its menus and dialogs, as tests find them. */
import type { Locator, Page } from 'playwright-core'

/** Names of rows are whole words of their text. */
export class DataTab {
  constructor(readonly page: Page) {}

  /** A row of the repo tree: a project, repo, branch or commit. */
  repo(name: string): Locator {
    return this.page.locator('.jp-Pachyderm-repos .jp-Pachyderm-row', { has: this.page.locator('.jp-Pachyderm-name, .jp-Pachyderm-commitId', { hasText: new RegExp(`^${name}$`) }) })
  }

  /** A mount, by its name. */
  mount(name: string): Locator {
    return this.page.locator('.jp-Pachyderm-mount', { has: this.page.locator('.jp-Pachyderm-mountName', { hasText: new RegExp(`^${name}$`) }) })
  }

  /** A file or directory of the Files section. */
  file(name: string): Locator {
    return this.page.locator('.jp-Pachyderm-files .jp-Pachyderm-row', { has: this.page.locator('.jp-Pachyderm-name', { hasText: name }) })
  }

  /** Clicks on the name of a file, where no button is. */
  async chooseFile(name: string, options: { button?: 'right'; modifiers?: 'Control'[] } = {}): Promise<void> {
    await this.file(name).locator('.jp-Pachyderm-name').click(options)
  }

  /** Double clicks on the name of a file or directory. */
  async open(name: string): Promise<void> {
    await this.file(name).locator('.jp-Pachyderm-name').dblclick()
  }

  /** The entries of the open context menu that may be chosen, JupyterLab's own left out. */
  async menuLabels(): Promise<string[]> {
    await this.page.locator('.lm-Menu').waitFor()
    const labels = await this.page.locator('.lm-Menu-item[data-type="command"]:not(.lm-mod-disabled) .lm-Menu-itemLabel').allTextContents()
    return labels.filter(label => label !== 'Shift+Right Click for Browser Menu')
  }

  /** Chooses from the open context menu. */
  async choose(label: string): Promise<void> {
    await this.page.locator('.lm-Menu-item', { has: this.page.locator('.lm-Menu-itemLabel', { hasText: new RegExp(`^${label}$`) }) }).click()
  }

  /** Mounts through the menu of a row of the repo tree. */
  async mountBy(name: string, label: string): Promise<void> {
    await this.repo(name).getByTestId('ListItem__mountMenu').click()
    await this.choose(label)
  }

  /** Presses the button of the open dialog. */
  async answer(label: string): Promise<void> {
    await this.page.locator('.jp-Dialog button', { hasText: new RegExp(`^${label}$`) }).click()
    await this.page.locator('.jp-Dialog').waitFor({ state: 'detached' })
  }

  /** What is on the clipboard; needs the permission to read it. */
  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText())
  }
}

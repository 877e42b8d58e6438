/** The rules of the house that a machine can check; the reasons stand in docs/ARCHITECTURE.md. */
import nx from '@nx/eslint-plugin'
import regexp from 'eslint-plugin-regexp'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const layers = [
  { sourceTag: 'layer:wire', onlyDependOnLibsWithTags: [], bannedExternalImports: ['fastify*'] },
  { sourceTag: 'layer:client', onlyDependOnLibsWithTags: ['layer:wire'] },
  { sourceTag: 'layer:embedded', onlyDependOnLibsWithTags: ['layer:wire'] },
  { sourceTag: 'layer:filesystem', onlyDependOnLibsWithTags: ['layer:wire', 'layer:client'], bannedExternalImports: ['@grpc/*'] },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:wire', 'layer:client', 'layer:filesystem'], bannedExternalImports: ['@grpc/*', 'fuse-native'] },
]
const testLayers = layers.map(layer =>
  layer.sourceTag === 'layer:wire' ? layer : { ...layer, onlyDependOnLibsWithTags: [...layer.onlyDependOnLibsWithTags, 'layer:client', 'layer:embedded'] },
)

const boundaries = depConstraints => ({
  '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: false, banTransitiveDependencies: true, depConstraints }],
})

export default defineConfig(
  {
    ignores: ['**/dist/**', '**/lib/**', '**/generated/**', '**/labextension/**', '**/node_modules/**', '.venv*/**', 'tools/conformance/{grpc,rest}/**'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['packages/**/*.{ts,tsx}', 'tools/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
    },
  },
  {
    files: ['packages/**/*.{ts,tsx}', 'tools/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    files: ['packages/**/*.{ts,tsx}'],
    plugins: { '@nx': nx },
    rules: { ...boundaries(layers), '@typescript-eslint/no-non-null-assertion': 'error' },
  },
  {
    files: ['packages/*/{tests,ui-tests}/**/*.{ts,tsx}', '**/*.test.{ts,tsx}', '**/*.contract.ts'],
    rules: { ...boundaries(testLayers), 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['tools/**'], rules: { '@nx/enforce-module-boundaries': 'off', 'no-console': 'off' } },
  {
    files: ['packages/*/src/**'],
    ignores: ['packages/mount-fs/src/fuse/**'],
    rules: { 'no-restricted-imports': ['error', 'fuse-native'] },
  },
)

import { type NeededSetting, type Readiness, settingEntry } from '@mi-patterns/planner';

/**
 * Comment lines (without `#`) for the settings that artifacts read and an environment does not give: entries to copy
 * into `mi-patterns.yaml`, each with the places that read it. Empty when nothing is missing.
 */
export function missingSettings({ settings }: Readiness, environment: string, release: string): readonly string[] {
  const missing = settings.filter(
    (setting) =>
      setting.from !== 'hashicorp-vault' &&
      setting.from !== 'vault' &&
      (setting.environments.length === 0 ||
        setting.environments.some((state) => state.environment === environment && state.state === 'missing')),
  );
  if (missing.length === 0) return [];
  const entries = missing.map((setting) => ({ setting, ...settingEntry(setting, `${release}-settings`) }));
  const block = (name: 'env' | 'properties'): string[] => {
    const own = entries.filter((entry) => entry.block === name);
    return own.length === 0 ? [] : [`${name}:`, ...own.flatMap(({ setting, line }) => [place(setting), `  ${line}`])];
  };
  return [
    'Artifacts read these settings, but nothing sets them yet. Set them under `values` in mi-patterns.yaml:',
    ...block('env'),
    ...block('properties'),
  ];
}

/** Places shown for each setting; `plan` shows them all. */
const mostPlaces = 3;

function place({ sources, without }: NeededSetting): string {
  const shown = sources.slice(0, mostPlaces).map(({ path, line }) => `${withoutFolder(path)}:${line}`);
  const more = sources.length > mostPlaces ? ` and ${sources.length - mostPlaces} more` : '';
  const because = without === 'archive-fails' ? '; no pod becomes ready without it' : '';
  return `  # ${shown.join(', ')}${more}${because}`;
}

/** The path from the project's or archive's own folder on: the values must be the same on every machine. */
function withoutFolder(path: string): string {
  const project = path.lastIndexOf('src/main/');
  if (project >= 0) return path.slice(project);
  const [file = '', ...entries] = path.split('!/');
  return [file.slice(file.lastIndexOf('/') + 1), ...entries].join('!/');
}

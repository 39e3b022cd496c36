import { statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeTemporary } from '@mi-patterns/inventory';
import type { NamedText } from '../context/files.ts';

/**
 * Calls `work` with files in place of the given ones that a program can read several times: of a pipe such as `<(…)`,
 * which is empty by now, there is a copy until `work` ends.
 */
export async function withFilesForPrograms<Result>(
  named: readonly NamedText[],
  work: (files: readonly NamedText[]) => Promise<Result>,
): Promise<Result> {
  const isPipe = ({ file }: NamedText): boolean => !statSync(file).isFile();
  if (!named.some(isPipe)) return work(named);
  const folder = temporaryFolder();
  try {
    const files = named.map((one, index) => {
      if (!isPipe(one)) return one;
      const file = join(folder.path, `${index}.yaml`);
      writeTemporary(file, one.text);
      return { ...one, file };
    });
    return await work(files);
  } finally {
    folder.remove();
  }
}

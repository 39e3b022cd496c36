import { glossary } from '../../packages/cli/src/codes/glossary.ts';
import { code, generatedNote } from './markdown.ts';

/** docs/glossary.md: the words of plans, reports and values, as `mi-patterns explain WORD` prints them. */
export function glossaryPage(): string {
  const terms = Object.entries(glossary).map(
    ([word, { title, meaning, whatToDo }]) => `## ${word}\n\n**${title}.** ${meaning}\n\n_What to do:_ ${whatToDo}\n`,
  );
  return `${generatedNote('packages/cli/src/codes/glossary.ts')}
# Glossary

The words that plans, reports and values use. ${code('mi-patterns explain WORD')} prints the same.

${terms.join('\n')}`;
}

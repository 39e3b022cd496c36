import { Script } from 'node:vm';
import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, report } from './reading.ts';

/**
 * What GraalJS takes, as MI sets it, and no other engine: loops "for each", conditions of a catch, functions without
 * braces, and objects with a body. Bounded, so that a hostile script cannot make the search quadratic.
 */
const ofNashorn =
  /\bfor\s{1,20}each\b|\bcatch\s{0,20}\(\s{0,20}\w{1,80}\s{1,20}if\b|\bfunction\b[^(){}]{0,80}\([^()]{0,200}\)\s{0,20}[^{\s]|\bnew\s{1,20}[\w.]{1,80}\([^()]{0,200}\)\s{0,20}\{/;

/** Literals of XML, and what only Rhino finds in it; the three dots of JavaScript are something else. */
const ofRhino = /<\/|\/>|\.@|[^.]\.\.[*\w]/;

/**
 * Tells of a script that does not compile: MI compiles it while it deploys the artifact (`ScriptMediator`; seen on MI
 * 4.3.0). Before 4.3.0 the language `js` was Rhino, which has literals of XML.
 */
export function checkScript(reading: Reading, node: XmlNode): void {
  if (attributeValue(node, 'language') !== 'js' || attributeValue(node, 'key') !== undefined) return;
  const fault = faultOfScript(node.text);
  if (fault === undefined) return;
  // CDATA shifts a text against its file, so the line is searched in the file itself.
  const line = node.text.split('\n')[fault.line - 1]?.trim() ?? '';
  const at = line === '' ? -1 : reading.text.indexOf(line, node.textOffset);
  report(reading, at === -1 ? node.textOffset : at, {
    code: 'MI-ARTIFACT-VALUE',
    severity: 'warning',
    message: `The mediator \`script\` has a text that is not valid JavaScript (${fault.message}); from 4.3.0 on, Micro Integrator refuses it and ${reading.afterwards}.`,
    hint: ofRhino.test(node.text)
      ? 'Correct it, or write language="rhinoJs" if it has XML in it, such as <a/>, .@name or ..name.'
      : 'Correct the script.',
  });
}

const compile = (text: string): Script => new Script(text, { filename: 'script' });

/** What is wrong with the text of a script, by its line; it is only compiled, and never runs. */
function faultOfScript(text: string): { readonly message: string; readonly line: number } | undefined {
  try {
    compile(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError) || ofNashorn.test(text)) return undefined;
    return { message: error.message, line: Number(/^script:(\d+)/.exec(error.stack ?? '')?.[1] ?? 1) };
  }
}

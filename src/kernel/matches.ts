/**
 * Every match of a global expression, in order, as `matchAll` finds them. That one works on a copy of the expression, and
 * a copy is compiled anew whenever the garbage collector has thrown away what was compiled: 200 ms for the wordings of an
 * attribution to a state, where the expression itself stays compiled and takes 0.1.
 * @throws TypeError where the expression is not global.
 */
export function matchesOf(pattern: RegExp, text: string): RegExpExecArray[] {
  if (!pattern.global) throw new TypeError('Every match is found by a global expression alone.');
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    found.push(match);
    // What matched nothing would do so here for ever; with `u`, a pair of surrogates is one step.
    if (match[0] === '')
      pattern.lastIndex += pattern.unicode && (text.codePointAt(pattern.lastIndex) ?? 0) > 0xffff ? 2 : 1;
  }
  return found;
}

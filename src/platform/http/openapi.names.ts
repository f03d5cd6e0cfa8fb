/** What a file of views and inputs exports. */
export interface DtoFile {
  file: string;
  exports: Record<string, unknown>;
}

/**
 * Classes of one name in several files. The document names schemas by their class alone, so that one of them would
 * silently stand for all. @returns a sentence for each such name.
 */
export function faultsInNames(files: readonly DtoFile[]): string[] {
  const named = new Map<string, Map<unknown, string>>();
  for (const { file, exports } of files)
    for (const each of Object.values(exports)) {
      if (typeof each !== 'function' || !/^class\b/.test(Function.prototype.toString.call(each))) continue;
      const of = named.get(each.name) ?? new Map<unknown, string>();
      if (!of.has(each)) of.set(each, file);
      named.set(each.name, of);
    }
  return [...named]
    .filter(([, of]) => of.size > 1)
    .map(
      ([name, of]) => `${[...of.values()].join(' and ')} each have a class ${name}: the document knows one of a name`,
    );
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const made = new Map<string, string[]>();

/** What a country is called in a language, as ICU knows it; null where it does not. */
export function countryName(code: string, language: string): string | null {
  try {
    return new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }).of(code) ?? null;
  } catch {
    return null;
  }
}

/** The names of all countries there are, in a language. */
export function countryNames(language: string): string[] {
  let names = made.get(language);
  if (!names) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    names = LETTERS.flatMap((first) => LETTERS.map((second) => display.of(first + second) ?? '')).filter(
      (name) => name !== '',
    );
    made.set(language, names);
  }
  return names;
}

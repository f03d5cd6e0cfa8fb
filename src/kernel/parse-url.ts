/**
 * A URL as the WHATWG reads it, null for what is none. Not `URL.canParse`: in Node 20, once V8 has compiled its caller,
 * that one refuses every text with letters of Latin-1 beyond ASCII (`https://bücher.example`), and nobody knows when.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

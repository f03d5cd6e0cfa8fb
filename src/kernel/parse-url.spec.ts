import { parseUrl } from './parse-url.js';

describe('a URL', () => {
  it('is read, or is none', () => {
    expect(parseUrl('https://bücher.example:443')?.href).toBe('https://xn--bcher-kva.example/');
    for (const none of ['', 'bücher.example', 'https://', 'http://a b/']) expect(parseUrl(none)).toBeNull();
  });

  it('is the same one however often it was read', () => {
    let refused = 0;
    // Some thousand times, and its caller is compiled.
    for (let times = 0; times < 50_000; times++) if (parseUrl('https://bücher.example') === null) refused += 1;
    expect(refused).toBe(0);
  });
});

const escape = (name: string | number): string => String(name).replaceAll('~', '~0').replaceAll('/', '~1');

/** JSON Pointer (RFC 6901) of what these names and positions lead to. */
export const pointerTo = (...path: (string | number)[]): string => path.map((each) => `/${escape(each)}`).join('');

/** Injects how long a file may be, in bytes. */
export const FILE_LIMIT = Symbol('file-limit');

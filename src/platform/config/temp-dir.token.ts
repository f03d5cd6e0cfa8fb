/** Injects the folder (string) for what is laid aside while it is worked on; it need not exist. */
export const TEMP_DIR = Symbol('temp-dir');

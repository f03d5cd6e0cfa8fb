/** Injects the 32 bytes (Buffer) that second factors are sealed under. They live outside the database. */
export const SECRET_KEY = Symbol('secret-key');

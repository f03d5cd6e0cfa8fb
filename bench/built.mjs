import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A file of the product as `npm start` runs it. `RONDA_BENCH_DIST` names another build, to compare the two. */
const dist = path.resolve(process.env.RONDA_BENCH_DIST ?? path.join(import.meta.dirname, '..', 'dist'));

export const built = (file) => import(pathToFileURL(path.join(dist, file)).href);

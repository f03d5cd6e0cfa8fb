import type { Json } from '../record/json.js';

/** One that the standard's rules were held against, or that was written by them. */
export interface StixObject extends Json {
  type: string;
  id: string;
  modified?: string;
}

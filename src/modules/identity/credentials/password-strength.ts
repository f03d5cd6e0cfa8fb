import { Injectable } from '@nestjs/common';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import type { Fault } from '../../../kernel/problem.js';

const MIN_SCORE = 3;
/** What is looked at for strength; matching takes time that grows faster than the length. */
const LOOKED_AT = 72;

/** Judges passwords offline. The dictionaries are loaded with the first question: 400 ms that a start need not wait for. */
@Injectable()
export class PasswordStrength {
  private loaded: Promise<ZxcvbnFactory> | null = null;

  /**
   * @param pointer of the password in the request.
   * @param known words that its owner is known by: address, names, organisation.
   */
  async faults(password: string, pointer: string, known: readonly string[]): Promise<Fault[]> {
    const judge = await (this.loaded ??= load());
    const words = known.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]).filter((word) => word.length > 2);
    const { score, feedback } = judge.check(password.slice(0, LOOKED_AT), words);
    if (score >= MIN_SCORE) return [];
    const why = feedback.warning ?? 'This password is easy to guess.';
    return [{ pointer, detail: [why, ...feedback.suggestions].join(' ') }];
  }
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
}

/** Why an advisory does not leave in anybody's format: TLP:RED never does, and what is unmarked may not. */
export class NotExportable extends Error {
  constructor(readonly reason: 'red' | 'unmarked') {
    super(reason === 'red' ? 'A TLP:RED advisory is never exported.' : 'An unmarked advisory is never exported.');
    this.name = 'NotExportable';
  }
}

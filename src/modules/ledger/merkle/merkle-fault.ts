/** Why a proof, a note or a checkpoint is refused. */
export class MerkleFault extends Error {
  constructor(
    readonly reason:
      | 'proof-malformed'
      | 'proof-mismatch'
      | 'note-malformed'
      | 'note-unsigned'
      | 'note-forged'
      | 'checkpoint-malformed',
    message: string,
  ) {
    super(message);
    this.name = 'MerkleFault';
  }
}

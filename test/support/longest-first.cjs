// Begins with the files that take minutes, so that at the end no worker waits for one of them: a clean checkout has no
// memory of how long each took, and Jest goes by their size, by which the longest come last.
const { default: Sequencer } = require('@jest/test-sequencer');

const LONGEST = ['test/noninterference/', 'test/fault/', 'test/access/', 'test/property/policy-and-sql'];

const rank = ({ path }) => {
  const place = LONGEST.findIndex((each) => path.includes(`/${each}`));
  return place < 0 ? LONGEST.length : place;
};

module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = [...(await super.sort(tests))];
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
};

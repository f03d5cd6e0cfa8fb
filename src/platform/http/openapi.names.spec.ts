import { faultsInNames } from './openapi.names.js';

describe('names of classes in the document', () => {
  const one = class View {};
  const other = class View {};

  it('belong to one class each', () => {
    const again = { file: 'index.js', exports: { View: one, seconds: 5, make: () => one } };
    expect(faultsInNames([{ file: 'a.dto.js', exports: { View: one } }, again])).toEqual([]);
    expect(
      faultsInNames([
        { file: 'a.dto.js', exports: { View: one } },
        { file: 'b.dto.js', exports: { View: other } },
      ]),
    ).toEqual(['a.dto.js and b.dto.js each have a class View: the document knows one of a name']);
  });
});

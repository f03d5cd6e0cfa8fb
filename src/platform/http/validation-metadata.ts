import { getMetadataStorage } from 'class-validator';
import type { MetadataStorage } from 'class-validator';

type Rules = ReturnType<MetadataStorage['getTargetValidationMetadatas']>;

/**
 * Has class-validator look a class's rules up once. It goes through those of every class there is for each object that
 * it validates: that was a tenth of a filing's time in the server (bench/README.md). Decorators have said all they say
 * of a class before the first object of it is made.
 */
export function rememberValidationRules(): void {
  const storage = getMetadataStorage();
  const lookUp = storage.getTargetValidationMetadatas.bind(storage);
  const known = new WeakMap<object, Rules>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    if (schema || always || strictGroups || groups) return lookUp(target, schema, always, strictGroups, groups);
    let rules = known.get(target);
    if (!rules) known.set(target, (rules = lookUp(target, schema, always, strictGroups, groups)));
    return rules;
  };
}

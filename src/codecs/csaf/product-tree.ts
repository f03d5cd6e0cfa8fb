import type { AdvisoryProduct } from '../advisory/index.js';
import type { Json } from '../record/json.js';
import { isObject, objectsOf, textOf } from '../record/json.js';

/** One version and nothing else: 6.1.31 refuses a `product_version` with a word or sign of a range in it. */
const ONE_VERSION = /^v?\d+(\.\d+)*$/;

/**
 * Vendor, product and version as branches. Only neighbours share a branch, so that the order stays.
 * @see CSAF 2.0 §3.2.2
 */
export function writeProductTree(products: readonly AdvisoryProduct[]): Json {
  return {
    branches: runs(products, ({ vendor }) => vendor).flatMap(([vendor, ofVendor]) => {
      const branches = runs(ofVendor, ({ product }) => product).flatMap(([name, ofProduct]) =>
        writeVersions(name, ofProduct),
      );
      return vendor === null ? branches : [{ category: 'vendor', name: vendor, branches }];
    }),
  };
}

function writeVersions(name: string, products: readonly AdvisoryProduct[]): Json[] {
  return runs(products, ({ versions }) => versions === null).flatMap(([isWhole, each]): Json[] =>
    isWhole
      ? each.map((product) => ({ category: 'product_name', name, product: fullName(product) }))
      : [
          {
            category: 'product_name',
            name,
            branches: each.map((product) => ({
              category: ONE_VERSION.test(product.versions ?? '') ? 'product_version' : 'product_version_range',
              name: product.versions,
              product: fullName(product),
            })),
          },
        ],
  );
}

function fullName({ id, vendor, product, versions, purl, cpe }: AdvisoryProduct): Json {
  const helper = { ...(cpe !== null && { cpe }), ...(purl !== null && { purl }) };
  return {
    product_id: id,
    name: [vendor, product, versions].filter((each) => each !== null).join(' '),
    ...(Object.keys(helper).length > 0 && { product_identification_helper: helper }),
  };
}

function runs<T, K>(all: readonly T[], keyOf: (each: T) => K): [K, T[]][] {
  const found: [K, T[]][] = [];
  for (const each of all) {
    const last = found.at(-1);
    if (last?.[0] === keyOf(each)) last[1].push(each);
    else found.push([keyOf(each), [each]]);
  }
  return found;
}

/** Every product that the tree defines, those of relationships included. */
export function readProductTree(tree: unknown): AdvisoryProduct[] {
  if (!isObject(tree)) return [];
  return [
    ...objectsOf(tree.branches).flatMap((branch) => readBranch(branch, [])),
    ...objectsOf(tree.full_product_names).map((each) => readProduct(each, [])),
    ...objectsOf(tree.relationships).flatMap(({ full_product_name: each }) =>
      isObject(each) ? [readProduct(each, [])] : [],
    ),
  ];
}

/** Deeper than any tree that the schema's readers survive; a bomb of branches ends here. */
const DEEPEST = 100;

function readBranch(branch: Json, above: readonly Json[]): AdvisoryProduct[] {
  const path = [...above, branch];
  if (path.length > DEEPEST) return [];
  return isObject(branch.product)
    ? [readProduct(branch.product, path)]
    : objectsOf(branch.branches).flatMap((each) => readBranch(each, path));
}

function readProduct(product: Json, path: readonly Json[]): AdvisoryProduct {
  const named = (...categories: string[]): string | null =>
    textOf(path.findLast(({ category }) => categories.includes(textOf(category) ?? ''))?.name);
  const helper = isObject(product.product_identification_helper) ? product.product_identification_helper : {};
  return {
    id: textOf(product.product_id) ?? '',
    vendor: named('vendor'),
    product: named('product_name') ?? named('product_family') ?? textOf(product.name) ?? '',
    versions: named('product_version', 'product_version_range'),
    purl: textOf(helper.purl),
    cpe: textOf(helper.cpe),
  };
}

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readBundle } from '../../src/codecs/stix/index.js';
import { describeWithFixtures } from '../support/fixtures.js';

/** Where the defect of each labelled document is; of one that lacks a property of several, the object itself. */
const DEFECTS: Readonly<Record<string, string>> = {
  'custom_obj_tests.test_invalid_property_name_starting_character_in_instance-01': '/9ome_custom_stuff',
  'custom_obj_tests.test_invalid_type_name-01': '/type',
  'custom_obj_tests.test_invalid_type_name-02': '/type',
  'custom_obj_tests.test_invalid_type_starting_character_in_instance-01': '/type',
  'extensions_tests.test_ext_defn_extprops_not_top_level-01': '/extension_properties',
  'extensions_tests.test_ext_defn_invalid_extension_type-01': '/extension_types/0',
  'extensions_tests.test_wellformed_new_sdo_invalid_extension_type-01':
    '/extensions/extension-definition--04b2d3ef-d061-4912-ab77-6bbe807a5bd5/extension_type',
  'language_content_tests.test_invalid_contents_key-01': '/contents/español',
  'language_content_tests.test_invalid_contents_subkey-01': '/contents/es/a',
  'malware_analysis_tests.test_software_ref-01': '/host_vm_ref',
  'network_traffic_tests.test_invalid_start_end_time-01': '/end',
  'network_traffic_tests.test_network_traffic_end_is_active-01': '/end',
  'network_traffic_tests.test_network_traffic_ports-05': '/src_port',
  'network_traffic_tests.test_network_traffic_required_fields-01': '',
  'network_traffic_tests.test_network_traffic_required_fields-02': '/protocols',
  'observed_data_tests.test_artifact_mime_type-01': '/mime_type',
  'observed_data_tests.test_artifact_mime_type-03': '',
  'observed_data_tests.test_artifact_url_payloadbin-01': '/url',
  'observed_data_tests.test_artifact_url_payloadbin-03': '/payload_bin',
  'observed_data_tests.test_directory_character_set-01': '/path_enc',
  'observed_data_tests.test_email_address_invalid_value-01': '/value',
  'observed_data_tests.test_email_message_multipart-01': '/body_multipart',
  'observed_data_tests.test_file_character_set-01': '/name_enc',
  'observed_data_tests.test_file_invalid_is_encrypted-01': '/encryption_algorithm',
  'observed_data_tests.test_hash_length-03': '/hashes/MD',
  'observed_data_tests.test_invalid_accessed_timestamp-01': '/created',
  'observed_data_tests.test_invalid_extension_timestamp-01': '/extensions/windows-pebinary-ext/time_date_stamp',
  'observed_data_tests.test_invalid_objects_property-01': '/objects',
  'observed_data_tests.test_invalid_observable_embedded_timestamp-01':
    '/x509_v3_extensions/private_key_usage_period_not_before',
  'observed_data_tests.test_invalid_seen_time-02': '/last_observed',
  'observed_data_tests.test_number_observed-01': '/number_observed',
  'observed_data_tests.test_observable_object_extensions_prefix_lax-02': '/extensions/x-foobar',
  'observed_data_tests.test_observable_object_extensions_string-01': '/extensions',
  'observed_data_tests.test_observable_object_reserved_property-01': '/action',
  'observed_data_tests.test_observable_object_reserved_type-01': '/type',
  'observed_data_tests.test_process_uuidv5-01': '/id',
  'observed_data_tests.test_software_cpe-01': '/cpe',
  'observed_data_tests.test_software_language-01': '/languages/0',
  'observed_data_tests.test_url-01': '/value',
  'observed_data_tests.test_url_in_artifact-01': '/url',
  'observed_data_tests.test_vocab_encryption_algo-01': '/encryption_algorithm',
  'observed_data_tests.test_windows_registry_key_truncated-01': '/key',
};

/** What the official validator (3.2.0) refuses as well, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  'bundle_with_invalid_uuids.json': '/objects/0/id',
  'bundle_with_regkey_attribute.json': '/objects/3/key',
  'bundle_with_regkey_observable_attribute.json': '/objects/3/key',
  'bundle_with_regkey_value_attribute.json': '/objects/3/key',
  'bundle_with_regkey_value_observable_attribute.json': '/objects/3/key',
};

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const documents = (dir: string): string[] => readdirSync(dir).filter((each) => each.endsWith('.json'));

/** The document is taken, and each of its objects is still what it was. */
function expectTaken(file: string): void {
  const { faults, bundle } = readBundle(read(file));
  expect(faults).toEqual([]);
  const came = read(file) as { type: string; objects?: unknown[] };
  expect(bundle?.objects.map(({ raw }) => raw)).toEqual(came.type === 'bundle' ? came.objects : [came]);
}

describeWithFixtures('stix/labelled/invalid', (dir) => {
  it('are the 42 whose defects are known', () => {
    expect(
      documents(dir)
        .map((file) => path.basename(file, '.json'))
        .sort(),
    ).toEqual(Object.keys(DEFECTS).sort());
  });

  it.each(Object.entries(DEFECTS))('%s is refused with a pointer to its defect', (name, pointer) => {
    const { faults, bundle } = readBundle(read(path.join(dir, `${name}.json`)));
    expect(bundle).toBeNull();
    expect(faults.map((fault) => fault.pointer)).toContain(pointer);
  });
});

for (const [folder, count] of [
  ['stix/labelled/valid', 87],
  ['stix/examples', 11],
  ['stix/attack', 1],
] as const)
  describeWithFixtures(folder, (dir) => {
    it(`are ${count}`, () => {
      expect(documents(dir)).toHaveLength(count);
    });

    it.each(documents(dir))('%s is taken', (file) => {
      expectTaken(path.join(dir, file));
    });
  });

describeWithFixtures('stix/misp-stix-bundles', (dir) => {
  it.each(documents(dir).filter((file) => !Object.hasOwn(REFUSED, file)))('%s is taken', (file) => {
    expectTaken(path.join(dir, file));
  });

  it.each(Object.entries(REFUSED))('%s is refused', (file, pointer) => {
    expect(readBundle(read(path.join(dir, file))).faults.map((fault) => fault.pointer)).toContain(pointer);
  });

  it('gives observables to what MISP exports without an incident', () => {
    const { bundle } = readBundle(read(path.join(dir, 'bundle_with_AS_indicator_attribute.json')));
    expect(bundle?.records).toHaveLength(1);
    const bundles = documents(dir).flatMap((file) => readBundle(read(path.join(dir, file))).bundle ?? []);
    expect(
      bundles.filter(({ records }) => records.some(({ observables }) => observables.length > 0)).length,
    ).toBeGreaterThan(80);
  });
});

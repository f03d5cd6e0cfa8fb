-- The schema "ronda" as the migrations leave it. Written by `npm run schema:dump`; `npm run check:migrations` compares.
-- For reading and for comparing, not for running.

schema ronda
  owner migrator
  grant ronda_app: usage
  grant ronda_deriver: usage
  grant ronda_keeper: usage
  grant ronda_searcher: usage
  grant ronda_sequencer: usage
  default privileges of migrator on r: {ronda_keeper=r/ronda_migrator}

role ronda_app
  nologin

role ronda_deriver
  nologin

role ronda_keeper
  nologin

role ronda_searcher
  nologin

role ronda_sequencer
  nologin

table ronda.advisory
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  origin_node text not null
  owner_key integer not null
  author_key integer not null
  owner_readers integer[] not null -- grant ronda_app: update
  reviewers integer[] not null -- grant ronda_app: update
  audience integer[] not null -- grant ronda_app: update
  head integer not null -- grant ronda_app: update
  status text not null -- grant ronda_app: update
  published integer -- grant ronda_app: update
  submitted_at timestamp with time zone -- grant ronda_app: update
  review_by timestamp with time zone -- grant ronda_app: update
  interim_until timestamp with time zone -- grant ronda_app: update
  withdrawn_at timestamp with time zone -- grant ronda_app: update
  withdrawn_because text -- grant ronda_app: update
  created_at timestamp with time zone not null
  opened_from integer not null default 1 -- grant ronda_app: update
  acknowledge_by timestamp with time zone -- grant ronda_app: update
  is_unmarked boolean not null default false -- grant ronda_app: update
  constraint advisory_pkey PRIMARY KEY (key)
  constraint advisory_space_id_key UNIQUE (space, id)
  constraint advisory_space_key_key UNIQUE (space, key)
  constraint advisory_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint advisory_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint advisory_check CHECK ((audience @> owner_readers))
  constraint advisory_check1 CHECK (((interim_until IS NULL) OR (published IS NOT NULL)))
  constraint advisory_check2 CHECK (((status <> 'published'::text) OR (published IS NOT NULL)))
  constraint advisory_check3 CHECK (((status = 'withdrawn'::text) = (withdrawn_at IS NOT NULL)))
  constraint advisory_opened_from CHECK (((opened_from >= 1) AND (opened_from <= (head + 1))))
  constraint advisory_received CHECK (((status <> 'received'::text) OR ((head = 1) AND (published IS NULL) AND (submitted_at IS NULL) AND (reviewers = '{}'::integer[]) AND (audience = owner_readers))))
  constraint advisory_reviewers_check CHECK ((NOT (reviewers && ARRAY[1, 2, 3, 4, 5, 6])))
  constraint advisory_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'in-review'::text, 'scheduled'::text, 'published'::text, 'withdrawn'::text, 'received'::text])))
  constraint advisory_unmarked CHECK (((NOT is_unmarked) OR ((status = ANY (ARRAY['draft'::text, 'received'::text])) AND (reviewers = '{}'::integer[]))))
  CREATE INDEX advisory_interim ON ronda.advisory USING btree (interim_until) WHERE (interim_until IS NOT NULL)
  CREATE INDEX advisory_to_acknowledge ON ronda.advisory USING btree (space, key) INCLUDE (published, owner_readers) WHERE (acknowledge_by IS NOT NULL)
  CREATE INDEX advisory_waiting ON ronda.advisory USING btree (space, key) WHERE ((status = 'in-review'::text) OR (interim_until IS NOT NULL))
  CREATE TRIGGER guard_advisory BEFORE INSERT OR UPDATE ON ronda.advisory FOR EACH ROW EXECUTE FUNCTION ronda.guard_advisory()
  row-level security forced
  policy advisory_derive for select to ronda_deriver
    using (true)
  policy advisory_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
  policy advisory_keep for select to ronda_keeper
    using (true)
  policy advisory_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (audience && (( SELECT ronda.reader_principals() AS reader_principals)) OR reviewers && (( SELECT ronda.reader_principals() AS reader_principals))))
  policy advisory_search for select to ronda_searcher
    using (true)
  policy advisory_sequence for select to ronda_sequencer
    using (true)
  policy advisory_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select
  grant ronda_searcher: select
  grant ronda_sequencer: select

table ronda.advisory_approval
  owner migrator
  space integer not null
  advisory_key bigint not null
  number integer not null
  org_key integer not null
  user_key integer not null
  at timestamp with time zone not null
  constraint advisory_approval_pkey PRIMARY KEY (space, advisory_key, number, org_key)
  constraint advisory_approval_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint advisory_approval_space_advisory_key_number_fkey FOREIGN KEY (space, advisory_key, number) REFERENCES ronda.advisory_revision(space, advisory_key, number)
  constraint advisory_approval_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  CREATE TRIGGER guard_advisory_approval BEFORE INSERT ON ronda.advisory_approval FOR EACH ROW EXECUTE FUNCTION ronda.guard_advisory_approval()
  row-level security forced
  policy advisory_approval_derive for select to ronda_deriver
    using (true)
  policy advisory_approval_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_approval.advisory_key AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  policy advisory_approval_keep for select to ronda_keeper
    using (true)
  policy advisory_approval_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_approval.advisory_key AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))) AND (advisory_approval.number >= a.opened_from OR (a.author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.advisory_change
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  advisory_key bigint not null
  number integer not null
  pointer text not null
  body text not null
  org_key integer not null
  author_key integer not null
  created_at timestamp with time zone not null
  done_at timestamp with time zone -- grant ronda_app: update
  done_by integer -- grant ronda_app: update
  settled_at timestamp with time zone -- grant ronda_app: update
  constraint advisory_change_pkey PRIMARY KEY (key)
  constraint advisory_change_space_id_key UNIQUE (space, id)
  constraint advisory_change_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint advisory_change_done_by_fkey FOREIGN KEY (done_by) REFERENCES ronda.user_account(key)
  constraint advisory_change_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint advisory_change_space_advisory_key_number_fkey FOREIGN KEY (space, advisory_key, number) REFERENCES ronda.advisory_revision(space, advisory_key, number)
  constraint advisory_change_check CHECK (((done_at IS NULL) = (done_by IS NULL)))
  constraint advisory_change_check1 CHECK (((settled_at IS NULL) OR (done_at IS NOT NULL)))
  CREATE INDEX advisory_change_record ON ronda.advisory_change USING btree (space, advisory_key, key)
  CREATE TRIGGER guard_advisory_change BEFORE INSERT OR UPDATE ON ronda.advisory_change FOR EACH ROW EXECUTE FUNCTION ronda.guard_advisory_change()
  row-level security forced
  policy advisory_change_derive for select to ronda_deriver
    using (true)
  policy advisory_change_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_change.advisory_key AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))))) AND (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.advisory_key = advisory_change.advisory_key AND r.number = advisory_change.number)) AND done_at IS NULL)
  policy advisory_change_keep for select to ronda_keeper
    using (true)
  policy advisory_change_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_change.advisory_key AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))) AND (advisory_change.number >= a.opened_from OR (a.author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))))
  policy advisory_change_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_change.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.advisory_comment
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  advisory_key bigint not null
  number integer not null
  pointer text not null
  body text not null
  org_key integer not null
  author_key integer not null
  created_at timestamp with time zone not null
  constraint advisory_comment_pkey PRIMARY KEY (key)
  constraint advisory_comment_space_id_key UNIQUE (space, id)
  constraint advisory_comment_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint advisory_comment_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint advisory_comment_space_advisory_key_number_fkey FOREIGN KEY (space, advisory_key, number) REFERENCES ronda.advisory_revision(space, advisory_key, number)
  CREATE INDEX advisory_comment_record ON ronda.advisory_comment USING btree (space, advisory_key, key DESC)
  row-level security forced
  policy advisory_comment_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_comment.advisory_key AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))))) AND (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.advisory_key = advisory_comment.advisory_key AND r.number = advisory_comment.number)))
  policy advisory_comment_keep for select to ronda_keeper
    using (true)
  policy advisory_comment_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_comment.advisory_key AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))) AND (advisory_comment.number >= a.opened_from OR (a.author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.advisory_document
  owner migrator
  space integer not null
  advisory_key bigint not null
  number integer not null
  segmenter text not null -- grant ronda_searcher: update
  words tsvector not null -- grant ronda_searcher: update
  constraint advisory_document_pkey PRIMARY KEY (space, advisory_key, number)
  constraint advisory_document_space_advisory_key_number_fkey FOREIGN KEY (space, advisory_key, number) REFERENCES ronda.advisory_revision(space, advisory_key, number)
  CREATE INDEX advisory_document_segmenter ON ronda.advisory_document USING btree (segmenter)
  CREATE INDEX advisory_document_words ON ronda.advisory_document USING gin (words) WITH (gin_pending_list_limit='512')
  row-level security forced
  policy advisory_document_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = advisory_document.space AND a.key = advisory_document.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy advisory_document_keep for select to ronda_keeper
    using (true)
  policy advisory_document_search for all to ronda_searcher
    using (true)
  grant ronda_app: insert
  grant ronda_keeper: select
  grant ronda_searcher: select

table ronda.advisory_invitation
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  advisory_key bigint not null
  principal_key integer not null
  org_key integer not null
  user_key integer
  is_joint boolean not null
  invited_by integer not null
  invited_at timestamp with time zone not null
  ended_at timestamp with time zone -- grant ronda_app: update
  constraint advisory_invitation_pkey PRIMARY KEY (key)
  constraint advisory_invitation_space_id_key UNIQUE (space, id)
  constraint advisory_invitation_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES ronda.user_account(key)
  constraint advisory_invitation_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint advisory_invitation_principal_key_fkey FOREIGN KEY (principal_key) REFERENCES ronda.principal(key)
  constraint advisory_invitation_space_advisory_key_fkey FOREIGN KEY (space, advisory_key) REFERENCES ronda.advisory(space, key)
  constraint advisory_invitation_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  CREATE UNIQUE INDEX advisory_invitation_open ON ronda.advisory_invitation USING btree (space, advisory_key, principal_key) WHERE (ended_at IS NULL)
  row-level security forced
  policy advisory_invitation_derive for select to ronda_deriver
    using (true)
  policy advisory_invitation_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_invitation.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (invited_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (principal_key = org_key OR principal_key = user_key))
  policy advisory_invitation_keep for select to ronda_keeper
    using (true)
  policy advisory_invitation_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_invitation.advisory_key AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  policy advisory_invitation_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_invitation.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.advisory_origin
  owner migrator
  space integer not null
  advisory_key bigint not null
  owner_key integer not null
  imported_by integer not null
  namespace text not null
  tracking_id text not null
  version text not null
  document jsonb not null
  imported_at timestamp with time zone not null
  content bytea
  constraint advisory_origin_pkey PRIMARY KEY (space, advisory_key)
  constraint advisory_origin_imported_by_fkey FOREIGN KEY (imported_by) REFERENCES ronda.user_account(key)
  constraint advisory_origin_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint advisory_origin_space_advisory_key_fkey FOREIGN KEY (space, advisory_key) REFERENCES ronda.advisory(space, key)
  CREATE UNIQUE INDEX advisory_origin_known ON ronda.advisory_origin USING btree (space, owner_key, imported_by, namespace, tracking_id, version, ((content IS NOT NULL)))
  row-level security forced
  policy advisory_origin_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (imported_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_origin.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND NOT (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_origin.advisory_key AND (a.head <> 1 OR a.status <> 'draft'::text))))
  policy advisory_origin_keep for select to ronda_keeper
    using (true)
  policy advisory_origin_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_origin.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.advisory_receipt
  owner migrator
  space integer not null
  reader_key integer not null
  advisory_key bigint not null
  number integer not null
  kind text not null
  org_key integer not null
  at timestamp with time zone not null
  constraint advisory_receipt_pkey PRIMARY KEY (space, reader_key, advisory_key, number, kind)
  constraint advisory_receipt_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint advisory_receipt_reader_key_fkey FOREIGN KEY (reader_key) REFERENCES ronda.principal(key)
  constraint advisory_receipt_space_advisory_key_number_fkey FOREIGN KEY (space, advisory_key, number) REFERENCES ronda.advisory_revision(space, advisory_key, number)
  constraint advisory_receipt_check CHECK (((kind <> 'delivered'::text) OR (mod(EXTRACT(epoch FROM at), (3600)::numeric) = (0)::numeric)))
  constraint advisory_receipt_kind_check CHECK ((kind = ANY (ARRAY['delivered'::text, 'acknowledged'::text])))
  CREATE INDEX advisory_receipt_acknowledged ON ronda.advisory_receipt USING btree (space, reader_key, advisory_key, number) WHERE (kind = 'acknowledged'::text)
  CREATE INDEX advisory_receipt_record ON ronda.advisory_receipt USING btree (space, advisory_key)
  row-level security forced
  policy advisory_receipt_derive for select to ronda_deriver
    using (true)
  policy advisory_receipt_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND NOT (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_receipt.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (reader_key = org_key OR (EXISTS ( SELECT FROM ronda.user_account u WHERE u.key = advisory_receipt.reader_key))) AND at <= ronda.clock() AND at > (ronda.clock() - '01:00:00'::interval) AND (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.advisory_key = advisory_receipt.advisory_key AND r.number = advisory_receipt.number AND r.published_at IS NOT NULL AND r.audience && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy advisory_receipt_keep for select to ronda_keeper
    using (true)
  policy advisory_receipt_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_receipt.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = advisory_receipt.org_key))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.advisory_revision
  owner migrator
  space integer not null
  advisory_key bigint not null
  number integer not null
  audience integer[] not null -- grant ronda_app: update
  author_key integer not null
  created_at timestamp with time zone not null
  version text not null -- grant ronda_app: update
  summary_of_changes text
  tlp text not null
  pap text not null
  kind text not null
  chosen jsonb not null
  joint integer[] not null
  is_urgent boolean not null
  source_count integer not null
  acknowledge_within_hours integer
  content jsonb not null
  published_at timestamp with time zone -- grant ronda_app: update
  published_by integer -- grant ronda_app: update
  acknowledge_by timestamp with time zone -- grant ronda_app: update
  reminded_at timestamp with time zone -- grant ronda_app: update
  interim_version text -- grant ronda_app: update
  settled_at timestamp with time zone -- grant ronda_app: update
  constraint advisory_revision_pkey PRIMARY KEY (space, advisory_key, number)
  constraint advisory_revision_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint advisory_revision_published_by_fkey FOREIGN KEY (published_by) REFERENCES ronda.user_account(key)
  constraint advisory_revision_space_advisory_key_fkey FOREIGN KEY (space, advisory_key) REFERENCES ronda.advisory(space, key)
  constraint advisory_revision_acknowledge_within_hours_check CHECK ((acknowledge_within_hours > 0))
  constraint advisory_revision_check CHECK (((published_at IS NULL) = (published_by IS NULL)))
  constraint advisory_revision_check1 CHECK (((acknowledge_by IS NULL) OR (published_at IS NOT NULL)))
  constraint advisory_revision_check2 CHECK (((tlp <> 'TLP:RED'::text) OR (joint = '{}'::integer[])))
  constraint advisory_revision_check3 CHECK (
  CASE tlp
      WHEN 'TLP:CLEAR'::text THEN (NOT (audience && ARRAY[4]))
      WHEN 'TLP:GREEN'::text THEN (NOT (audience && ARRAY[1, 4]))
      ELSE (NOT (audience && ARRAY[1, 2, 3, 4, 5, 6]))
  END)
  constraint advisory_revision_kind_check CHECK ((kind = ANY (ARRAY['vulnerability'::text, 'threat'::text, 'fraud-campaign'::text, 'guidance'::text, 'early-warning'::text])))
  constraint advisory_revision_pap_check CHECK ((pap = ANY (ARRAY['PAP:CLEAR'::text, 'PAP:GREEN'::text, 'PAP:AMBER'::text, 'PAP:RED'::text])))
  constraint advisory_revision_settled CHECK ((((interim_version IS NULL) = (settled_at IS NULL)) AND ((settled_at IS NULL) OR ((published_at IS NOT NULL) AND (settled_at >= published_at)))))
  constraint advisory_revision_source_count_check CHECK ((source_count >= 0))
  constraint advisory_revision_tlp_check CHECK ((tlp = ANY (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text, 'TLP:AMBER'::text, 'TLP:AMBER+STRICT'::text, 'TLP:RED'::text])))
  constraint advisory_revision_version_check CHECK ((version ~ '^[0-9]{1,5}[.][0-9]{1,5}[.][0-9]{1,5}$'::text))
  CREATE INDEX advisory_revision_reminder ON ronda.advisory_revision USING btree (acknowledge_by) WHERE ((acknowledge_by IS NOT NULL) AND (reminded_at IS NULL))
  CREATE TRIGGER guard_advisory_revision BEFORE INSERT OR UPDATE ON ronda.advisory_revision FOR EACH ROW EXECUTE FUNCTION ronda.guard_advisory_revision()
  row-level security forced
  policy advisory_revision_derive for select to ronda_deriver
    using (true)
  policy advisory_revision_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_revision.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND published_at IS NULL)
  policy advisory_revision_keep for select to ronda_keeper
    using (true)
  policy advisory_revision_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_revision.advisory_key AND (advisory_revision.audience && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals)) AND advisory_revision.number >= a.opened_from))))
  policy advisory_revision_search for select to ronda_searcher
    using (true)
  policy advisory_revision_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_revision.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select
  grant ronda_searcher: select

table ronda.advisory_source
  owner migrator
  space integer not null
  advisory_key bigint not null
  number integer not null
  incident_key bigint not null
  constraint advisory_source_pkey PRIMARY KEY (space, advisory_key, number, incident_key)
  constraint advisory_source_space_advisory_key_number_fkey FOREIGN KEY (space, advisory_key, number) REFERENCES ronda.advisory_revision(space, advisory_key, number)
  constraint advisory_source_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key) ON DELETE CASCADE
  CREATE INDEX advisory_source_incident ON ronda.advisory_source USING btree (space, incident_key)
  row-level security forced
  policy advisory_source_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = advisory_source.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = advisory_source.incident_key)))
  policy advisory_source_keep for select to ronda_keeper
    using (true)
  policy advisory_source_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.advisory_key = advisory_source.advisory_key AND r.number = advisory_source.number)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = advisory_source.incident_key)))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.asked_back
  owner migrator
  space integer not null
  record_kind text not null
  record_key bigint not null
  reason text not null -- grant ronda_deriver: update
  at timestamp with time zone not null -- grant ronda_deriver: update
  constraint asked_back_pkey PRIMARY KEY (space, record_kind, record_key)
  constraint asked_back_record_kind_check CHECK ((record_kind = 'incident'::text))
  row-level security forced
  policy asked_back_derive for all to ronda_deriver
    using (true)
  policy asked_back_keep for select to ronda_keeper
    using (true)
  grant ronda_deriver: insert, select
  grant ronda_keeper: select

table ronda.attachment
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  incident_key bigint not null
  since_number integer not null
  name text not null -- grant ronda_deriver: update
  size bigint not null
  sha256 bytea not null
  is_malware boolean not null
  stored_size bigint not null
  stored_sha256 bytea not null
  reach text not null
  created_at timestamp with time zone not null
  constraint attachment_pkey PRIMARY KEY (key)
  constraint attachment_space_id_key UNIQUE (space, id)
  constraint attachment_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key) ON DELETE CASCADE
  constraint attachment_check CHECK ((is_malware OR ((size = stored_size) AND (sha256 = stored_sha256))))
  constraint attachment_reach_check CHECK ((reach = ANY (ARRAY['readers'::text, 'owner'::text])))
  constraint attachment_sha256_check CHECK ((length(sha256) = 32))
  constraint attachment_size_check CHECK ((size >= 0))
  constraint attachment_stored_sha256_check CHECK ((length(stored_sha256) = 32))
  constraint attachment_stored_size_check CHECK ((stored_size >= 0))
  CREATE INDEX attachment_id ON ronda.attachment USING btree (id)
  CREATE INDEX attachment_record ON ronda.attachment USING btree (space, incident_key, created_at DESC, id DESC)
  row-level security forced
  policy attachment_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = attachment.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy attachment_erase for all to ronda_deriver
    using (true)
  policy attachment_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND created_at = ronda.clock() AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = attachment.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND since_number >= ronda.first_unshared_revision(incident_key))
  policy attachment_keep for select to ronda_keeper
    using (true)
  policy attachment_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = attachment.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) OR reach = 'readers'::text AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = attachment.incident_key AND i.audience && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.incident_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.incident_key = attachment.incident_key AND r.number >= attachment.since_number))))
  grant ronda_app: delete, insert, select
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.authorship_drawer
  owner migrator
  space integer not null
  incident_key bigint not null
  part integer not null
  org_key integer not null -- grant ronda_app: update
  user_key integer not null
  external_references jsonb -- grant ronda_deriver: update
  note text -- grant ronda_deriver: update
  constraint authorship_drawer_pkey PRIMARY KEY (space, incident_key, part)
  constraint authorship_drawer_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint authorship_drawer_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint authorship_drawer_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  row-level security forced
  policy authorship_drawer_derive for update to ronda_deriver
    using (true)
  policy authorship_drawer_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR org_key = (( SELECT ronda.reader_parent() AS reader_parent))) AND (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = authorship_drawer.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy authorship_drawer_keep for select to ronda_keeper
    using (true)
  policy authorship_drawer_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = authorship_drawer.incident_key)))
  policy authorship_drawer_retain for select to ronda_deriver
    using (true)
  policy authorship_drawer_search for select to ronda_searcher
    using (true)
  policy authorship_drawer_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = authorship_drawer.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
    with check (space = (( SELECT ronda.space() AS space)) AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR org_key = (( SELECT ronda.reader_parent() AS reader_parent))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select
  grant ronda_searcher: select

table ronda.comment_drawer
  owner migrator
  space integer not null
  org_key integer not null
  comment_key bigint not null
  incident_key bigint not null
  user_key integer not null
  constraint comment_drawer_pkey PRIMARY KEY (space, org_key, comment_key)
  constraint comment_drawer_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint comment_drawer_space_comment_key_fkey FOREIGN KEY (space, comment_key) REFERENCES ronda.incident_comment(space, key)
  constraint comment_drawer_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint comment_drawer_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  CREATE INDEX comment_drawer_comment ON ronda.comment_drawer USING btree (comment_key)
  row-level security forced
  policy comment_drawer_derive for all to ronda_deriver
    using (true)
  policy comment_drawer_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.incident_comment c JOIN ronda.incident i ON i.space = c.space AND i.key = c.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) WHERE c.space = comment_drawer.space AND c.key = comment_drawer.comment_key AND c.incident_key = comment_drawer.incident_key AND c.by_owner)))
  policy comment_drawer_keep for select to ronda_keeper
    using (true)
  policy comment_drawer_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = comment_drawer.space AND i.key = comment_drawer.incident_key)))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.comms_check
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  kind text not null
  note text
  opens_at timestamp with time zone not null
  closes_at timestamp with time zone not null -- grant ronda_app: update
  called_by integer not null
  called_at timestamp with time zone not null
  opened_at timestamp with time zone -- grant ronda_app: update
  closed_at timestamp with time zone -- grant ronda_app: update
  constraint comms_check_pkey PRIMARY KEY (key)
  constraint comms_check_space_id_key UNIQUE (space, id)
  constraint comms_check_space_key_key UNIQUE (space, key)
  constraint comms_check_called_by_fkey FOREIGN KEY (called_by) REFERENCES ronda.user_account(key)
  constraint comms_check_check CHECK ((closes_at > opens_at))
  constraint comms_check_check1 CHECK (((opened_at IS NOT NULL) OR (closed_at IS NULL)))
  constraint comms_check_kind_check CHECK ((kind = ANY (ARRAY['scheduled'::text, 'surprise'::text])))
  CREATE INDEX comms_check_time ON ronda.comms_check USING btree (space, opens_at DESC, id DESC)
  row-level security forced
  policy comms_check_derive for select to ronda_deriver
    using (true)
  policy comms_check_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (called_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND opened_at IS NULL)
  policy comms_check_keep for select to ronda_keeper
    using (true)
  policy comms_check_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.comms_check_target t WHERE t.space = (( SELECT ronda.space() AS space)) AND t.check_key = comms_check.key AND (t.org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))))
  policy comms_check_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.comms_check_target
  owner migrator
  space integer not null
  check_key bigint not null
  org_key integer not null
  code_hash bytea -- grant ronda_app: update
  answered_at timestamp with time zone -- grant ronda_app: update; ronda_deriver: update
  via text -- grant ronda_app: update; ronda_deriver: update
  answered_by integer -- grant ronda_app: update
  constraint comms_check_target_pkey PRIMARY KEY (space, check_key, org_key)
  constraint comms_check_target_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES ronda.user_account(key)
  constraint comms_check_target_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint comms_check_target_space_check_key_fkey FOREIGN KEY (space, check_key) REFERENCES ronda.comms_check(space, key)
  constraint comms_check_target_check CHECK (((answered_at IS NULL) = (via IS NULL)))
  constraint comms_check_target_check1 CHECK (((NOT (via IS DISTINCT FROM 'account'::text)) = (answered_by IS NOT NULL)))
  constraint comms_check_target_via_check CHECK ((via = ANY (ARRAY['code'::text, 'account'::text])))
  CREATE UNIQUE INDEX comms_check_code ON ronda.comms_check_target USING btree (space, code_hash) WHERE (code_hash IS NOT NULL)
  CREATE TRIGGER guard_comms_check_target BEFORE UPDATE ON ronda.comms_check_target FOR EACH ROW EXECUTE FUNCTION ronda.guard_comms_check_target()
  row-level security forced
  policy comms_check_target_derive for all to ronda_deriver
    using (true)
  policy comms_check_target_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND answered_at IS NULL AND code_hash IS NULL)
  policy comms_check_target_keep for select to ronda_keeper
    using (true)
  policy comms_check_target_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  policy comms_check_target_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.constituency_network
  owner migrator
  key integer not null generated always as identity
  id uuid not null
  org_key integer not null
  kind text not null
  cidr cidr
  asn bigint
  domain text
  constraint constituency_network_pkey PRIMARY KEY (key)
  constraint constituency_network_id_key UNIQUE (id)
  constraint constituency_network_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint constituency_network_check CHECK ((num_nonnulls(cidr, asn, domain) = 1))
  constraint constituency_network_kind_check CHECK ((kind = ANY (ARRAY['cidr'::text, 'asn'::text, 'domain'::text])))
  CREATE INDEX constituency_network_asn ON ronda.constituency_network USING btree (asn) WHERE (asn IS NOT NULL)
  CREATE INDEX constituency_network_cidr ON ronda.constituency_network USING gist (cidr inet_ops) WHERE (cidr IS NOT NULL)
  CREATE INDEX constituency_network_domain ON ronda.constituency_network USING btree (domain) WHERE (domain IS NOT NULL)
  CREATE INDEX constituency_network_org ON ronda.constituency_network USING btree (org_key)
  row-level security forced
  policy constituency_network_keep for select to ronda_keeper
    using (true)
  policy constituency_network_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy constituency_network_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy constituency_network_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy constituency_network_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR ((( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 3, 4] OR org_key = (( SELECT ronda.reader_parent() AS reader_parent))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = constituency_network.org_key)))
  policy constituency_network_write for all to ronda_app
    using (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  grant ronda_app: delete, insert, select, update
  grant ronda_keeper: select

table ronda.contact
  owner migrator
  key integer not null generated always as identity
  id uuid not null
  org_key integer not null
  kind text not null
  is_24x7 boolean not null
  name text not null -- grant ronda_deriver: update
  email text -- grant ronda_deriver: update
  phone text
  languages text[] not null
  time_zone text not null
  pgp_key text
  last_verified_at timestamp with time zone -- grant ronda_deriver: update
  version integer not null default 1 -- grant ronda_deriver: update
  constraint contact_pkey PRIMARY KEY (key)
  constraint contact_id_key UNIQUE (id)
  constraint contact_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint contact_kind_check CHECK ((kind = ANY (ARRAY['point-of-contact'::text, 'escalation'::text, 'abuse'::text, 'press'::text])))
  CREATE INDEX contact_org ON ronda.contact USING btree (org_key)
  row-level security forced
  policy contact_derive for all to ronda_deriver
    using (true)
  policy contact_keep for select to ronda_keeper
    using (true)
  policy contact_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy contact_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy contact_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy contact_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR ((( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 3, 4] OR org_key = (( SELECT ronda.reader_parent() AS reader_parent))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = contact.org_key)))
  policy contact_write for all to ronda_app
    using (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  grant ronda_app: delete, insert, select, update
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.credential
  owner migrator
  key integer not null generated always as identity
  id uuid not null
  kind text not null
  purpose text
  user_key integer not null
  org_key integer not null
  token_hash bytea not null -- grant ronda_app: update
  refresh_hash bytea -- grant ronda_app: update
  refresh_expires_at timestamp with time zone -- grant ronda_app: update
  name text
  scopes text[]
  is_limited boolean not null default false -- grant ronda_app: update
  created_at timestamp with time zone not null
  expires_at timestamp with time zone not null -- grant ronda_app: update
  revoked_at timestamp with time zone -- grant ronda_app: update; ronda_keeper: update
  last_used_at timestamp with time zone -- grant ronda_deriver: update
  clears_second_factor boolean not null default false
  constraint credential_pkey PRIMARY KEY (key)
  constraint credential_id_key UNIQUE (id)
  constraint credential_refresh_hash_key UNIQUE (refresh_hash)
  constraint credential_token_hash_key UNIQUE (token_hash)
  constraint credential_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint credential_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  constraint credential_check CHECK (((kind = 'link'::text) = (purpose IS NOT NULL)))
  constraint credential_kind_check CHECK ((kind = ANY (ARRAY['session'::text, 'api-key'::text, 'link'::text])))
  constraint credential_purpose_check CHECK ((purpose = ANY (ARRAY['invitation'::text, 'password-reset'::text])))
  CREATE INDEX credential_user ON ronda.credential USING btree (user_key)
  CREATE TRIGGER credential_principals AFTER INSERT OR DELETE OR UPDATE ON ronda.credential FOR EACH STATEMENT EXECUTE FUNCTION ronda.forget_principals()
  CREATE TRIGGER guard_credential BEFORE UPDATE OF token_hash, refresh_hash, expires_at, refresh_expires_at, is_limited, revoked_at ON ronda.credential FOR EACH ROW EXECUTE FUNCTION ronda.guard_credential()
  row-level security forced
  policy credential_derive for select to ronda_deriver
    using (true)
  policy credential_found for insert to ronda_deriver
    with check (NOT (EXISTS ( SELECT FROM ronda.credential credential_1)))
  policy credential_insert for insert to ronda_app
    with check (((user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR kind = 'link'::text AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = credential.org_key AND (o.parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))) AND NOT ronda.has_administrator(org_key))) AND (EXISTS ( SELECT FROM ronda.user_account u WHERE u.key = credential.user_key AND u.org_key = credential.org_key)))
  policy credential_keep for select to ronda_keeper
    using (true)
  policy credential_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy credential_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy credential_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy credential_note_use for update to ronda_deriver
    using (true)
  policy credential_operate for insert to ronda_keeper
    with check (kind = 'link'::text)
  policy credential_operate_revoke for update to ronda_keeper
    using (kind = 'link'::text)
    with check (revoked_at IS NOT NULL)
  policy credential_purge for delete to ronda_deriver
    using (true)
  policy credential_read for select to ronda_app
    using ((user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = credential.org_key AND (o.parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
  policy credential_update for update to ronda_app
    using ((user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = credential.org_key AND (o.parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))) AND NOT ronda.has_administrator(org_key))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, insert, select
  grant ronda_keeper: insert, select

table ronda.csaf_document
  owner migrator
  space integer not null
  advisory_key bigint not null
  number integer not null
  owner_key integer not null
  shelf text not null -- grant ronda_app: update
  place text not null -- grant ronda_app: update
  tracking_id text not null
  title text not null -- grant ronda_app: update
  summary text -- grant ronda_app: update
  initial_release_at timestamp with time zone not null -- grant ronda_app: update
  current_release_at timestamp with time zone not null -- grant ronda_app: update
  is_current boolean not null -- grant ronda_app: update
  content bytea not null -- grant ronda_app: update
  signature text not null -- grant ronda_app: update
  is_interim boolean not null default false
  constraint csaf_document_pkey PRIMARY KEY (space, advisory_key, number, is_interim)
  constraint csaf_document_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint csaf_document_space_advisory_key_number_fkey FOREIGN KEY (space, advisory_key, number) REFERENCES ronda.advisory_revision(space, advisory_key, number)
  constraint csaf_document_check CHECK (((space = 0) OR (shelf <> 'white'::text)))
  constraint csaf_document_place_check CHECK ((place ~ '^[0-9]{4}/[-+_a-z0-9]+[.]json$'::text))
  constraint csaf_document_shelf_check CHECK ((shelf = ANY (ARRAY['white'::text, 'protected/white'::text, 'protected/green'::text, 'protected/amber'::text, 'protected/red'::text])))
  CREATE INDEX csaf_document_by_name ON ronda.csaf_document USING btree (space, tracking_id) WHERE (is_current AND (shelf = 'white'::text))
  CREATE INDEX csaf_document_newest ON ronda.csaf_document USING btree (space, current_release_at DESC) WHERE (is_current AND (shelf = 'white'::text))
  CREATE UNIQUE INDEX csaf_document_place ON ronda.csaf_document USING btree (space, owner_key, shelf, place) WHERE is_current
  row-level security forced
  policy csaf_document_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = csaf_document.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.advisory_key = csaf_document.advisory_key AND r.number = csaf_document.number AND r.published_at IS NOT NULL AND r.tlp <> 'TLP:RED'::text AND (csaf_document.shelf <> 'white'::text OR r.tlp = 'TLP:CLEAR'::text AND r.audience && ARRAY[1]))))
  policy csaf_document_keep for select to ronda_keeper
    using (true)
  policy csaf_document_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((( SELECT ronda.reader_principals() AS reader_principals)) <> '{}'::integer[] AND (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.advisory_key = csaf_document.advisory_key AND r.number = csaf_document.number)) OR space = 0 AND shelf = 'white'::text AND is_current AND ronda.advisory_is_public(advisory_key, number)))
  policy csaf_document_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = csaf_document.advisory_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
    with check ((EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.advisory_key = csaf_document.advisory_key AND r.number = csaf_document.number AND (csaf_document.shelf <> 'white'::text OR r.tlp = 'TLP:CLEAR'::text AND r.audience && ARRAY[1]))))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.csaf_file
  owner migrator
  space integer not null
  owner_key integer not null
  path text not null
  content text not null -- grant ronda_app: update
  etag text not null -- grant ronda_app: update
  constraint csaf_file_pkey PRIMARY KEY (space, owner_key, path)
  constraint csaf_file_space_owner_key_fkey FOREIGN KEY (space, owner_key) REFERENCES ronda.csaf_issuer(space, owner_key)
  constraint csaf_file_space_check CHECK ((space = 0))
  row-level security forced
  policy csaf_file_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy csaf_file_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy csaf_file_keep for select to ronda_keeper
    using (true)
  policy csaf_file_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)))
  policy csaf_file_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: delete, insert, select
  grant ronda_keeper: select

table ronda.csaf_issuer
  owner migrator
  space integer not null
  owner_key integer not null
  organisation_id uuid not null
  name text not null -- grant ronda_app: update
  base text not null -- grant ronda_app: update
  updated_at timestamp with time zone not null -- grant ronda_app: update
  constraint csaf_issuer_pkey PRIMARY KEY (space, owner_key)
  constraint csaf_issuer_space_organisation_id_key UNIQUE (space, organisation_id)
  constraint csaf_issuer_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint csaf_issuer_space_check CHECK ((space = 0))
  row-level security forced
  policy csaf_issuer_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy csaf_issuer_keep for select to ronda_keeper
    using (true)
  policy csaf_issuer_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)))
  policy csaf_issuer_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.designation
  owner migrator
  key integer not null generated always as identity
  org_key integer not null
  designated_by text not null
  designated_on date not null
  document text not null
  entered_by integer not null
  entered_at timestamp with time zone not null
  constraint designation_pkey PRIMARY KEY (key)
  constraint designation_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  row-level security forced
  policy designation_insert for insert to ronda_app
    with check ((4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (entered_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy designation_keep for select to ronda_keeper
    using (true)
  policy designation_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy designation_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy designation_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy designation_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 4])
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.duty_assignment
  owner migrator
  key integer not null generated always as identity
  id uuid not null
  org_key integer not null
  duty_role text not null
  user_key integer not null
  position text not null
  starts_at timestamp with time zone not null
  ends_at timestamp with time zone
  constraint duty_assignment_pkey PRIMARY KEY (key)
  constraint duty_assignment_id_key UNIQUE (id)
  constraint duty_assignment_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint duty_assignment_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  constraint duty_assignment_position_check CHECK (("position" = ANY (ARRAY['primary'::text, 'deputy'::text])))
  CREATE INDEX duty_assignment_org ON ronda.duty_assignment USING btree (org_key, duty_role)
  row-level security forced
  policy duty_assignment_derive for select to ronda_deriver
    using (true)
  policy duty_assignment_keep for select to ronda_keeper
    using (true)
  policy duty_assignment_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy duty_assignment_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy duty_assignment_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy duty_assignment_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR ((( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 3, 4] OR org_key = (( SELECT ronda.reader_parent() AS reader_parent))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = duty_assignment.org_key)))
  policy duty_assignment_write for all to ronda_app
    using (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  grant ronda_app: delete, insert, select, update
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.erasure
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  record_kind text not null
  record_key bigint not null
  owner_readers integer[] not null -- grant ronda_deriver: update
  basis text not null
  reason text not null
  value_hash bytea
  value_length integer
  erased_by integer
  erased_at timestamp with time zone not null
  constraint erasure_pkey PRIMARY KEY (key)
  constraint erasure_space_id_key UNIQUE (space, id)
  constraint erasure_erased_by_fkey FOREIGN KEY (erased_by) REFERENCES ronda.user_account(key)
  constraint erasure_basis_check CHECK ((basis = ANY (ARRAY['request-of-the-person'::text, 'legal-obligation'::text, 'court-order'::text, 'mistake'::text, 'retention'::text])))
  constraint erasure_by_somebody CHECK (((erased_by IS NULL) = (basis = 'retention'::text)))
  constraint erasure_of_a_value CHECK ((((value_hash IS NOT NULL) = ((record_kind = 'incident'::text) AND (basis <> 'retention'::text))) AND ((value_length IS NULL) = (value_hash IS NULL))))
  constraint erasure_record_kind_check CHECK ((record_kind = ANY (ARRAY['incident'::text, 'comment'::text, 'account'::text])))
  CREATE INDEX erasure_record ON ronda.erasure USING btree (space, record_kind, record_key, key DESC)
  CREATE TRIGGER forget_exchange AFTER INSERT ON ronda.erasure FOR EACH ROW EXECUTE FUNCTION ronda.forget_exchange()
  CREATE TRIGGER forget_misp_event AFTER INSERT ON ronda.erasure FOR EACH ROW WHEN (new.record_kind = 'incident'::text) EXECUTE FUNCTION ronda.forget_misp_event()
  CREATE TRIGGER retain_no_notes AFTER INSERT ON ronda.erasure FOR EACH ROW WHEN (new.basis = 'retention'::text AND new.record_kind = 'incident'::text) EXECUTE FUNCTION ronda.retain_no_notes()
  CREATE TRIGGER retire_attachments AFTER INSERT ON ronda.erasure FOR EACH ROW WHEN (new.record_kind = 'incident'::text AND new.basis = 'retention'::text) EXECUTE FUNCTION ronda.retire_attachments()
  row-level security forced
  policy erasure_derive for all to ronda_deriver
    using (true)
  policy erasure_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND owner_readers = ronda.owners_of(record_kind, record_key) AND (erased_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy erasure_keep for select to ronda_keeper
    using (true)
  policy erasure_owner for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
  grant ronda_app: insert, select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select

table ronda.event
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  position bigint -- grant ronda_sequencer: update
  relayed_at timestamp with time zone -- grant ronda_sequencer: update
  type text not null
  record_id uuid not null
  record_key bigint not null
  revision integer
  parent_id uuid
  occurred_at timestamp with time zone not null
  readers integer[] not null
  already integer[] not null
  constraint event_pkey PRIMARY KEY (key)
  constraint event_space_key_key UNIQUE (space, key)
  constraint event_space_position_key UNIQUE (space, "position")
  constraint event_check CHECK ((("position" IS NULL) = (relayed_at IS NULL)))
  constraint event_type_check CHECK ((type = ANY (ARRAY['incident.changed'::text, 'incident.recalled'::text, 'comment.added'::text, 'request.changed'::text, 'webhook.disabled'::text, 'inbox.delivered'::text, 'advisory.published'::text, 'advisory.acknowledgement-due'::text])))
  CREATE INDEX event_age ON ronda.event USING btree (occurred_at)
  CREATE INDEX event_record ON ronda.event USING btree (space, record_id, occurred_at)
  CREATE INDEX event_relayed ON ronda.event USING btree (space, relayed_at)
  CREATE INDEX event_waiting ON ronda.event USING btree (key) WHERE ("position" IS NULL)
  row-level security forced
  policy event_find for select to ronda_deriver
    using (true)
  policy event_keep for select to ronda_keeper
    using (true)
  policy event_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND "position" IS NOT NULL AND readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND NOT already && (( SELECT ronda.reader_principals() AS reader_principals)) AND CASE type WHEN 'incident.changed'::text THEN CASE WHEN revision IS NULL THEN (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = event.space AND i.key = event.record_key)) ELSE (EXISTS ( SELECT FROM ronda.incident_revision r WHERE r.space = event.space AND r.incident_key = event.record_key AND r.number = event.revision)) END WHEN 'incident.recalled'::text THEN (EXISTS ( SELECT FROM ronda.tombstone t WHERE t.space = event.space AND (t.reader_key = ANY (event.readers)) AND t.record_id = event.record_id AND t.at = event.occurred_at AND t.lifted_at IS NULL)) WHEN 'comment.added'::text THEN (EXISTS ( SELECT FROM ronda.incident_comment c WHERE c.space = event.space AND c.key = event.record_key AND c.deleted_at IS NULL)) WHEN 'request.changed'::text THEN (EXISTS ( SELECT FROM ronda.request q WHERE q.space = event.space AND q.key = event.record_key)) WHEN 'inbox.delivered'::text THEN (EXISTS ( SELECT FROM ronda.exercise_inbox x WHERE x.space = event.space AND (x.org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND x."position" = event.record_key)) WHEN 'advisory.published'::text THEN (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = event.space AND r.advisory_key = event.record_key AND r.number = event.revision)) WHEN 'advisory.acknowledgement-due'::text THEN (EXISTS ( SELECT FROM ronda.advisory_revision r WHERE r.space = event.space AND r.advisory_key = event.record_key AND r.number = event.revision)) ELSE (EXISTS ( SELECT FROM ronda.webhook w WHERE w.space = event.space AND w.key = event.record_key)) END)
  policy event_relay for all to ronda_sequencer
    using (true)
  policy event_tell for insert to ronda_deriver
    with check (true)
  grant ronda_app: select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select
  grant ronda_sequencer: delete, select

table ronda.exchange_object
  owner migrator
  space integer not null
  principal_key integer not null
  stix_id text not null
  version timestamp with time zone not null
  type text not null
  added_at timestamp with time zone not null
  tlp text
  created_by text
  is_revoked boolean not null
  incident_id uuid
  object text not null
  constraint exchange_object_pkey PRIMARY KEY (space, principal_key, stix_id, version)
  constraint exchange_object_principal_key_fkey FOREIGN KEY (principal_key) REFERENCES ronda.principal(key)
  constraint exchange_object_tlp_check CHECK ((tlp = ANY (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text, 'TLP:AMBER'::text, 'TLP:AMBER+STRICT'::text, 'TLP:RED'::text])))
  CREATE INDEX exchange_object_added ON ronda.exchange_object USING btree (space, principal_key, added_at)
  row-level security forced
  policy exchange_object_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (principal_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy exchange_object_derive for all to ronda_deriver
    using (true)
  policy exchange_object_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (principal_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.principal k WHERE k.key = exchange_object.principal_key AND (k.kind = ANY (ARRAY['organisation'::text, 'user'::text])))))
  policy exchange_object_keep for select to ronda_keeper
    using (true)
  policy exchange_object_own for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (principal_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: delete, insert, select
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.exercise
  owner migrator
  space integer not null -- grant ronda_app: insert; ronda_sequencer: select
  id uuid not null -- grant ronda_app: insert
  origin_node text not null -- grant ronda_app: insert
  owner_key integer not null -- grant ronda_app: insert
  author_key integer not null -- grant ronda_app: insert
  title text not null -- grant ronda_app: insert
  state text not null -- grant ronda_app: insert
  scenario_id uuid not null -- grant ronda_app: insert
  scenario_version integer not null -- grant ronda_app: insert
  created_at timestamp with time zone not null -- grant ronda_app: insert
  started_at timestamp with time zone
  ended_at timestamp with time zone -- grant ronda_sequencer: select
  log_size integer not null default 0
  leader uuid
  lease_until timestamp with time zone
  epoch integer not null default 0
  replay_of uuid
  replay_digest bytea
  scored_size integer not null default 0
  addresses text[] not null default '{}'::text[] -- grant ronda_app: insert; ronda_app: update
  constraint exercise_pkey PRIMARY KEY (space)
  constraint exercise_id_key UNIQUE (id)
  constraint exercise_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint exercise_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint exercise_check CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL)))
  constraint exercise_replay_check CHECK (((replay_of IS NULL) = (replay_digest IS NULL)))
  constraint exercise_space_check CHECK ((space > 0))
  constraint exercise_state_check CHECK ((state = ANY (ARRAY['prepared'::text, 'running'::text, 'paused'::text, 'ended'::text])))
  CREATE INDEX exercise_listed ON ronda.exercise USING btree (created_at DESC, id DESC)
  CREATE INDEX exercise_on ON ronda.exercise USING btree (space) WHERE (state <> 'ended'::text)
  CREATE UNIQUE INDEX exercise_replay_once ON ronda.exercise USING btree (owner_key, author_key, replay_digest) WHERE (replay_digest IS NOT NULL)
  row-level security forced
  policy exercise_derive for all to ronda_deriver
    using (true)
  policy exercise_insert for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0 AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND state = 'prepared'::text AND log_size = 0)
  policy exercise_keep for select to ronda_keeper
    using (true)
  policy exercise_list_addresses for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0 AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
    with check (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  policy exercise_read for select to ronda_app
    using (((( SELECT ronda.space() AS space)) = 0 OR (( SELECT ronda.space() AS space)) = space) AND ((owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (space = ANY ((( SELECT ronda.reader_exercises() AS reader_exercises))::integer[]))))
  policy exercise_sequence for select to ronda_sequencer
    using (true)
  grant ronda_app: select
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.exercise_event
  owner migrator
  space integer not null
  key bigint not null generated always as identity
  id uuid not null
  type text not null
  occurred_at timestamp with time zone not null
  actor_key integer
  payload jsonb not null
  constraint exercise_event_pkey PRIMARY KEY (space, key)
  constraint exercise_event_space_fkey FOREIGN KEY (space) REFERENCES ronda.exercise(space)
  row-level security forced
  policy exercise_event_derive for all to ronda_deriver
    using (true)
  policy exercise_event_keep for select to ronda_keeper
    using (true)
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.exercise_inbox
  owner migrator
  space integer not null
  org_key integer not null
  position integer not null
  seq integer not null
  kind text not null
  inject text
  content jsonb not null
  delivered_at timestamp with time zone not null
  seen_at timestamp with time zone -- grant ronda_app: update
  seen_by integer -- grant ronda_app: update
  constraint exercise_inbox_pkey PRIMARY KEY (space, org_key, "position")
  constraint exercise_inbox_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint exercise_inbox_seen_by_fkey FOREIGN KEY (seen_by) REFERENCES ronda.user_account(key)
  constraint exercise_inbox_space_seq_fkey FOREIGN KEY (space, seq) REFERENCES ronda.exercise_log(space, seq)
  constraint exercise_inbox_check CHECK (((kind = 'inject'::text) = (inject IS NOT NULL)))
  constraint exercise_inbox_kind_check CHECK ((kind = ANY (ARRAY['inject'::text, 'message'::text, 'no-duff'::text])))
  CREATE UNIQUE INDEX exercise_inbox_once ON ronda.exercise_inbox USING btree (space, inject, org_key) WHERE (inject IS NOT NULL)
  CREATE TRIGGER tell_inbox AFTER INSERT ON ronda.exercise_inbox FOR EACH ROW WHEN (row_security_active('ronda.exercise_inbox'::text)) EXECUTE FUNCTION ronda.tell_inbox()
  row-level security forced
  policy exercise_inbox_derive for all to ronda_deriver
    using (true)
  policy exercise_inbox_keep for select to ronda_keeper
    using (true)
  policy exercise_inbox_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((( SELECT ronda.reader_part() AS reader_part)) IS NOT NULL OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  policy exercise_inbox_see for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND seen_at IS NULL)
    with check (seen_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  grant ronda_app: select
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.exercise_log
  owner migrator
  space integer not null
  seq integer not null
  id uuid not null
  at timestamp with time zone not null
  kind text not null
  entry jsonb not null
  org_keys integer[] not null
  is_common boolean not null
  actor_key integer
  constraint exercise_log_pkey PRIMARY KEY (space, seq)
  constraint exercise_log_space_id_key UNIQUE (space, id)
  constraint exercise_log_actor_key_fkey FOREIGN KEY (actor_key) REFERENCES ronda.user_account(key)
  constraint exercise_log_space_fkey FOREIGN KEY (space) REFERENCES ronda.exercise(space)
  CREATE INDEX exercise_log_common ON ronda.exercise_log USING btree (space, seq) WHERE is_common
  CREATE TRIGGER tell_late_team AFTER INSERT ON ronda.exercise_log FOR EACH ROW WHEN (new.kind = 'joined'::text AND row_security_active('ronda.exercise_log'::text)) EXECUTE FUNCTION ronda.tell_late_team()
  row-level security forced
  policy exercise_log_derive for all to ronda_deriver
    using (true)
  policy exercise_log_keep for select to ronda_keeper
    using (true)
  policy exercise_log_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((( SELECT ronda.reader_part() AS reader_part)) IS NOT NULL OR is_common AND (( SELECT ronda.reader_principals() AS reader_principals)) <> '{}'::integer[] OR org_keys && (( SELECT ronda.reader_principals() AS reader_principals)) OR (kind = ANY (ARRAY['held'::text, 'released'::text, 'fired'::text, 'added'::text])) AND ( SELECT ronda.reader_is_local_controller() AS reader_is_local_controller)))
  grant ronda_app: select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select

table ronda.exercise_score
  owner migrator
  space integer not null
  org_key integer not null
  seq integer not null
  score jsonb not null
  report jsonb
  constraint exercise_score_pkey PRIMARY KEY (space, org_key)
  constraint exercise_score_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint exercise_score_space_fkey FOREIGN KEY (space) REFERENCES ronda.exercise(space)
  row-level security forced
  policy exercise_score_derive for all to ronda_deriver
    using (true)
  policy exercise_score_keep for select to ronda_keeper
    using (true)
  policy exercise_score_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((( SELECT ronda.reader_part() AS reader_part)) IS NOT NULL OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  grant ronda_app: select
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.exercise_script
  owner migrator
  space integer not null
  document jsonb not null
  constraint exercise_script_pkey PRIMARY KEY (space)
  constraint exercise_script_space_fkey FOREIGN KEY (space) REFERENCES ronda.exercise(space)
  row-level security forced
  policy exercise_script_derive for all to ronda_deriver
    using (true)
  policy exercise_script_insert for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0 AND (EXISTS ( SELECT FROM ronda.exercise e WHERE e.space = exercise_script.space AND (e.owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
  policy exercise_script_keep for select to ronda_keeper
    using (true)
  policy exercise_script_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((( SELECT ronda.reader_part() AS reader_part)) IS NOT NULL OR ( SELECT ronda.reader_is_local_controller() AS reader_is_local_controller)))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.exercise_staff
  owner migrator
  space integer not null
  user_key integer not null
  part text not null
  named_by integer not null
  named_at timestamp with time zone not null
  constraint exercise_staff_pkey PRIMARY KEY (space, user_key)
  constraint exercise_staff_named_by_fkey FOREIGN KEY (named_by) REFERENCES ronda.user_account(key)
  constraint exercise_staff_space_fkey FOREIGN KEY (space) REFERENCES ronda.exercise(space)
  constraint exercise_staff_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  constraint exercise_staff_part_check CHECK ((part = ANY (ARRAY['controller'::text, 'evaluator'::text, 'local-controller'::text])))
  CREATE INDEX exercise_staff_of ON ronda.exercise_staff USING btree (user_key)
  row-level security forced
  policy exercise_staff_derive for all to ronda_deriver
    using (true)
  policy exercise_staff_insert for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0 AND (named_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.exercise e WHERE e.space = exercise_staff.space AND (e.owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
  policy exercise_staff_keep for select to ronda_keeper
    using (true)
  policy exercise_staff_read for select to ronda_app
    using (((( SELECT ronda.space() AS space)) = 0 OR (( SELECT ronda.space() AS space)) = space) AND (EXISTS ( SELECT FROM ronda.exercise e WHERE e.space = exercise_staff.space)))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.exercise_team
  owner migrator
  space integer not null
  org_key integer not null
  role text not null
  invited_by integer not null
  invited_at timestamp with time zone not null
  constraint exercise_team_pkey PRIMARY KEY (space, org_key, role)
  constraint exercise_team_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES ronda.user_account(key)
  constraint exercise_team_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint exercise_team_space_fkey FOREIGN KEY (space) REFERENCES ronda.exercise(space)
  CREATE INDEX exercise_team_of ON ronda.exercise_team USING btree (org_key)
  row-level security forced
  policy exercise_team_derive for all to ronda_deriver
    using (true)
  policy exercise_team_insert for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0 AND (invited_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.exercise e WHERE e.space = exercise_team.space AND (e.owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
  policy exercise_team_keep for select to ronda_keeper
    using (true)
  policy exercise_team_read for select to ronda_app
    using (((( SELECT ronda.space() AS space)) = 0 OR (( SELECT ronda.space() AS space)) = space) AND (EXISTS ( SELECT FROM ronda.exercise e WHERE e.space = exercise_team.space)))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.feedback
  owner migrator
  space integer not null
  owner_key integer not null
  incident_key bigint not null
  kind text -- grant ronda_app: update
  note text -- grant ronda_app: update; ronda_deriver: update
  given_by integer not null -- grant ronda_app: update
  given_at timestamp with time zone not null -- grant ronda_app: update
  passed_by integer
  constraint feedback_pkey PRIMARY KEY (space, owner_key, incident_key)
  constraint feedback_given_by_fkey FOREIGN KEY (given_by) REFERENCES ronda.user_account(key)
  constraint feedback_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint feedback_passed_by_fkey FOREIGN KEY (passed_by) REFERENCES ronda.organisation(key)
  constraint feedback_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint feedback_kind_check CHECK ((kind = ANY (ARRAY['useful'::text, 'cannot-help'::text, 'checked-not-seen'::text])))
  CREATE INDEX feedback_record ON ronda.feedback USING btree (space, incident_key)
  CREATE TRIGGER say_passed_by BEFORE INSERT OR UPDATE ON ronda.feedback FOR EACH ROW WHEN (row_security_active('ronda.feedback'::text)) EXECUTE FUNCTION ronda.say_passed_by()
  row-level security forced
  policy feedback_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy feedback_derive for all to ronda_deriver
    using (true)
  policy feedback_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (given_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND given_at = ronda.clock() AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = feedback.space AND i.key = feedback.incident_key AND NOT i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy feedback_keep for select to ronda_keeper
    using (true)
  policy feedback_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = feedback.space AND i.key = feedback.incident_key AND true)) AND ((owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (passed_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR passed_by IS NULL AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = feedback.space AND i.key = feedback.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = feedback.owner_key))))
  policy feedback_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (given_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND given_at = ronda.clock())
  grant ronda_app: delete, insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.filed_line
  owner migrator
  space integer not null
  org_key integer not null
  user_key integer
  identity bytea not null
  content_hash bytea not null -- grant ronda_app: update; ronda_deriver: update
  incident_id uuid not null -- grant ronda_app: update
  created_at timestamp with time zone not null
  constraint filed_line_space_org_key_identity_user_key_key UNIQUE NULLS NOT DISTINCT (space, org_key, identity, user_key)
  constraint filed_line_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint filed_line_space_incident_id_fkey FOREIGN KEY (space, incident_id) REFERENCES ronda.incident(space, id)
  constraint filed_line_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  constraint filed_line_content_hash_check CHECK ((length(content_hash) = 32))
  constraint filed_line_identity_check CHECK ((length(identity) = 32))
  CREATE INDEX filed_line_record ON ronda.filed_line USING btree (space, incident_id)
  row-level security forced
  policy filed_line_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (user_key IS NULL OR (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.id = filed_line.incident_id AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy filed_line_keep for select to ronda_keeper
    using (true)
  policy filed_line_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (user_key IS NULL OR (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  policy filed_line_retain for all to ronda_deriver
    using (true)
  policy filed_line_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (user_key IS NULL OR (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (user_key IS NULL OR (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.id = filed_line.incident_id AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.group_epoch
  owner migrator
  group_key integer not null
  epoch integer not null
  principal_key integer not null
  began_at timestamp with time zone not null
  constraint group_epoch_pkey PRIMARY KEY (group_key, epoch)
  constraint group_epoch_principal_key_key UNIQUE (principal_key)
  constraint group_epoch_group_key_fkey FOREIGN KEY (group_key) REFERENCES ronda.sharing_group(key)
  constraint group_epoch_principal_key_fkey FOREIGN KEY (principal_key) REFERENCES ronda.principal(key)
  CREATE TRIGGER group_epoch_principals AFTER INSERT OR DELETE OR UPDATE ON ronda.group_epoch FOR EACH STATEMENT EXECUTE FUNCTION ronda.forget_principals()
  row-level security forced
  policy group_epoch_derive for select to ronda_deriver
    using (true)
  policy group_epoch_insert for insert to ronda_app
    with check ((EXISTS ( SELECT FROM ronda.principal named WHERE named.key = group_epoch.principal_key AND named.kind = 'group-epoch'::text)) AND (EXISTS ( SELECT FROM ronda.sharing_group g WHERE g.key = group_epoch.group_key AND (group_epoch.epoch = 1 AND g.epoch = 1 AND (g.founder_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR group_epoch.epoch = (g.epoch + 1) AND (EXISTS ( SELECT FROM ronda.group_membership m WHERE m.group_key = g.key AND (m.org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND m.state = 'member'::text))))))
  policy group_epoch_keep for select to ronda_keeper
    using (true)
  policy group_epoch_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy group_epoch_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy group_epoch_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy group_epoch_read for select to ronda_app
    using (group_key = ANY ((( SELECT ronda.reader_groups() AS reader_groups))::integer[]))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.group_membership
  owner migrator
  key integer not null generated always as identity
  id uuid not null
  group_key integer not null
  org_key integer not null
  state text not null -- grant ronda_app: update
  proposed_by integer not null
  proposed_at timestamp with time zone not null
  admit_after timestamp with time zone not null
  accepted_at timestamp with time zone -- grant ronda_app: update
  joined_epoch integer -- grant ronda_app: update
  joined_at timestamp with time zone -- grant ronda_app: update
  ended_at timestamp with time zone -- grant ronda_app: update
  constraint group_membership_pkey PRIMARY KEY (key)
  constraint group_membership_id_key UNIQUE (id)
  constraint group_membership_group_key_fkey FOREIGN KEY (group_key) REFERENCES ronda.sharing_group(key)
  constraint group_membership_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint group_membership_check CHECK (((state = 'member'::text) <= (joined_epoch IS NOT NULL)))
  constraint group_membership_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'member'::text, 'left'::text, 'declined'::text, 'objected'::text])))
  CREATE UNIQUE INDEX group_membership_current ON ronda.group_membership USING btree (group_key, org_key) WHERE (state = ANY (ARRAY['proposed'::text, 'member'::text]))
  CREATE INDEX group_membership_org ON ronda.group_membership USING btree (org_key) WHERE (state = 'member'::text)
  CREATE TRIGGER group_membership_principals AFTER INSERT OR DELETE OR UPDATE ON ronda.group_membership FOR EACH STATEMENT EXECUTE FUNCTION ronda.forget_principals()
  CREATE TRIGGER guard_group_membership BEFORE INSERT OR UPDATE ON ronda.group_membership FOR EACH ROW EXECUTE FUNCTION ronda.guard_group_membership()
  row-level security forced
  policy group_membership_derive for select to ronda_deriver
    using (true)
  policy group_membership_insert for insert to ronda_app
    with check ((EXISTS ( SELECT FROM ronda.sharing_group g WHERE g.key = group_membership.group_key)))
  policy group_membership_keep for select to ronda_keeper
    using (true)
  policy group_membership_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy group_membership_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy group_membership_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy group_membership_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (group_key = ANY ((( SELECT ronda.reader_groups() AS reader_groups))::integer[])))
  policy group_membership_update for update to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (group_key = ANY ((( SELECT ronda.reader_groups() AS reader_groups))::integer[])))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.group_objection
  owner migrator
  membership_key integer not null
  org_key integer not null
  reason text not null
  entered_by integer not null
  entered_at timestamp with time zone not null
  constraint group_objection_pkey PRIMARY KEY (membership_key, org_key)
  constraint group_objection_membership_key_fkey FOREIGN KEY (membership_key) REFERENCES ronda.group_membership(key)
  constraint group_objection_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  row-level security forced
  policy group_objection_insert for insert to ronda_app
    with check ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (entered_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.group_membership m JOIN ronda.group_membership own ON own.group_key = m.group_key AND (own.org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND own.state = 'member'::text WHERE m.key = group_objection.membership_key)))
  policy group_objection_keep for select to ronda_keeper
    using (true)
  policy group_objection_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy group_objection_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy group_objection_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy group_objection_read for select to ronda_app
    using ((EXISTS ( SELECT FROM ronda.group_membership m WHERE m.key = group_objection.membership_key)))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.idempotency_key
  owner migrator
  space integer not null
  user_key integer not null
  key text not null
  route text not null
  body_hash bytea not null
  result_id uuid not null
  created_at timestamp with time zone not null
  constraint idempotency_key_pkey PRIMARY KEY (space, user_key, key)
  CREATE INDEX idempotency_key_age ON ronda.idempotency_key USING btree (created_at)
  row-level security forced
  policy idempotency_key_all for all to ronda_app
    using ((user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND space = (( SELECT ronda.space() AS space)))
  policy idempotency_key_derive for all to ronda_deriver
    using (true)
  policy idempotency_key_keep for select to ronda_keeper
    using (true)
  grant ronda_app: delete, insert, select, update
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.import_mapping
  owner migrator
  space integer not null
  org_key integer not null
  id uuid not null
  name text not null -- grant ronda_app: update
  columns jsonb not null -- grant ronda_app: update
  date_order text -- grant ronda_app: update
  era text -- grant ronda_app: update
  time_zone text -- grant ronda_app: update
  saved_by integer not null -- grant ronda_app: update
  saved_at timestamp with time zone not null -- grant ronda_app: update
  constraint import_mapping_pkey PRIMARY KEY (space, org_key, id)
  constraint import_mapping_space_org_key_name_key UNIQUE (space, org_key, name)
  constraint import_mapping_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint import_mapping_saved_by_fkey FOREIGN KEY (saved_by) REFERENCES ronda.user_account(key)
  constraint import_mapping_date_order_check CHECK ((date_order = ANY (ARRAY['day-first'::text, 'month-first'::text])))
  constraint import_mapping_era_check CHECK ((era = ANY (ARRAY['buddhist'::text, 'gregorian'::text])))
  row-level security forced
  policy import_mapping_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy import_mapping_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (saved_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy import_mapping_keep for select to ronda_keeper
    using (true)
  policy import_mapping_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy import_mapping_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (saved_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: delete, insert, select
  grant ronda_keeper: select

table ronda.incident
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  origin_node text not null
  authorship text not null -- grant ronda_deriver: update
  owner_key integer -- grant ronda_app: update; ronda_deriver: update
  author_key integer -- grant ronda_app: update; ronda_deriver: update
  filer_key integer -- grant ronda_app: update
  owner_readers integer[] not null -- grant ronda_app: update; ronda_deriver: update
  audience integer[] not null -- grant ronda_app: update; ronda_deriver: update
  head integer not null -- grant ronda_app: update; ronda_deriver: update
  created_at timestamp with time zone not null
  alias text
  quarantined_at timestamp with time zone -- grant ronda_deriver: update
  constraint incident_pkey PRIMARY KEY (key)
  constraint incident_space_id_key UNIQUE (space, id)
  constraint incident_space_key_key UNIQUE (space, key)
  constraint incident_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint incident_filer_key_fkey FOREIGN KEY (filer_key) REFERENCES ronda.organisation(key)
  constraint incident_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint incident_alias CHECK (((authorship = 'named'::text) OR (alias IS NOT NULL)))
  constraint incident_authorship_check CHECK ((authorship = ANY (ARRAY['named'::text, 'anonymous'::text])))
  constraint incident_check CHECK (((authorship = 'anonymous'::text) = (owner_key IS NULL)))
  constraint incident_check1 CHECK ((audience @> owner_readers))
  CREATE INDEX incident_filed ON ronda.incident USING brin (created_at)
  CREATE TRIGGER keep_quarantine BEFORE INSERT OR UPDATE ON ronda.incident FOR EACH ROW EXECUTE FUNCTION ronda.keep_quarantine()
  CREATE TRIGGER rest_shared_objects AFTER UPDATE OF quarantined_at ON ronda.incident FOR EACH ROW WHEN ((old.quarantined_at IS NULL) <> (new.quarantined_at IS NULL)) EXECUTE FUNCTION ronda.rest_shared_objects()
  CREATE TRIGGER tell_incident AFTER UPDATE OF audience ON ronda.incident FOR EACH ROW WHEN (row_security_active('ronda.incident'::text) AND new.audience IS DISTINCT FROM old.audience) EXECUTE FUNCTION ronda.tell_incident()
  CREATE TRIGGER unveil_sightings AFTER UPDATE OF authorship ON ronda.incident FOR EACH ROW WHEN (old.authorship = 'anonymous'::text AND new.authorship = 'named'::text) EXECUTE FUNCTION ronda.unveil_sightings()
  row-level security forced
  policy incident_derive for select to ronda_deriver
    using (true)
  policy incident_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND (owner_key IS NULL OR (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))) AND (author_key IS NULL OR (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))) AND filer_key IS NULL)
  policy incident_keep for select to ronda_keeper
    using (true)
  policy incident_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND audience && (( SELECT ronda.reader_principals() AS reader_principals)))
  policy incident_read_passed_on for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (key = ANY ((( SELECT ronda.reader_passed_records() AS reader_passed_records))::bigint[])))
  policy incident_retain for update to ronda_deriver
    using (true)
  policy incident_search for select to ronda_searcher
    using (true)
  policy incident_sequence for select to ronda_sequencer
    using (true)
  policy incident_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
    with check (space = (( SELECT ronda.space() AS space)) AND audience && (( SELECT ronda.reader_principals() AS reader_principals)) AND (owner_key IS NULL OR (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR owner_key = (( SELECT ronda.reader_parent() AS reader_parent))) AND (filer_key IS NULL OR (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = incident.filer_key AND ((o.key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (o.parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select
  grant ronda_searcher: select
  grant ronda_sequencer: select

table ronda.incident_comment
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  incident_key bigint not null
  author_key integer -- grant ronda_deriver: update
  org_key integer -- grant ronda_deriver: update
  body text not null -- grant ronda_app: update; ronda_deriver: update
  language text
  readers integer[] -- grant ronda_deriver: update
  reach text not null
  created_at timestamp with time zone not null
  edited_at timestamp with time zone -- grant ronda_app: update
  deleted_at timestamp with time zone -- grant ronda_app: update; ronda_deriver: update
  by_owner boolean not null default false -- grant ronda_deriver: update
  constraint incident_comment_pkey PRIMARY KEY (key)
  constraint incident_comment_space_id_key UNIQUE (space, id)
  constraint incident_comment_space_key_key UNIQUE (space, key)
  constraint incident_comment_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint incident_comment_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint incident_comment_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint incident_comment_author CHECK (((by_owner = (author_key IS NULL)) AND (by_owner = (org_key IS NULL))))
  constraint incident_comment_check CHECK (((reach = 'readers'::text) = (readers IS NULL)))
  constraint incident_comment_reach_check CHECK ((reach = ANY (ARRAY['readers'::text, 'owner'::text, 'organisation'::text])))
  CREATE INDEX incident_comment_record ON ronda.incident_comment USING btree (space, incident_key, created_at DESC, key DESC)
  CREATE INDEX incident_comment_written ON ronda.incident_comment USING brin (created_at)
  CREATE TRIGGER tell_comment AFTER INSERT ON ronda.incident_comment FOR EACH ROW WHEN (row_security_active('ronda.incident_comment'::text) AND true) EXECUTE FUNCTION ronda.tell_comment()
  row-level security forced
  policy incident_comment_erase for all to ronda_deriver
    using (true)
  policy incident_comment_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_comment.incident_key AND incident_comment.by_owner = (i.authorship = 'anonymous'::text AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))) AND (by_owner OR (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  policy incident_comment_keep for select to ronda_keeper
    using (true)
  policy incident_comment_not_passed_on restrictive for all to ronda_app
    using ((EXISTS ( SELECT FROM ronda.incident i WHERE i.space = incident_comment.space AND i.key = incident_comment.incident_key AND i.audience && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy incident_comment_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (readers IS NULL OR readers && (( SELECT ronda.reader_principals() AS reader_principals))) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_comment.incident_key)))
  policy incident_comment_search for select to ronda_searcher
    using (true)
  policy incident_comment_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR by_owner AND (EXISTS ( SELECT FROM ronda.comment_drawer d WHERE d.comment_key = incident_comment.key AND (d.user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_comment.incident_key)))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select
  grant ronda_searcher: select

table ronda.incident_link
  owner migrator
  space integer not null
  id uuid not null
  from_key bigint not null
  to_key bigint not null
  kind text not null
  note text -- grant ronda_deriver: update
  created_by integer not null
  created_at timestamp with time zone not null
  constraint incident_link_pkey PRIMARY KEY (space, from_key, to_key)
  constraint incident_link_space_id_key UNIQUE (space, id)
  constraint incident_link_created_by_fkey FOREIGN KEY (created_by) REFERENCES ronda.user_account(key)
  constraint incident_link_space_from_key_fkey FOREIGN KEY (space, from_key) REFERENCES ronda.incident(space, key)
  constraint incident_link_space_to_key_fkey FOREIGN KEY (space, to_key) REFERENCES ronda.incident(space, key)
  constraint incident_link_check CHECK ((from_key <> to_key))
  constraint incident_link_kind_check CHECK ((kind = ANY (ARRAY['related'::text, 'duplicate-of'::text, 'part-of'::text, 'caused-by'::text, 'derived-from'::text])))
  CREATE INDEX incident_link_to ON ronda.incident_link USING btree (space, to_key)
  row-level security forced
  policy incident_link_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_link.from_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy incident_link_erase for all to ronda_deriver
    using (true)
  policy incident_link_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_link.from_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_link.to_key)) AND (created_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy incident_link_keep for select to ronda_keeper
    using (true)
  policy incident_link_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_link.from_key)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_link.to_key)))
  grant ronda_app: delete, insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.incident_revision
  owner migrator
  space integer not null
  incident_key bigint not null
  number integer not null
  audience integer[] not null -- grant ronda_app: update; ronda_deriver: update
  change text not null
  note text -- grant ronda_deriver: update
  author_key integer -- grant ronda_deriver: update
  created_at timestamp with time zone not null
  status text not null
  tlp text
  pap text not null
  rsit_class text -- grant ronda_deriver: update
  rsit_type text -- grant ronda_deriver: update
  severity_score double precision -- grant ronda_deriver: update
  severity_band text -- grant ronda_deriver: update
  sector text -- grant ronda_deriver: update
  countries text[] not null -- grant ronda_deriver: update
  facts jsonb not null -- grant ronda_deriver: update
  constraint incident_revision_pkey PRIMARY KEY (space, incident_key, number)
  constraint incident_revision_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint incident_revision_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint incident_revision_check CHECK (
  CASE COALESCE(tlp, ''::text)
      WHEN 'TLP:CLEAR'::text THEN (NOT (audience && ARRAY[4]))
      WHEN 'TLP:GREEN'::text THEN (NOT (audience && ARRAY[1, 4]))
      ELSE (NOT (audience && ARRAY[1, 2, 3, 4, 5, 6]))
  END)
  constraint incident_revision_pap_check CHECK ((pap = ANY (ARRAY['PAP:CLEAR'::text, 'PAP:GREEN'::text, 'PAP:AMBER'::text, 'PAP:RED'::text])))
  constraint incident_revision_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'triaged'::text, 'investigating'::text, 'contained'::text, 'closed'::text, 'reopened'::text])))
  constraint incident_revision_tlp_check CHECK ((tlp = ANY (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text, 'TLP:AMBER'::text, 'TLP:AMBER+STRICT'::text, 'TLP:RED'::text])))
  CREATE TRIGGER tell_revision AFTER INSERT ON ronda.incident_revision FOR EACH ROW WHEN (row_security_active('ronda.incident_revision'::text) AND new.status <> 'draft'::text) EXECUTE FUNCTION ronda.tell_revision()
  CREATE TRIGGER tell_revision_readers AFTER UPDATE OF audience ON ronda.incident_revision FOR EACH ROW WHEN (row_security_active('ronda.incident_revision'::text) AND new.status <> 'draft'::text) EXECUTE FUNCTION ronda.tell_revision()
  row-level security forced
  policy incident_revision_erase for all to ronda_deriver
    using (true)
  policy incident_revision_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_revision.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (author_key IS NULL OR (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  policy incident_revision_keep for select to ronda_keeper
    using (true)
  policy incident_revision_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND audience && (( SELECT ronda.reader_principals() AS reader_principals)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_revision.incident_key)))
  policy incident_revision_read_passed_on for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND number = (( SELECT ronda.reader_passed_revisions() AS reader_passed_revisions))[array_position(( SELECT ronda.reader_passed_records() AS reader_passed_records), incident_key)])
  policy incident_revision_search for select to ronda_searcher
    using (true)
  policy incident_revision_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = incident_revision.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select
  grant ronda_searcher: select

table ronda.ledger
  owner migrator
  space integer not null
  origin text not null
  began_at timestamp with time zone not null
  constraint ledger_pkey PRIMARY KEY (space)
  row-level security forced
  policy ledger_keep for select to ronda_keeper
    using (true)
  policy ledger_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND cardinality(( SELECT ronda.reader_principals() AS reader_principals)) > 0)
  policy ledger_sequence for all to ronda_sequencer
    using (true)
  grant ronda_app: select
  grant ronda_keeper: select
  grant ronda_sequencer: insert, select

table ronda.ledger_batch
  owner migrator
  space integer not null -- grant ronda_app: select
  number integer not null -- grant ronda_app: select
  from_position bigint not null -- grant ronda_app: select
  size bigint not null -- grant ronda_app: select
  key_number integer not null -- grant ronda_app: select
  padding_seed bytea not null
  signatures bytea not null
  checkpoint text not null -- grant ronda_app: select
  integrated_at timestamp with time zone not null -- grant ronda_app: select
  constraint ledger_batch_pkey PRIMARY KEY (space, number)
  constraint ledger_batch_space_size_key UNIQUE (space, size)
  constraint ledger_batch_space_fkey FOREIGN KEY (space) REFERENCES ronda.ledger(space)
  constraint ledger_batch_space_key_number_fkey FOREIGN KEY (space, key_number) REFERENCES ronda.ledger_key(space, number)
  constraint ledger_batch_check CHECK ((length(signatures) = ((size - from_position) * 64)))
  row-level security forced
  policy ledger_batch_keep for select to ronda_keeper
    using (true)
  policy ledger_batch_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND cardinality(( SELECT ronda.reader_principals() AS reader_principals)) > 0)
  policy ledger_batch_sequence for all to ronda_sequencer
    using (true)
  grant ronda_keeper: select
  grant ronda_sequencer: insert, select

table ronda.ledger_key
  owner migrator
  space integer not null
  number integer not null
  public_key bytea not null
  position bigint not null
  announced_at timestamp with time zone not null
  constraint ledger_key_pkey PRIMARY KEY (space, number)
  constraint ledger_key_space_public_key_key UNIQUE (space, public_key)
  constraint ledger_key_space_fkey FOREIGN KEY (space) REFERENCES ronda.ledger(space)
  constraint ledger_key_public_key_check CHECK ((length(public_key) = 32))
  row-level security forced
  policy ledger_key_keep for select to ronda_keeper
    using (true)
  policy ledger_key_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND cardinality(( SELECT ronda.reader_principals() AS reader_principals)) > 0)
  policy ledger_key_sequence for all to ronda_sequencer
    using (true)
  grant ronda_app: select
  grant ronda_keeper: select
  grant ronda_sequencer: insert, select

table ronda.ledger_leaf
  owner migrator
  space integer not null -- grant ronda_app: select
  position bigint not null -- grant ronda_app: select
  event_id uuid not null -- grant ronda_app: select
  leaf_hash bytea not null -- grant ronda_app: select
  salt bytea -- grant ronda_app: select; ronda_sequencer: update
  entry text -- grant ronda_app: select; ronda_sequencer: update
  occurred_at timestamp with time zone not null -- grant ronda_app: select
  subject uuid -- grant ronda_app: select; ronda_sequencer: update
  reader_keys integer[] not null -- grant ronda_app: select; ronda_sequencer: update
  record_key bigint -- grant ronda_app: select; ronda_sequencer: update
  revision integer -- grant ronda_app: select; ronda_sequencer: update
  erased_by bigint -- grant ronda_sequencer: update
  advisory_key bigint -- grant ronda_app: select; ronda_sequencer: update
  org_key integer -- grant ronda_app: select; ronda_sequencer: update
  told text -- grant ronda_app: select; ronda_sequencer: update
  constraint ledger_leaf_pkey PRIMARY KEY (space, "position")
  constraint ledger_leaf_space_event_id_key UNIQUE (space, event_id)
  constraint ledger_leaf_space_fkey FOREIGN KEY (space) REFERENCES ronda.ledger(space)
  constraint ledger_leaf_check CHECK ((((salt IS NULL) = (entry IS NULL)) AND ((salt IS NULL) = (erased_by IS NOT NULL))))
  constraint ledger_leaf_leaf_hash_check CHECK ((length(leaf_hash) = 32))
  constraint ledger_leaf_salt_check CHECK ((length(salt) = 32))
  constraint ledger_leaf_told CHECK (((told IS NULL) = (advisory_key IS NULL)))
  constraint ledger_leaf_told_check CHECK ((told = ANY (ARRAY['own-side'::text, 'owner'::text, 'others-in-review'::text, 'readers'::text, 'withdrawn-from'::text])))
  CREATE INDEX ledger_leaf_subject ON ronda.ledger_leaf USING btree (space, subject, occurred_at DESC, event_id DESC) WHERE (subject IS NOT NULL)
  row-level security forced
  policy ledger_leaf_keep for select to ronda_keeper
    using (true)
  policy ledger_leaf_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND salt IS NOT NULL AND (reader_keys && (( SELECT ronda.reader_principals() AS reader_principals)) OR (EXISTS ( SELECT FROM ronda.incident i JOIN ronda.incident_revision r ON r.space = i.space AND r.incident_key = i.key WHERE i.space = ledger_leaf.space AND i.key = ledger_leaf.record_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND r.number = ledger_leaf.revision)) OR told IS NOT NULL AND (EXISTS ( SELECT FROM ronda.advisory a JOIN ronda.advisory_revision r ON r.space = a.space AND r.advisory_key = a.key AND r.number = ledger_leaf.revision WHERE a.space = ledger_leaf.space AND a.key = ledger_leaf.advisory_key AND CASE ledger_leaf.told WHEN 'own-side'::text THEN (ledger_leaf.org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND r.audience && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))) WHEN 'owner'::text THEN a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND r.audience && (( SELECT ronda.reader_principals() AS reader_principals)) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = ledger_leaf.org_key)) WHEN 'others-in-review'::text THEN NOT (ledger_leaf.org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND r.audience && (( SELECT ronda.reader_principals() AS reader_principals)) OR a.reviewers && (( SELECT ronda.reader_principals() AS reader_principals))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = ledger_leaf.org_key)) WHEN 'readers'::text THEN NOT a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) ELSE false END)) OR told = 'withdrawn-from'::text AND (EXISTS ( SELECT FROM ronda.tombstone t WHERE t.space = ledger_leaf.space AND t.record_kind = 'advisory'::text AND t.record_key = ledger_leaf.advisory_key AND (t.reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND t.at = ledger_leaf.occurred_at))))
  policy ledger_leaf_sequence for all to ronda_sequencer
    using (true)
  grant ronda_keeper: select
  grant ronda_sequencer: insert, select

table ronda.ledger_tile
  owner migrator
  space integer not null
  level integer not null
  index bigint not null
  hashes bytea not null -- grant ronda_sequencer: update
  constraint ledger_tile_pkey PRIMARY KEY (space, level, index)
  constraint ledger_tile_space_fkey FOREIGN KEY (space) REFERENCES ronda.ledger(space)
  constraint ledger_tile_hashes_check CHECK ((((length(hashes) >= 32) AND (length(hashes) <= 8192)) AND ((length(hashes) % 32) = 0)))
  row-level security forced
  policy ledger_tile_keep for select to ronda_keeper
    using (true)
  policy ledger_tile_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND cardinality(( SELECT ronda.reader_principals() AS reader_principals)) > 0)
  policy ledger_tile_sequence for all to ronda_sequencer
    using (true)
  grant ronda_app: select
  grant ronda_keeper: select
  grant ronda_sequencer: insert, select

table ronda.misp_event
  owner migrator
  space integer not null
  incident_key bigint not null
  since_number integer not null
  until_number integer -- grant ronda_app: update
  reach text not null
  event_uuid uuid not null
  raw jsonb not null
  constraint misp_event_pkey PRIMARY KEY (space, incident_key, since_number, reach)
  constraint misp_event_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint misp_event_check CHECK ((until_number > since_number))
  constraint misp_event_reach_check CHECK ((reach = ANY (ARRAY['readers'::text, 'owner'::text])))
  row-level security forced
  policy misp_event_end for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND until_number IS NULL AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = misp_event.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i JOIN ronda.incident_revision r ON r.space = i.space AND r.incident_key = i.key AND r.number = i.head WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = misp_event.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND i.authorship = 'named'::text AND r.number = misp_event.until_number AND r.created_at = ronda.clock() OFFSET 0)))
  policy misp_event_erase for all to ronda_deriver
    using (true)
  policy misp_event_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND until_number IS NULL AND (EXISTS ( SELECT FROM ronda.incident i JOIN ronda.incident_revision r ON r.space = i.space AND r.incident_key = i.key AND r.number = i.head WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = misp_event.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND i.authorship = 'named'::text AND r.number = misp_event.since_number AND r.created_at = ronda.clock() OFFSET 0)))
  policy misp_event_keep for select to ronda_keeper
    using (true)
  policy misp_event_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.incident_key = misp_event.incident_key AND r.number >= misp_event.since_number AND (misp_event.until_number IS NULL OR r.number < misp_event.until_number))) AND (reach = 'readers'::text OR (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = misp_event.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.misp_name
  owner migrator
  space integer not null
  incident_key bigint not null
  uuid uuid not null
  constraint misp_name_pkey PRIMARY KEY (space, incident_key, uuid)
  constraint misp_name_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  CREATE INDEX misp_name_uuid ON ronda.misp_name USING btree (space, uuid)
  row-level security forced
  policy misp_name_erase for all to ronda_deriver
    using (true)
  policy misp_name_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = misp_name.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy misp_name_keep for select to ronda_keeper
    using (true)
  policy misp_name_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = misp_name.incident_key)))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.observable_appearance
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  incident_key bigint not null
  since_number integer not null
  until_number integer -- grant ronda_app: update
  part text not null
  reach text not null
  type text not null
  value text not null -- grant ronda_deriver: update
  observable_id uuid -- grant ronda_deriver: update
  name_path text collate "C" -- grant ronda_deriver: update
  address inet -- grant ronda_deriver: update
  is_for_detection boolean not null
  facts jsonb not null -- grant ronda_deriver: update
  constraint observable_appearance_pkey PRIMARY KEY (key)
  constraint observable_appearance_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint observable_appearance_check CHECK ((until_number > since_number))
  constraint observable_appearance_check1 CHECK (((observable_id IS NOT NULL) OR ((name_path IS NULL) AND (address IS NULL))))
  constraint observable_appearance_part_check CHECK ((part = ANY (ARRAY['observables'::text, 'fraud'::text])))
  constraint observable_appearance_reach_check CHECK ((reach = ANY (ARRAY['readers'::text, 'owner'::text])))
  CREATE INDEX observable_appearance_address ON ronda.observable_appearance USING btree (space, address) WHERE (address IS NOT NULL)
  CREATE INDEX observable_appearance_name ON ronda.observable_appearance USING btree (space, name_path) WHERE (name_path IS NOT NULL)
  CREATE UNIQUE INDEX observable_appearance_record ON ronda.observable_appearance USING btree (space, incident_key, observable_id, since_number)
  CREATE INDEX observable_appearance_value ON ronda.observable_appearance USING btree (space, observable_id)
  row-level security forced
  policy observable_appearance_end for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND until_number IS NULL AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = observable_appearance.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
    with check (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i JOIN ronda.incident_revision r ON r.space = i.space AND r.incident_key = i.key WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = observable_appearance.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND r.number = observable_appearance.until_number AND r.created_at = ronda.clock() AND (r.number > i.head OR r.number = 1 AND i.head = 1) OFFSET 0)))
  policy observable_appearance_erase for all to ronda_deriver
    using (true)
  policy observable_appearance_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND until_number IS NULL AND (EXISTS ( SELECT FROM ronda.incident i JOIN ronda.incident_revision r ON r.space = i.space AND r.incident_key = i.key WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = observable_appearance.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND r.number = observable_appearance.since_number AND r.created_at = ronda.clock() AND (r.number > i.head OR r.number = 1 AND i.head = 1) OFFSET 0)))
  policy observable_appearance_keep for select to ronda_keeper
    using (true)
  policy observable_appearance_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident_revision r WHERE r.space = (( SELECT ronda.space() AS space)) AND r.incident_key = observable_appearance.incident_key AND r.number >= observable_appearance.since_number AND (observable_appearance.until_number IS NULL OR r.number < observable_appearance.until_number))) AND (reach = 'readers'::text OR (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = observable_appearance.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.organisation
  owner migrator
  key integer not null
  id uuid not null
  origin_node text not null
  name text not null -- grant ronda_app: update
  kind text not null
  affiliation text not null
  country text
  parent_key integer
  standing text not null -- grant ronda_app: update
  is_secretariat boolean not null default false -- grant ronda_app: update; ronda_keeper: update
  secretariat_until date -- grant ronda_app: update; ronda_keeper: update
  totp_required boolean not null default true -- grant ronda_app: update
  relay_green boolean not null default false -- grant ronda_app: update
  time_zone text not null default 'UTC'::text -- grant ronda_app: update
  languages text[] not null default '{}'::text[] -- grant ronda_app: update
  created_at timestamp with time zone not null
  version integer not null default 1 -- grant ronda_app: update; ronda_keeper: update
  constraint organisation_pkey PRIMARY KEY (key)
  constraint organisation_id_key UNIQUE (id)
  constraint organisation_key_fkey FOREIGN KEY (key) REFERENCES ronda.principal(key)
  constraint organisation_parent_key_fkey FOREIGN KEY (parent_key) REFERENCES ronda.organisation(key)
  constraint organisation_affiliation_check CHECK ((affiliation = ANY (ARRAY['member'::text, 'dialogue-partner'::text, 'regional'::text])))
  constraint organisation_check CHECK (((parent_key IS NOT NULL) = (kind = ANY (ARRAY['sectoral-cert'::text, 'government'::text, 'constituent'::text]))))
  constraint organisation_kind_check CHECK ((kind = ANY (ARRAY['national-cert'::text, 'sectoral-cert'::text, 'government'::text, 'regional-body'::text, 'constituent'::text])))
  constraint organisation_standing_check CHECK ((standing = ANY (ARRAY['applicant'::text, 'sponsored'::text, 'active'::text, 'suspended'::text, 'retired'::text])))
  CREATE UNIQUE INDEX organisation_national_cert ON ronda.organisation USING btree (country) WHERE ((kind = 'national-cert'::text) AND (standing <> 'retired'::text))
  CREATE INDEX organisation_parent ON ronda.organisation USING btree (parent_key) WHERE (parent_key IS NOT NULL)
  CREATE UNIQUE INDEX organisation_secretariat ON ronda.organisation USING btree ((true)) WHERE is_secretariat
  CREATE TRIGGER guard_organisation BEFORE UPDATE ON ronda.organisation FOR EACH ROW EXECUTE FUNCTION ronda.guard_organisation()
  CREATE TRIGGER organisation_principals AFTER INSERT OR DELETE OR UPDATE ON ronda.organisation FOR EACH STATEMENT EXECUTE FUNCTION ronda.forget_principals()
  row-level security forced
  policy organisation_derive for select to ronda_deriver
    using (true)
  policy organisation_found for insert to ronda_deriver
    with check (NOT (EXISTS ( SELECT FROM ronda.organisation organisation_1)))
  policy organisation_insert for insert to ronda_app
    with check (((4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))) AND NOT is_secretariat AND (EXISTS ( SELECT FROM ronda.principal named WHERE named.key = organisation.key AND named.kind = 'organisation'::text)))
  policy organisation_keep for select to ronda_keeper
    using (true)
  policy organisation_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy organisation_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy organisation_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy organisation_of_space restrictive for select to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0 OR (key = ANY ((( SELECT ronda.space_organisations() AS space_organisations))::integer[])))
  policy organisation_operate for update to ronda_keeper
    using (true)
  policy organisation_read for select to ronda_app
    using ((key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (kind = ANY (ARRAY['national-cert'::text, 'regional-body'::text])) AND (standing = ANY (ARRAY['active'::text, 'suspended'::text])) AND (1 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR key = (( SELECT ronda.reader_parent() AS reader_parent)) OR (standing = ANY (ARRAY['applicant'::text, 'sponsored'::text])) AND (2 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (key = ANY ((( SELECT ronda.reader_fellows() AS reader_fellows))::integer[])))
  policy organisation_sequence for select to ronda_sequencer
    using (true)
  policy organisation_update for update to ronda_app
    using ((key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 4])
    with check (true)
  grant ronda_app: insert, select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select
  grant ronda_sequencer: select

table ronda.outbox
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  type text not null
  version integer not null
  occurred_at timestamp with time zone not null
  actor_key integer
  payload jsonb not null
  constraint outbox_pkey PRIMARY KEY (key)
  CREATE TRIGGER queue_exercise_event AFTER INSERT ON ronda.outbox FOR EACH ROW WHEN (new.space <> 0 AND new.type !~~ 'exercise.%'::text AND new.type !~~ 'receipt.%'::text) EXECUTE FUNCTION ronda.queue_exercise_event()
  row-level security forced
  policy outbox_keep for select to ronda_keeper
    using (true)
  policy outbox_operate for insert to ronda_keeper
    with check (actor_key IS NULL)
  policy outbox_sequence for all to ronda_sequencer
    using (true)
  policy outbox_write for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)))
  grant ronda_app: insert
  grant ronda_keeper: insert, select
  grant ronda_sequencer: delete, select

table ronda.pass_on
  owner migrator
  space integer not null
  id uuid not null
  owner_key integer not null
  incident_key bigint not null
  org_key integer not null
  note text -- grant ronda_deriver: update
  tells_originator boolean not null
  granted_by integer not null
  granted_at timestamp with time zone not null
  ended_at timestamp with time zone -- grant ronda_deriver: update
  ended_by integer -- grant ronda_deriver: update
  constraint pass_on_pkey PRIMARY KEY (space, owner_key, id)
  constraint pass_on_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES ronda.user_account(key)
  constraint pass_on_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES ronda.user_account(key)
  constraint pass_on_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint pass_on_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint pass_on_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint pass_on_check CHECK ((owner_key <> org_key))
  constraint pass_on_check1 CHECK (((ended_by IS NULL) OR (ended_at IS NOT NULL)))
  CREATE INDEX pass_on_recipient ON ronda.pass_on USING btree (space, org_key) WHERE (ended_at IS NULL)
  CREATE INDEX pass_on_record ON ronda.pass_on USING btree (space, incident_key)
  CREATE UNIQUE INDEX pass_on_standing ON ronda.pass_on USING btree (space, owner_key, incident_key, org_key) WHERE (ended_at IS NULL)
  CREATE TRIGGER list_pass_on AFTER INSERT ON ronda.pass_on FOR EACH ROW WHEN (row_security_active('ronda.pass_on'::text)) EXECUTE FUNCTION ronda.list_pass_on()
  CREATE TRIGGER tell_pass_on AFTER INSERT ON ronda.pass_on FOR EACH ROW WHEN (row_security_active('ronda.pass_on'::text) AND true) EXECUTE FUNCTION ronda.tell_pass_on()
  CREATE TRIGGER unlist_pass_on AFTER UPDATE OF ended_at ON ronda.pass_on FOR EACH ROW WHEN (old.ended_at IS NULL AND new.ended_at IS NOT NULL) EXECUTE FUNCTION ronda.unlist_pass_on()
  row-level security forced
  policy pass_on_derive for all to ronda_deriver
    using (true)
  policy pass_on_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (granted_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND granted_at = ronda.clock() AND ended_at IS NULL AND (EXISTS ( SELECT FROM ronda.organisation c WHERE c.key = pass_on.owner_key AND c.kind = 'national-cert'::text AND c.standing = 'active'::text)) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = pass_on.org_key AND o.parent_key = pass_on.owner_key AND o.standing = 'active'::text)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = pass_on.space AND i.key = pass_on.incident_key AND i.audience && array_remove(ronda.reader_principals(), pass_on.granted_by) AND NOT i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND COALESCE((( SELECT r.tlp FROM ronda.incident_revision r WHERE r.space = pass_on.space AND r.incident_key = pass_on.incident_key AND r.audience && array_remove(ronda.reader_principals(), pass_on.granted_by) ORDER BY r.number DESC LIMIT 1)) = 'TLP:AMBER'::text, false))
  policy pass_on_keep for select to ronda_keeper
    using (true)
  policy pass_on_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND ended_at IS NULL AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = pass_on.space AND i.key = pass_on.incident_key AND true))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.principal
  owner migrator
  key integer not null generated by default as identity
  kind text not null -- grant ronda_app: insert; ronda_keeper: insert
  constraint principal_pkey PRIMARY KEY (key)
  constraint principal_of_kind UNIQUE (key, kind)
  constraint principal_kind_check CHECK ((kind = ANY (ARRAY['public'::text, 'community'::text, 'partners'::text, 'secretariat'::text, 'community-relay'::text, 'partners-relay'::text, 'organisation'::text, 'user'::text, 'group-epoch'::text, 'veil'::text])))
  row-level security OFF
  grant ronda_app: select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select

sequence ronda.principal_key_seq
  owner migrator
  integer increment 1 from 1 to 2147483647 start 1000 cache 1
  belongs to ronda.principal

table ronda.quarantine_ask
  owner migrator
  space integer not null
  org_key integer not null
  record_id uuid not null
  incident_key bigint not null
  reader_key integer not null -- grant ronda_deriver: update
  reason text not null -- grant ronda_deriver: update
  asked_at timestamp with time zone not null -- grant ronda_deriver: update
  withdrawn_at timestamp with time zone -- grant ronda_deriver: update
  constraint quarantine_ask_pkey PRIMARY KEY (space, org_key, record_id)
  constraint quarantine_ask_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint quarantine_ask_reader_key_fkey FOREIGN KEY (reader_key) REFERENCES ronda.principal(key)
  constraint quarantine_ask_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint quarantine_ask_reason_check CHECK ((reason = ANY (ARRAY['false'::text, 'malicious'::text, 'unlawful'::text, 'personal-data'::text, 'other'::text])))
  CREATE INDEX quarantine_ask_record ON ronda.quarantine_ask USING btree (space, incident_key) WHERE (withdrawn_at IS NULL)
  row-level security forced
  policy quarantine_ask_derive for all to ronda_deriver
    using (true)
  policy quarantine_ask_keep for select to ronda_keeper
    using (true)
  policy quarantine_ask_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select

table ronda.readable_since
  owner migrator
  space integer not null
  record_kind text not null
  principal_key integer not null
  record_key bigint not null
  record_id uuid not null
  since timestamp with time zone not null
  constraint readable_since_pkey PRIMARY KEY (space, record_kind, record_key, principal_key) INCLUDE (since, record_id)
  CREATE INDEX readable_since_newest ON ronda.readable_since USING btree (space, record_kind, principal_key, since DESC, record_id DESC) INCLUDE (record_key)
  row-level security forced
  policy readable_since_derive for all to ronda_deriver
    using (true)
  policy readable_since_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND ((principal_key = ANY (ronda.owners_of(record_kind, record_key))) OR (EXISTS ( SELECT FROM ronda.veil v WHERE v.space = readable_since.space AND (v.principal_key = ANY (ronda.owners_of(readable_since.record_kind, readable_since.record_key))) AND (readable_since.principal_key = ANY (v.holders))))))
  policy readable_since_keep for select to ronda_keeper
    using (true)
  policy readable_since_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (principal_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy readable_since_search for select to ronda_searcher
    using (true)
  grant ronda_app: insert, select
  grant ronda_deriver: delete, insert, select
  grant ronda_keeper: select
  grant ronda_searcher: select

table ronda.receipt
  owner migrator
  space integer not null
  reader_key integer not null
  record_kind text not null
  record_key bigint not null
  revision integer not null
  kind text not null
  org_key integer not null
  at timestamp with time zone not null
  passed_by integer
  constraint receipt_pkey PRIMARY KEY (space, reader_key, record_kind, record_key, revision, kind)
  constraint receipt_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint receipt_passed_by_fkey FOREIGN KEY (passed_by) REFERENCES ronda.organisation(key)
  constraint receipt_reader_key_fkey FOREIGN KEY (reader_key) REFERENCES ronda.principal(key)
  constraint receipt_check CHECK (((kind <> ALL (ARRAY['delivered'::text, 'opened'::text])) OR (mod(EXTRACT(epoch FROM at), (3600)::numeric) = (0)::numeric)))
  constraint receipt_kind_check CHECK ((kind = ANY (ARRAY['delivered'::text, 'opened'::text, 'exported'::text, 'acknowledged'::text, 'acted-on'::text])))
  constraint receipt_record_kind_check CHECK ((record_kind = 'incident'::text))
  CREATE INDEX receipt_record ON ronda.receipt USING btree (space, record_kind, record_key)
  CREATE TRIGGER say_passed_by BEFORE INSERT ON ronda.receipt FOR EACH ROW WHEN (row_security_active('ronda.receipt'::text)) EXECUTE FUNCTION ronda.say_passed_by()
  row-level security forced
  policy receipt_derive for all to ronda_deriver
    using (true)
  policy receipt_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (reader_key = org_key OR (EXISTS ( SELECT FROM ronda.user_account u WHERE u.key = receipt.reader_key))) AND at <= ronda.clock() AND at > (ronda.clock() - '01:00:00'::interval) AND (EXISTS ( SELECT FROM ronda.incident_revision r WHERE r.space = receipt.space AND r.incident_key = receipt.record_key AND r.number = receipt.revision)) AND NOT (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = receipt.space AND i.key = receipt.record_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy receipt_keep for select to ronda_keeper
    using (true)
  policy receipt_passed_on restrictive for select to ronda_app
    using (passed_by IS NULL OR (reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (passed_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy receipt_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = receipt.space AND i.key = receipt.record_key AND i.authorship = 'named'::text AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = receipt.org_key))))
  policy receipt_read_passing for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (passed_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select

table ronda.recovery_code
  owner migrator
  user_key integer not null
  code_hash bytea not null
  used_at timestamp with time zone
  constraint recovery_code_pkey PRIMARY KEY (user_key, code_hash)
  constraint recovery_code_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  row-level security forced
  policy recovery_code_all for all to ronda_app
    using (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  policy recovery_code_erase for all to ronda_deriver
    using (true)
  policy recovery_code_keep for select to ronda_keeper
    using (true)
  policy recovery_code_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy recovery_code_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy recovery_code_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  grant ronda_app: delete, insert, select, update
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.release
  owner migrator
  key bigint not null generated always as identity
  id uuid not null
  space integer not null
  record_kind text not null
  record_key bigint not null
  revision integer not null
  tlp text not null
  pap text not null
  audience jsonb not null
  principals integer[] not null
  owner_readers integer[] not null -- grant ronda_app: update; ronda_deriver: update
  is_narrowing boolean not null
  status text not null -- grant ronda_app: update
  requested_by integer not null
  requested_at timestamp with time zone not null
  confirmed_by integer -- grant ronda_app: update
  released_at timestamp with time zone -- grant ronda_app: update
  hold_until timestamp with time zone
  ended_by integer -- grant ronda_app: update
  ended_at timestamp with time zone -- grant ronda_app: update
  not_before timestamp with time zone
  outcome text -- grant ronda_app: update
  constraint release_pkey PRIMARY KEY (key)
  constraint release_space_id_key UNIQUE (space, id)
  constraint release_check CHECK (
  CASE tlp
      WHEN 'TLP:CLEAR'::text THEN (NOT (principals && ARRAY[4]))
      WHEN 'TLP:GREEN'::text THEN (NOT (principals && ARRAY[1, 4]))
      ELSE (NOT (principals && ARRAY[1, 2, 3, 4, 5, 6]))
  END)
  constraint release_check1 CHECK (((status = ANY (ARRAY['released'::text, 'superseded'::text])) = (released_at IS NOT NULL)))
  constraint release_check2 CHECK (((record_kind = 'advisory'::text) OR (status <> ALL (ARRAY['released'::text, 'superseded'::text])) OR (tlp <> ALL (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text])) OR is_narrowing OR (principals = '{}'::integer[]) OR COALESCE((confirmed_by <> requested_by), false) OR COALESCE((hold_until <= released_at), false)))
  constraint release_never_early CHECK ((not_before <= released_at))
  constraint release_pap_check CHECK ((pap = ANY (ARRAY['PAP:CLEAR'::text, 'PAP:GREEN'::text, 'PAP:AMBER'::text, 'PAP:RED'::text])))
  constraint release_record_kind_check CHECK ((record_kind = ANY (ARRAY['incident'::text, 'advisory'::text])))
  constraint release_scheduled CHECK (((status <> 'scheduled'::text) OR ((not_before IS NOT NULL) AND ((record_kind = 'advisory'::text) OR (tlp <> ALL (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text])) OR COALESCE((confirmed_by <> requested_by), false) OR (hold_until IS NOT NULL)))))
  constraint release_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'held'::text, 'released'::text, 'superseded'::text, 'cancelled'::text, 'scheduled'::text])))
  constraint release_tlp_check CHECK ((tlp = ANY (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text, 'TLP:AMBER'::text, 'TLP:AMBER+STRICT'::text, 'TLP:RED'::text])))
  CREATE UNIQUE INDEX release_current ON ronda.release USING btree (space, record_kind, record_key) WHERE (status = 'released'::text)
  CREATE INDEX release_due ON ronda.release USING btree (hold_until) WHERE (status = 'held'::text)
  CREATE INDEX release_embargo ON ronda.release USING btree (not_before) WHERE (status = 'scheduled'::text)
  CREATE UNIQUE INDEX release_open ON ronda.release USING btree (space, record_kind, record_key) WHERE (status = ANY (ARRAY['pending'::text, 'held'::text, 'scheduled'::text]))
  CREATE INDEX release_record ON ronda.release USING btree (space, record_kind, record_key, key DESC)
  CREATE TRIGGER guard_advisory_release BEFORE INSERT OR UPDATE ON ronda.release FOR EACH ROW EXECUTE FUNCTION ronda.guard_advisory_release()
  CREATE TRIGGER guard_release BEFORE INSERT OR UPDATE ON ronda.release FOR EACH ROW EXECUTE FUNCTION ronda.guard_release()
  CREATE TRIGGER release_ceiling BEFORE INSERT OR UPDATE OF tlp, principals ON ronda.release FOR EACH ROW EXECUTE FUNCTION ronda.release_ceiling()
  row-level security forced
  policy release_derive for select to ronda_deriver
    using (true)
  policy release_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND owner_readers = ronda.owners_of(record_kind, record_key) AND (requested_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND confirmed_by IS NULL AND ((status <> ALL (ARRAY['released'::text, 'scheduled'::text])) OR hold_until IS NULL))
  policy release_keep for select to ronda_keeper
    using (true)
  policy release_owner for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
  policy release_unveil for update to ronda_deriver
    using (true)
  policy release_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.request
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  origin_node text not null
  kind text not null
  owner_key integer not null
  author_key integer not null
  to_org_key integer
  to_group_key integer
  owner_readers integer[] not null
  audience integer[] not null -- grant ronda_app: update
  chosen jsonb not null
  status text not null -- grant ronda_app: update
  tlp text not null
  pap text not null
  title text not null
  body text not null
  language text
  answers_to text not null
  acknowledge_by timestamp with time zone -- grant ronda_app: update
  answer_by timestamp with time zone -- grant ronda_app: update
  expires_at timestamp with time zone -- grant ronda_app: update
  created_at timestamp with time zone not null
  sent_at timestamp with time zone -- grant ronda_app: update
  sent_by integer -- grant ronda_app: update
  listed_at timestamp with time zone not null -- grant ronda_app: update
  ended_at timestamp with time zone -- grant ronda_app: update
  routing_id uuid
  indicators jsonb not null default '[]'::jsonb
  indicator_count integer generated always as (jsonb_array_length(indicators)) stored
  constraint request_pkey PRIMARY KEY (key)
  constraint request_space_id_key UNIQUE (space, id)
  constraint request_space_key_key UNIQUE (space, key)
  constraint request_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint request_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint request_sent_by_fkey FOREIGN KEY (sent_by) REFERENCES ronda.user_account(key)
  constraint request_to_group_key_fkey FOREIGN KEY (to_group_key) REFERENCES ronda.sharing_group(key)
  constraint request_to_org_key_fkey FOREIGN KEY (to_org_key) REFERENCES ronda.organisation(key)
  constraint request_answers_to_check CHECK ((answers_to = ANY (ARRAY['all'::text, 'asker'::text])))
  constraint request_audience_check CHECK ((NOT (audience && ARRAY[1, 2, 3, 4, 5, 6])))
  constraint request_check CHECK (((num_nonnulls(to_org_key, to_group_key) = 1) AND (to_org_key IS DISTINCT FROM owner_key)))
  constraint request_check1 CHECK ((audience @> owner_readers))
  constraint request_check2 CHECK ((num_nonnulls(sent_at, sent_by) = ANY (ARRAY[0, 2])))
  constraint request_check3 CHECK (((sent_at IS NULL) OR (num_nonnulls(acknowledge_by, answer_by, expires_at) = 3)))
  constraint request_check4 CHECK (
  CASE
      WHEN (sent_at IS NULL) THEN ((audience = owner_readers) AND (status = ANY (ARRAY['draft'::text, 'withdrawn'::text, 'closed'::text])))
      ELSE (status <> 'draft'::text)
  END)
  constraint request_indicators_check CHECK ((jsonb_typeof(indicators) = 'array'::text))
  constraint request_kind_check CHECK ((kind = ANY (ARRAY['rfi'::text, 'takedown'::text, 'notification'::text, 'assistance'::text, 'preservation'::text, 'urgent-hold'::text])))
  constraint request_pap_check CHECK ((pap = ANY (ARRAY['PAP:CLEAR'::text, 'PAP:GREEN'::text, 'PAP:AMBER'::text, 'PAP:RED'::text])))
  constraint request_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'open'::text, 'withdrawn'::text, 'closed'::text])))
  constraint request_tlp_check CHECK ((tlp = ANY (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text, 'TLP:AMBER'::text, 'TLP:AMBER+STRICT'::text, 'TLP:RED'::text])))
  CREATE INDEX request_listed ON ronda.request USING btree (space, listed_at DESC, id DESC)
  CREATE INDEX request_routing ON ronda.request USING btree (space, owner_key, routing_id) WHERE (routing_id IS NOT NULL)
  CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON ronda.request FOR EACH ROW EXECUTE FUNCTION ronda.guard_request()
  CREATE TRIGGER request_ceiling BEFORE INSERT OR UPDATE OF audience ON ronda.request FOR EACH ROW EXECUTE FUNCTION ronda.request_ceiling()
  CREATE TRIGGER tell_request AFTER UPDATE OF status ON ronda.request FOR EACH ROW WHEN (row_security_active('ronda.request'::text) AND new.sent_at IS NOT NULL AND new.status IS DISTINCT FROM old.status) EXECUTE FUNCTION ronda.tell_request()
  CREATE TRIGGER tell_request_sent AFTER INSERT ON ronda.request FOR EACH ROW WHEN (row_security_active('ronda.request'::text) AND new.sent_at IS NOT NULL) EXECUTE FUNCTION ronda.tell_request()
  row-level security forced
  policy request_derive for select to ronda_deriver
    using (true)
  policy request_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
  policy request_keep for select to ronda_keeper
    using (true)
  policy request_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND audience && (( SELECT ronda.reader_principals() AS reader_principals)))
  policy request_tell for select to ronda_deriver
    using (true)
  policy request_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.request_answer
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  request_key bigint not null
  org_key integer not null
  author_key integer not null
  body text not null
  language text
  reach text not null
  created_at timestamp with time zone not null
  constraint request_answer_pkey PRIMARY KEY (key)
  constraint request_answer_space_id_key UNIQUE (space, id)
  constraint request_answer_space_key_key UNIQUE (space, key)
  constraint request_answer_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint request_answer_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint request_answer_space_request_key_fkey FOREIGN KEY (space, request_key) REFERENCES ronda.request(space, key)
  constraint request_answer_reach_check CHECK ((reach = ANY (ARRAY['all'::text, 'asker'::text])))
  CREATE INDEX request_answer_request ON ronda.request_answer USING btree (space, request_key, created_at DESC, id DESC)
  CREATE TRIGGER tell_answer AFTER INSERT ON ronda.request_answer FOR EACH ROW WHEN (row_security_active('ronda.request_answer'::text) AND true) EXECUTE FUNCTION ronda.tell_request_step()
  row-level security forced
  policy request_answer_derive for select to ronda_deriver
    using (true)
  policy request_answer_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_answer.request_key AND q.status = 'open'::text AND NOT q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND NOT (q.owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))) AND (reach = 'asker'::text OR (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_answer.request_key AND q.answers_to = 'all'::text))))
  policy request_answer_keep for select to ronda_keeper
    using (true)
  policy request_answer_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_answer.request_key)) AND (reach = 'all'::text OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_answer.request_key AND q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.request_escalation
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  request_key bigint not null
  org_key integer not null
  by_org_key integer not null
  paged_by integer not null
  note text
  paged_at timestamp with time zone not null
  constraint request_escalation_pkey PRIMARY KEY (key)
  constraint request_escalation_space_id_key UNIQUE (space, id)
  constraint request_escalation_by_org_key_fkey FOREIGN KEY (by_org_key) REFERENCES ronda.organisation(key)
  constraint request_escalation_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint request_escalation_paged_by_fkey FOREIGN KEY (paged_by) REFERENCES ronda.user_account(key)
  constraint request_escalation_space_request_key_fkey FOREIGN KEY (space, request_key) REFERENCES ronda.request(space, key)
  CREATE INDEX request_escalation_request ON ronda.request_escalation USING btree (space, request_key, key)
  row-level security forced
  policy request_escalation_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (paged_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (by_org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_escalation.request_key)) AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_escalation.request_key AND q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  policy request_escalation_keep for select to ronda_keeper
    using (true)
  policy request_escalation_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_escalation.request_key)) AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (by_org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_escalation.request_key AND q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.request_incident
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  request_key bigint not null
  answer_key bigint
  incident_key bigint not null
  linked_by integer not null
  linked_at timestamp with time zone not null
  constraint request_incident_pkey PRIMARY KEY (key)
  constraint request_incident_space_request_key_answer_key_incident_key_key UNIQUE NULLS NOT DISTINCT (space, request_key, answer_key, incident_key)
  constraint request_incident_linked_by_fkey FOREIGN KEY (linked_by) REFERENCES ronda.user_account(key)
  constraint request_incident_space_answer_key_fkey FOREIGN KEY (space, answer_key) REFERENCES ronda.request_answer(space, key)
  constraint request_incident_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key) ON DELETE CASCADE
  constraint request_incident_space_request_key_fkey FOREIGN KEY (space, request_key) REFERENCES ronda.request(space, key)
  CREATE INDEX request_incident_incident ON ronda.request_incident USING btree (space, incident_key)
  row-level security forced
  policy request_incident_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (linked_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = request_incident.incident_key)) AND CASE WHEN answer_key IS NULL THEN (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_incident.request_key AND q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) ELSE (EXISTS ( SELECT FROM ronda.request_answer a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = request_incident.answer_key AND a.request_key = request_incident.request_key AND (a.author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))) END)
  policy request_incident_keep for select to ronda_keeper
    using (true)
  policy request_incident_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = request_incident.incident_key)) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_incident.request_key)) AND (answer_key IS NULL OR (EXISTS ( SELECT FROM ronda.request_answer a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.key = request_incident.answer_key))))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.request_response
  owner migrator
  space integer not null
  request_key bigint not null
  org_key integer not null
  state text not null -- grant ronda_app: update
  acknowledged_at timestamp with time zone -- grant ronda_app: update
  answered_at timestamp with time zone -- grant ronda_app: update
  declined_at timestamp with time zone -- grant ronda_app: update
  user_key integer not null -- grant ronda_app: update
  constraint request_response_pkey PRIMARY KEY (space, request_key, org_key)
  constraint request_response_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint request_response_space_request_key_fkey FOREIGN KEY (space, request_key) REFERENCES ronda.request(space, key)
  constraint request_response_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  constraint request_response_check CHECK ((((state = 'answered'::text) = (answered_at IS NOT NULL)) AND ((state = 'declined'::text) = (declined_at IS NOT NULL)) AND ((state = 'acknowledged'::text) <= (acknowledged_at IS NOT NULL))))
  constraint request_response_state_check CHECK ((state = ANY (ARRAY['acknowledged'::text, 'answered'::text, 'declined'::text])))
  CREATE TRIGGER guard_request_response BEFORE UPDATE ON ronda.request_response FOR EACH ROW EXECUTE FUNCTION ronda.guard_request_response()
  CREATE TRIGGER tell_response AFTER INSERT OR UPDATE OF state ON ronda.request_response FOR EACH ROW WHEN (row_security_active('ronda.request_response'::text) AND true) EXECUTE FUNCTION ronda.tell_request_step()
  row-level security forced
  policy request_response_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_response.request_key AND q.status = 'open'::text AND NOT q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND NOT (q.owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
  policy request_response_keep for select to ronda_keeper
    using (true)
  policy request_response_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_response.request_key)) AND ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_response.request_key AND q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  policy request_response_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.request q WHERE q.space = (( SELECT ronda.space() AS space)) AND q.key = request_response.request_key AND q.status = 'open'::text AND NOT q.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)) AND NOT (q.owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.scenario
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  origin_node text not null
  owner_key integer not null
  author_key integer not null
  title text not null -- grant ronda_app: update
  shared_with text not null -- grant ronda_app: update
  head integer not null -- grant ronda_app: update
  created_at timestamp with time zone not null
  updated_at timestamp with time zone not null -- grant ronda_app: update
  constraint scenario_pkey PRIMARY KEY (key)
  constraint scenario_space_id_key UNIQUE (space, id)
  constraint scenario_space_key_key UNIQUE (space, key)
  constraint scenario_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint scenario_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint scenario_shared_with_check CHECK ((shared_with = ANY (ARRAY['organisation'::text, 'community'::text])))
  constraint scenario_space_check CHECK ((space = 0))
  CREATE INDEX scenario_listed ON ronda.scenario USING btree (space, created_at DESC, id DESC)
  row-level security forced
  policy scenario_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy scenario_keep for select to ronda_keeper
    using (true)
  policy scenario_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR shared_with = 'community'::text AND (2 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  policy scenario_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.scenario_version
  owner migrator
  space integer not null
  scenario_key bigint not null
  number integer not null
  document jsonb not null
  author_key integer not null
  created_at timestamp with time zone not null
  constraint scenario_version_pkey PRIMARY KEY (space, scenario_key, number)
  constraint scenario_version_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint scenario_version_space_scenario_key_fkey FOREIGN KEY (space, scenario_key) REFERENCES ronda.scenario(space, key)
  row-level security forced
  policy scenario_version_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.scenario s WHERE s.space = scenario_version.space AND s.key = scenario_version.scenario_key AND (s.owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
  policy scenario_version_keep for select to ronda_keeper
    using (true)
  policy scenario_version_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (EXISTS ( SELECT FROM ronda.scenario s WHERE s.space = scenario_version.space AND s.key = scenario_version.scenario_key)))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.search_document
  owner migrator
  space integer not null -- grant ronda_app: select
  incident_key bigint not null -- grant ronda_app: select
  number integer not null -- grant ronda_app: select
  comment_key bigint not null -- grant ronda_app: select
  segmenter text not null -- grant ronda_searcher: update
  words tsvector not null -- grant ronda_searcher: update
  constraint search_document_pkey PRIMARY KEY (space, incident_key, number, comment_key)
  constraint search_document_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint search_document_check CHECK (((number = 0) <> (comment_key = 0)))
  CREATE INDEX search_document_segmenter ON ronda.search_document USING btree (segmenter)
  CREATE INDEX search_document_words ON ronda.search_document USING gin (words) WITH (gin_pending_list_limit='512')
  row-level security forced
  policy search_document_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND CASE WHEN comment_key = 0 THEN (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = search_document.space AND i.key = search_document.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) ELSE (EXISTS ( SELECT FROM ronda.incident_comment c WHERE c.space = search_document.space AND c.key = search_document.comment_key AND c.incident_key = search_document.incident_key AND ((c.author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR c.by_owner AND (EXISTS ( SELECT FROM ronda.comment_drawer d WHERE d.comment_key = c.key AND (d.user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))))) END)
  policy search_document_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND CASE WHEN comment_key = 0 THEN (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = search_document.space AND i.key = search_document.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) ELSE (EXISTS ( SELECT FROM ronda.incident_comment c WHERE c.space = search_document.space AND c.key = search_document.comment_key AND c.incident_key = search_document.incident_key AND ((c.author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR c.by_owner AND (EXISTS ( SELECT FROM ronda.comment_drawer d WHERE d.comment_key = c.key AND (d.user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))))) END)
  policy search_document_keep for select to ronda_keeper
    using (true)
  policy search_document_own for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND CASE WHEN comment_key = 0 THEN (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = search_document.space AND i.key = search_document.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) ELSE (EXISTS ( SELECT FROM ronda.incident_comment c WHERE c.space = search_document.space AND c.key = search_document.comment_key AND c.incident_key = search_document.incident_key AND ((c.author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR c.by_owner AND (EXISTS ( SELECT FROM ronda.comment_drawer d WHERE d.comment_key = c.key AND (d.user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))))) END)
  policy search_document_search for all to ronda_searcher
    using (true)
  grant ronda_app: delete, insert
  grant ronda_keeper: select
  grant ronda_searcher: select

table ronda.secret_keyring
  owner migrator
  one boolean not null default true
  key_id bytea not null
  fingerprint_sealed bytea not null
  changed_at timestamp with time zone not null
  constraint secret_keyring_pkey PRIMARY KEY (one)
  constraint secret_keyring_one_check CHECK (one)
  row-level security forced
  policy secret_keyring_keeper for all to ronda_keeper
    using (true)
  grant ronda_keeper: insert, select, update

table ronda.shared_object
  owner migrator
  space integer not null
  principal_key integer not null
  incident_key bigint not null
  stix_id text not null
  version timestamp with time zone not null
  type text not null
  added_at timestamp with time zone not null
  revision integer
  only_for integer[]
  is_resting boolean not null default false
  object text not null
  constraint shared_object_pkey PRIMARY KEY (space, principal_key, incident_key, stix_id, version)
  constraint shared_object_principal_key_fkey FOREIGN KEY (principal_key) REFERENCES ronda.principal(key)
  constraint shared_object_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  CREATE INDEX shared_object_added ON ronda.shared_object USING btree (space, principal_key, added_at)
  CREATE INDEX shared_object_record ON ronda.shared_object USING btree (space, incident_key)
  CREATE INDEX shared_object_versions ON ronda.shared_object USING btree (space, principal_key, stix_id, version, added_at)
  row-level security forced
  policy shared_object_derive for all to ronda_deriver
    using (true)
  policy shared_object_keep for select to ronda_keeper
    using (true)
  policy shared_object_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (principal_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND NOT is_resting AND (only_for IS NULL OR only_for && (( SELECT ronda.reader_principals() AS reader_principals))))
  grant ronda_app: select
  grant ronda_deriver: delete, insert, select, update
  grant ronda_keeper: select

table ronda.sharing_group
  owner migrator
  key integer not null generated always as identity
  id uuid not null
  origin_node text not null
  name text not null -- grant ronda_app: update
  purpose text not null -- grant ronda_app: update
  founder_key integer not null -- grant ronda_app: update
  epoch integer not null -- grant ronda_app: update
  objection_hours integer not null
  created_at timestamp with time zone not null
  dissolved_at timestamp with time zone -- grant ronda_app: update
  version integer not null default 1 -- grant ronda_app: update
  constraint sharing_group_pkey PRIMARY KEY (key)
  constraint sharing_group_id_key UNIQUE (id)
  constraint sharing_group_founder_key_fkey FOREIGN KEY (founder_key) REFERENCES ronda.organisation(key)
  constraint sharing_group_objection_hours_check CHECK ((objection_hours >= 0))
  CREATE TRIGGER guard_sharing_group BEFORE UPDATE ON ronda.sharing_group FOR EACH ROW EXECUTE FUNCTION ronda.guard_sharing_group()
  CREATE TRIGGER sharing_group_principals AFTER INSERT OR DELETE OR UPDATE ON ronda.sharing_group FOR EACH STATEMENT EXECUTE FUNCTION ronda.forget_principals()
  row-level security forced
  policy sharing_group_derive for select to ronda_deriver
    using (true)
  policy sharing_group_insert for insert to ronda_app
    with check (founder_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  policy sharing_group_keep for select to ronda_keeper
    using (true)
  policy sharing_group_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy sharing_group_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy sharing_group_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy sharing_group_read for select to ronda_app
    using ((key = ANY ((( SELECT ronda.reader_groups() AS reader_groups))::integer[])) OR (founder_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy sharing_group_update for update to ronda_app
    using (key = ANY ((( SELECT ronda.reader_groups() AS reader_groups))::integer[]))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.sighting
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  id uuid not null
  incident_key bigint not null
  observable_id uuid not null
  kind text not null
  sighted_at timestamp with time zone not null
  until_at timestamp with time zone
  count integer not null
  detector text -- grant ronda_deriver: update
  note text -- grant ronda_deriver: update
  author_key integer
  org_key integer
  readers integer[] -- grant ronda_deriver: update
  reach text not null
  created_at timestamp with time zone not null
  constraint sighting_pkey PRIMARY KEY (key)
  constraint sighting_space_id_key UNIQUE (space, id)
  constraint sighting_author_key_fkey FOREIGN KEY (author_key) REFERENCES ronda.user_account(key)
  constraint sighting_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint sighting_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint sighting_check CHECK (((reach = 'readers'::text) = (readers IS NULL)))
  constraint sighting_check1 CHECK (((author_key IS NULL) = (org_key IS NULL)))
  constraint sighting_check2 CHECK ((until_at >= sighted_at))
  constraint sighting_count_check CHECK ((count >= 0))
  constraint sighting_kind_check CHECK ((kind = ANY (ARRAY['seen'::text, 'not-seen'::text, 'false-positive'::text, 'expired'::text])))
  constraint sighting_reach_check CHECK ((reach = ANY (ARRAY['readers'::text, 'owner'::text, 'organisation'::text])))
  CREATE INDEX sighting_record ON ronda.sighting USING btree (space, incident_key, created_at DESC, id DESC)
  row-level security forced
  policy sighting_erase for all to ronda_deriver
    using (true)
  policy sighting_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND created_at = ronda.clock() AND (EXISTS ( SELECT FROM ronda.observable_appearance a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.incident_key = sighting.incident_key AND a.observable_id = sighting.observable_id)) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = (( SELECT ronda.space() AS space)) AND i.key = sighting.incident_key AND (i.author_key IS NULL) = (i.authorship = 'anonymous'::text AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))) AND (author_key IS NULL OR (author_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))
  policy sighting_keep for select to ronda_keeper
    using (true)
  policy sighting_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (readers IS NULL OR readers && (( SELECT ronda.reader_principals() AS reader_principals))) AND (EXISTS ( SELECT FROM ronda.observable_appearance a WHERE a.space = (( SELECT ronda.space() AS space)) AND a.incident_key = sighting.incident_key AND a.observable_id = sighting.observable_id)))
  grant ronda_app: insert, select
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.sign_in_attempt
  owner migrator
  subject bytea not null
  account bytea not null
  failures integer not null
  last_failed_at timestamp with time zone not null
  blocked_until timestamp with time zone
  last_succeeded_at timestamp with time zone
  constraint sign_in_attempt_pkey PRIMARY KEY (subject)
  CREATE INDEX sign_in_attempt_account ON ronda.sign_in_attempt USING btree (account)
  row-level security OFF
  grant ronda_app: delete, insert, select, update
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.spent_refresh_token
  owner migrator
  token_hash bytea not null
  credential_key integer not null
  spent_at timestamp with time zone not null
  constraint spent_refresh_token_pkey PRIMARY KEY (token_hash)
  constraint spent_refresh_token_credential_key_fkey FOREIGN KEY (credential_key) REFERENCES ronda.credential(key) ON DELETE CASCADE
  CREATE INDEX spent_refresh_token_credential ON ronda.spent_refresh_token USING btree (credential_key)
  row-level security forced
  policy spent_refresh_token_all for all to ronda_app
    using ((EXISTS ( SELECT FROM ronda.credential c WHERE c.key = spent_refresh_token.credential_key AND (c.user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))))
  policy spent_refresh_token_derive for select to ronda_deriver
    using (true)
  policy spent_refresh_token_erase for delete to ronda_deriver
    using (true)
  policy spent_refresh_token_keep for select to ronda_keeper
    using (true)
  policy spent_refresh_token_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy spent_refresh_token_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy spent_refresh_token_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  grant ronda_app: insert, select
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.sponsorship
  owner migrator
  org_key integer not null
  sponsor_key integer not null
  statement text not null
  entered_by integer not null
  entered_at timestamp with time zone not null
  constraint sponsorship_pkey PRIMARY KEY (org_key, sponsor_key)
  constraint sponsorship_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint sponsorship_sponsor_key_fkey FOREIGN KEY (sponsor_key) REFERENCES ronda.organisation(key)
  row-level security forced
  policy sponsorship_insert for insert to ronda_app
    with check ((sponsor_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (entered_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (2 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy sponsorship_keep for select to ronda_keeper
    using (true)
  policy sponsorship_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy sponsorship_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy sponsorship_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy sponsorship_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 4])
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.standing_decision
  owner migrator
  key integer not null generated always as identity
  id uuid not null
  org_key integer not null
  decision text not null
  reason text not null
  decided_on date not null
  document text not null
  first_org_key integer not null
  first_user_key integer not null
  first_at timestamp with time zone not null
  second_org_key integer -- grant ronda_app: update
  second_user_key integer -- grant ronda_app: update
  second_at timestamp with time zone -- grant ronda_app: update
  withdrawn_at timestamp with time zone -- grant ronda_app: update
  constraint standing_decision_pkey PRIMARY KEY (key)
  constraint standing_decision_id_key UNIQUE (id)
  constraint standing_decision_first_org_key_fkey FOREIGN KEY (first_org_key) REFERENCES ronda.organisation(key)
  constraint standing_decision_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint standing_decision_second_org_key_fkey FOREIGN KEY (second_org_key) REFERENCES ronda.organisation(key)
  constraint standing_decision_check CHECK ((second_org_key <> first_org_key))
  constraint standing_decision_check1 CHECK (((org_key <> first_org_key) AND (org_key <> second_org_key)))
  constraint standing_decision_decision_check CHECK ((decision = ANY (ARRAY['suspend'::text, 'reinstate'::text])))
  CREATE UNIQUE INDEX standing_decision_open ON ronda.standing_decision USING btree (org_key) WHERE ((second_org_key IS NULL) AND (withdrawn_at IS NULL))
  row-level security forced
  policy standing_decision_end for update to ronda_app
    using ((( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 4] AND second_org_key IS NULL AND withdrawn_at IS NULL)
    with check (CASE WHEN withdrawn_at IS NULL THEN (second_org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (second_user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) ELSE second_org_key IS NULL AND (first_org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) END)
  policy standing_decision_enter for insert to ronda_app
    with check ((( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 4] AND (first_org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (first_user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND second_org_key IS NULL AND second_user_key IS NULL AND second_at IS NULL AND withdrawn_at IS NULL)
  policy standing_decision_keep for select to ronda_keeper
    using (true)
  policy standing_decision_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy standing_decision_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy standing_decision_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy standing_decision_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 4])
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.subscription
  owner migrator
  space integer not null
  owner_key integer not null
  id uuid not null
  name text not null -- grant ronda_app: update
  statuses text[] -- grant ronda_app: update
  classes text[] -- grant ronda_app: update
  types text[] -- grant ronda_app: update
  bands text[] -- grant ronda_app: update
  sectors text[] -- grant ronda_app: update
  countries text[] -- grant ronda_app: update
  markings text[] -- grant ronda_app: update
  organisations uuid[] -- grant ronda_app: update
  watched jsonb not null -- grant ronda_app: update
  observable_ids uuid[] not null -- grant ronda_app: update
  saved_by integer not null -- grant ronda_app: update
  saved_at timestamp with time zone not null -- grant ronda_app: update
  constraint subscription_pkey PRIMARY KEY (space, owner_key, id)
  constraint subscription_space_owner_key_name_key UNIQUE (space, owner_key, name)
  constraint subscription_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint subscription_saved_by_fkey FOREIGN KEY (saved_by) REFERENCES ronda.user_account(key)
  row-level security forced
  policy subscription_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy subscription_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (saved_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy subscription_keep for select to ronda_keeper
    using (true)
  policy subscription_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy subscription_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (saved_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: delete, insert, select
  grant ronda_keeper: select

table ronda.taxii_status
  owner migrator
  space integer not null
  org_key integer not null
  id uuid not null
  requested_at timestamp with time zone not null
  outcome jsonb not null
  constraint taxii_status_pkey PRIMARY KEY (space, org_key, id)
  constraint taxii_status_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  row-level security forced
  policy taxii_status_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy taxii_status_keep for select to ronda_keeper
    using (true)
  policy taxii_status_own for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_keeper: select

table ronda.tombstone
  owner migrator
  space integer not null
  reader_key integer not null
  record_kind text not null
  record_key bigint not null
  record_id uuid not null
  revision integer -- grant ronda_deriver: update
  org_key integer not null
  reason text not null -- grant ronda_deriver: update
  at timestamp with time zone not null -- grant ronda_deriver: update
  lifted_at timestamp with time zone -- grant ronda_deriver: update
  answer text -- grant ronda_app: update; ronda_deriver: update
  kept_because text -- grant ronda_app: update; ronda_deriver: update
  answered_at timestamp with time zone -- grant ronda_app: update; ronda_deriver: update
  passed_by integer
  constraint tombstone_pkey PRIMARY KEY (space, reader_key, record_kind, record_key)
  constraint tombstone_space_reader_key_record_id_key UNIQUE (space, reader_key, record_id)
  constraint tombstone_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint tombstone_passed_by_fkey FOREIGN KEY (passed_by) REFERENCES ronda.organisation(key)
  constraint tombstone_reader_key_fkey FOREIGN KEY (reader_key) REFERENCES ronda.principal(key)
  constraint tombstone_answer_check CHECK ((answer = ANY (ARRAY['deleted'::text, 'kept'::text])))
  constraint tombstone_check CHECK (((answer IS NULL) = (answered_at IS NULL)))
  constraint tombstone_check1 CHECK (((kept_because IS NOT NULL) = COALESCE((answer = 'kept'::text), false)))
  constraint tombstone_kept_because_check CHECK ((kept_because = ANY (ARRAY['legal-hold'::text, 'own-investigation'::text, 'cannot-delete'::text, 'passed-on'::text, 'other'::text])))
  constraint tombstone_reason_check CHECK ((reason = ANY (ARRAY['narrowed'::text, 'error'::text, 'source-asked'::text, 'legal'::text, 'superseded'::text, 'unspecified'::text])))
  constraint tombstone_record_kind_check CHECK ((record_kind = ANY (ARRAY['incident'::text, 'advisory'::text])))
  CREATE INDEX tombstone_record ON ronda.tombstone USING btree (space, record_kind, record_key)
  CREATE TRIGGER say_passed_by BEFORE INSERT OR UPDATE OF lifted_at ON ronda.tombstone FOR EACH ROW WHEN (row_security_active('ronda.tombstone'::text)) EXECUTE FUNCTION ronda.say_passed_by()
  CREATE TRIGGER tell_tombstone AFTER INSERT ON ronda.tombstone FOR EACH ROW WHEN (row_security_active('ronda.tombstone'::text) AND new.lifted_at IS NULL) EXECUTE FUNCTION ronda.tell_tombstone()
  CREATE TRIGGER tell_tombstone_again AFTER UPDATE OF lifted_at ON ronda.tombstone FOR EACH ROW WHEN (row_security_active('ronda.tombstone'::text) AND new.lifted_at IS NULL AND old.lifted_at IS NOT NULL) EXECUTE FUNCTION ronda.tell_tombstone()
  row-level security forced
  policy tombstone_answer for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND lifted_at IS NULL)
    with check (space = (( SELECT ronda.space() AS space)) AND (reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND answered_at = ronda.clock())
  policy tombstone_derive for all to ronda_deriver
    using (true)
  policy tombstone_keep for select to ronda_keeper
    using (true)
  policy tombstone_passed_on restrictive for select to ronda_app
    using (passed_by IS NULL OR (reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (passed_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy tombstone_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((reader_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR CASE record_kind WHEN 'incident'::text THEN (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = tombstone.space AND i.key = tombstone.record_key AND i.authorship = 'named'::text AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = tombstone.org_key)) ELSE (EXISTS ( SELECT FROM ronda.advisory a WHERE a.space = tombstone.space AND a.key = tombstone.record_key AND a.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = tombstone.org_key)) END))
  policy tombstone_read_passing for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (passed_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: select
  grant ronda_deriver: insert, select
  grant ronda_keeper: select

table ronda.user_account
  owner migrator
  key integer not null
  id uuid not null
  org_key integer not null
  email text not null -- grant ronda_deriver: update
  display_name text not null -- grant ronda_app: update; ronda_deriver: update
  roles text[] not null -- grant ronda_app: update
  status text not null -- grant ronda_app: update; ronda_deriver: update
  created_at timestamp with time zone not null
  version integer not null default 1 -- grant ronda_app: update; ronda_deriver: update
  erased_at timestamp with time zone -- grant ronda_deriver: update
  constraint user_account_pkey PRIMARY KEY (key)
  constraint user_account_id_key UNIQUE (id)
  constraint user_account_key_fkey FOREIGN KEY (key) REFERENCES ronda.principal(key)
  constraint user_account_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint user_account_email_check CHECK ((email = lower(email)))
  constraint user_account_erased CHECK (((erased_at IS NULL) OR (status = 'disabled'::text)))
  constraint user_account_roles_check CHECK ((roles <@ ARRAY['analyst'::text, 'coordinator'::text, 'organiser'::text, 'admin'::text]))
  constraint user_account_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'active'::text, 'disabled'::text])))
  CREATE UNIQUE INDEX user_account_email ON ronda.user_account USING btree (org_key, email)
  CREATE INDEX user_account_org ON ronda.user_account USING btree (org_key)
  CREATE INDEX user_account_sign_in ON ronda.user_account USING btree (email)
  CREATE TRIGGER user_account_principals AFTER INSERT OR DELETE OR UPDATE ON ronda.user_account FOR EACH STATEMENT EXECUTE FUNCTION ronda.forget_principals()
  row-level security forced
  policy user_account_derive for select to ronda_deriver
    using (true)
  policy user_account_erase for update to ronda_deriver
    using (true)
  policy user_account_found for insert to ronda_deriver
    with check (NOT (EXISTS ( SELECT FROM ronda.user_account user_account_1)))
  policy user_account_insert for insert to ronda_app
    with check (((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = user_account.org_key AND (o.parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))) AND (EXISTS ( SELECT FROM ronda.principal named WHERE named.key = user_account.key AND named.kind = 'user'::text)))
  policy user_account_keep for select to ronda_keeper
    using (true)
  policy user_account_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy user_account_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy user_account_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy user_account_of_space restrictive for select to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0 OR (org_key = ANY ((( SELECT ronda.space_organisations() AS space_organisations))::integer[])))
  policy user_account_operate for insert to ronda_keeper
    with check (status = 'invited'::text)
  policy user_account_read for select to ronda_app
    using ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = user_account.org_key AND (o.parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))) OR status = 'active'::text AND (( SELECT ronda.reader_principals() AS reader_principals)) && ARRAY[2, 3] AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = user_account.org_key AND (o.kind = ANY (ARRAY['national-cert'::text, 'regional-body'::text])) AND o.standing = 'active'::text)))
  policy user_account_sequence for select to ronda_sequencer
    using (true)
  policy user_account_update for update to ronda_app
    using ((key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR ((org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (4 = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) OR (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = user_account.org_key AND (o.parent_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))))) AND NOT ronda.has_administrator(org_key))
  grant ronda_app: insert, select
  grant ronda_deriver: insert, select
  grant ronda_keeper: insert, select
  grant ronda_sequencer: select

table ronda.user_secret
  owner migrator
  user_key integer not null
  password_hash text
  totp_sealed bytea -- grant ronda_keeper: update
  totp_confirmed_at timestamp with time zone
  totp_last_step bigint
  constraint user_secret_pkey PRIMARY KEY (user_key)
  constraint user_secret_user_key_fkey FOREIGN KEY (user_key) REFERENCES ronda.user_account(key)
  row-level security forced
  policy user_secret_all for all to ronda_app
    using (user_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]))
  policy user_secret_derive for select to ronda_deriver
    using (true)
  policy user_secret_erase for delete to ronda_deriver
    using (true)
  policy user_secret_keep for select to ronda_keeper
    using (true)
  policy user_secret_live_delete restrictive for delete to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy user_secret_live_insert restrictive for insert to ronda_app
    with check ((( SELECT ronda.space() AS space)) = 0)
  policy user_secret_live_update restrictive for update to ronda_app
    using ((( SELECT ronda.space() AS space)) = 0)
  policy user_secret_reseal for update to ronda_keeper
    using (true)
  grant ronda_app: insert, select, update
  grant ronda_deriver: delete, select
  grant ronda_keeper: select

table ronda.veil
  owner migrator
  space integer not null
  org_key integer not null
  principal_key integer not null
  kind text not null default 'veil'::text
  record_id uuid not null
  holders integer[] not null
  constraint veil_pkey PRIMARY KEY (space, org_key, principal_key)
  constraint veil_principal_key_key UNIQUE (principal_key)
  constraint veil_org_key_fkey FOREIGN KEY (org_key) REFERENCES ronda.organisation(key)
  constraint veil_principal_key_kind_fkey FOREIGN KEY (principal_key, kind) REFERENCES ronda.principal(key, kind)
  constraint veil_holders_check CHECK ((cardinality(holders) > 0))
  constraint veil_kind_check CHECK ((kind = 'veil'::text))
  CREATE INDEX veil_record ON ronda.veil USING btree (space, org_key, record_id)
  CREATE TRIGGER veil_principals AFTER INSERT ON ronda.veil FOR EACH STATEMENT EXECUTE FUNCTION ronda.forget_principals()
  row-level security forced
  policy veil_derive for all to ronda_deriver
    using (true)
  policy veil_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND holders && (( SELECT ronda.reader_principals() AS reader_principals)) AND (EXISTS ( SELECT FROM ronda.organisation o WHERE o.key = veil.org_key)) AND NOT (EXISTS ( SELECT FROM unnest(veil.holders) h(key) WHERE h.key <> veil.org_key AND NOT (EXISTS ( SELECT FROM ronda.user_account u WHERE u.key = h.key AND u.org_key = veil.org_key)))))
  policy veil_keep for select to ronda_keeper
    using (true)
  policy veil_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (org_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (principal_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.webhook
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  owner_key integer not null
  id uuid not null
  url text not null -- grant ronda_app: update
  types text[] not null -- grant ronda_app: update
  subscription_id uuid -- grant ronda_app: update
  secret_sealed bytea -- grant ronda_app: update; ronda_keeper: update
  earlier_sealed bytea -- grant ronda_app: update; ronda_keeper: update
  earlier_until timestamp with time zone -- grant ronda_app: update
  created_at timestamp with time zone not null
  saved_by integer not null -- grant ronda_app: update
  saved_at timestamp with time zone not null -- grant ronda_app: update
  failing_since timestamp with time zone -- grant ronda_app: update
  disabled_at timestamp with time zone -- grant ronda_app: update
  disabled_because text -- grant ronda_app: update
  position bigint not null -- grant ronda_app: update
  constraint webhook_pkey PRIMARY KEY (key)
  constraint webhook_space_key_key UNIQUE (space, key)
  constraint webhook_space_owner_key_id_key UNIQUE (space, owner_key, id)
  constraint webhook_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint webhook_saved_by_fkey FOREIGN KEY (saved_by) REFERENCES ronda.user_account(key)
  constraint webhook_space_owner_key_subscription_id_fkey FOREIGN KEY (space, owner_key, subscription_id) REFERENCES ronda.subscription(space, owner_key, id)
  constraint webhook_check CHECK (((disabled_at IS NULL) = (disabled_because IS NULL)))
  constraint webhook_check1 CHECK (((earlier_sealed IS NULL) = (earlier_until IS NULL)))
  constraint webhook_disabled_because_check CHECK ((disabled_because = ANY (ARRAY['failing'::text, 'gone'::text, 'switched-off'::text])))
  CREATE TRIGGER check_webhook_address BEFORE INSERT OR UPDATE OF url ON ronda.webhook FOR EACH ROW WHEN (row_security_active('ronda.webhook'::text) AND new.space <> 0) EXECUTE FUNCTION ronda.check_webhook_address()
  CREATE TRIGGER tell_webhook AFTER UPDATE OF disabled_at ON ronda.webhook FOR EACH ROW WHEN (row_security_active('ronda.webhook'::text) AND old.disabled_at IS NULL AND (new.disabled_because = ANY (ARRAY['failing'::text, 'gone'::text]))) EXECUTE FUNCTION ronda.tell_webhook()
  row-level security forced
  policy webhook_delete for delete to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy webhook_derive for select to ronda_deriver
    using (true)
  policy webhook_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (saved_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy webhook_keep for select to ronda_keeper
    using (true)
  policy webhook_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy webhook_reseal for update to ronda_keeper
    using (true)
  policy webhook_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: delete, insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.webhook_delivery
  owner migrator
  key bigint not null generated always as identity
  space integer not null
  owner_key integer not null
  id uuid not null
  webhook_key bigint not null
  event_key bigint not null
  type text not null
  subscription_id uuid
  state text not null -- grant ronda_app: update
  attempts integer not null -- grant ronda_app: update
  planned_at timestamp with time zone not null
  next_attempt_at timestamp with time zone -- grant ronda_app: update
  leased_until timestamp with time zone -- grant ronda_app: update
  last_attempt_at timestamp with time zone -- grant ronda_app: update
  last_status integer -- grant ronda_app: update
  last_fault text -- grant ronda_app: update
  ended_at timestamp with time zone -- grant ronda_app: update
  constraint webhook_delivery_pkey PRIMARY KEY (key)
  constraint webhook_delivery_space_owner_key_id_key UNIQUE (space, owner_key, id)
  constraint webhook_delivery_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint webhook_delivery_space_event_key_fkey FOREIGN KEY (space, event_key) REFERENCES ronda.event(space, key) ON DELETE CASCADE
  constraint webhook_delivery_space_webhook_key_fkey FOREIGN KEY (space, webhook_key) REFERENCES ronda.webhook(space, key) ON DELETE CASCADE
  constraint webhook_delivery_check CHECK (((state = 'pending'::text) = (next_attempt_at IS NOT NULL)))
  constraint webhook_delivery_check1 CHECK (((state = 'pending'::text) = (ended_at IS NULL)))
  constraint webhook_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text, 'withdrawn'::text])))
  CREATE INDEX webhook_delivery_due ON ronda.webhook_delivery USING btree (space, webhook_key, next_attempt_at) WHERE (state = 'pending'::text)
  CREATE INDEX webhook_delivery_event ON ronda.webhook_delivery USING btree (space, event_key)
  CREATE INDEX webhook_delivery_list ON ronda.webhook_delivery USING btree (space, webhook_key, planned_at DESC, id DESC)
  row-level security forced
  policy webhook_delivery_derive for select to ronda_deriver
    using (true)
  policy webhook_delivery_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.webhook w WHERE w.space = webhook_delivery.space AND w.key = webhook_delivery.webhook_key)) AND (EXISTS ( SELECT FROM ronda.event e WHERE e.space = webhook_delivery.space AND e.key = webhook_delivery.event_key)))
  policy webhook_delivery_keep for select to ronda_keeper
    using (true)
  policy webhook_delivery_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  policy webhook_delivery_update for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

table ronda.wider_sharing_request
  owner migrator
  space integer not null
  id uuid not null
  owner_key integer not null
  incident_key bigint not null
  tlp text
  audience jsonb not null
  reason text not null -- grant ronda_deriver: update
  asked_by integer not null
  asked_at timestamp with time zone not null
  state text not null -- grant ronda_app: update
  decided_by integer -- grant ronda_app: update
  decided_at timestamp with time zone -- grant ronda_app: update
  constraint wider_sharing_request_pkey PRIMARY KEY (space, owner_key, id)
  constraint wider_sharing_request_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES ronda.user_account(key)
  constraint wider_sharing_request_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES ronda.user_account(key)
  constraint wider_sharing_request_owner_key_fkey FOREIGN KEY (owner_key) REFERENCES ronda.organisation(key)
  constraint wider_sharing_request_space_incident_key_fkey FOREIGN KEY (space, incident_key) REFERENCES ronda.incident(space, key)
  constraint wider_sharing_request_check CHECK (((tlp IS NOT NULL) OR (audience <> '[]'::jsonb)))
  constraint wider_sharing_request_check1 CHECK ((((state = 'open'::text) = (decided_at IS NULL)) AND ((decided_by IS NULL) OR (decided_at IS NOT NULL))))
  constraint wider_sharing_request_state_check CHECK ((state = ANY (ARRAY['open'::text, 'granted'::text, 'declined'::text])))
  constraint wider_sharing_request_tlp_check CHECK ((tlp = ANY (ARRAY['TLP:CLEAR'::text, 'TLP:GREEN'::text, 'TLP:AMBER'::text, 'TLP:AMBER+STRICT'::text, 'TLP:RED'::text])))
  CREATE INDEX wider_sharing_request_asked ON ronda.wider_sharing_request USING btree (space, asked_at DESC, id DESC)
  CREATE UNIQUE INDEX wider_sharing_request_open ON ronda.wider_sharing_request USING btree (space, owner_key, incident_key) WHERE (state = 'open'::text)
  CREATE INDEX wider_sharing_request_record ON ronda.wider_sharing_request USING btree (space, incident_key)
  row-level security forced
  policy wider_sharing_request_decide for update to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND state = 'open'::text AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = wider_sharing_request.space AND i.key = wider_sharing_request.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
    with check (space = (( SELECT ronda.space() AS space)) AND state <> 'open'::text AND decided_at = ronda.clock() AND CASE WHEN (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = wider_sharing_request.space AND i.key = wider_sharing_request.incident_key AND i.authorship = 'named'::text)) THEN decided_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[]) ELSE decided_by IS NULL END)
  policy wider_sharing_request_derive for all to ronda_deriver
    using (true)
  policy wider_sharing_request_insert for insert to ronda_app
    with check (space = (( SELECT ronda.space() AS space)) AND (owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (asked_by = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND asked_at = ronda.clock() AND state = 'open'::text AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = wider_sharing_request.space AND i.key = wider_sharing_request.incident_key AND i.audience && (( SELECT ronda.reader_principals() AS reader_principals)) AND NOT i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals)))))
  policy wider_sharing_request_keep for select to ronda_keeper
    using (true)
  policy wider_sharing_request_read for select to ronda_app
    using (space = (( SELECT ronda.space() AS space)) AND ((owner_key = ANY ((( SELECT ronda.reader_principals() AS reader_principals))::integer[])) AND (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = wider_sharing_request.space AND i.key = wider_sharing_request.incident_key AND true)) OR (EXISTS ( SELECT FROM ronda.incident i WHERE i.space = wider_sharing_request.space AND i.key = wider_sharing_request.incident_key AND i.owner_readers && (( SELECT ronda.reader_principals() AS reader_principals))))))
  grant ronda_app: insert, select
  grant ronda_deriver: select
  grant ronda_keeper: select

function ronda.account_for_sign_in(text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.account_for_sign_in(address text)
   RETURNS TABLE(user_key integer, org_key integer, status text, standing text, password_hash text, totp_sealed bytea, totp_confirmed_at timestamp with time zone, totp_last_step bigint, totp_required boolean)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select u.key, o.key, u.status, o.standing, s.password_hash, s.totp_sealed, s.totp_confirmed_at, s.totp_last_step, o.totp_required
            from user_account u join organisation o on o.key = u.org_key left join user_secret s on s.user_key = u.key
           where u.email = address order by u.created_at, u.key
        $function$

function ronda.advisories_saying(tsquery,integer)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.advisories_saying(q tsquery, few integer)
   RETURNS bigint[]
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
   SET plan_cache_mode TO 'force_generic_plan'
  AS $function$
        declare
          here constant int := space();
          held constant int[] := reader_principals();
          hits bigint[];
        begin
          select array_agg(h.advisory_key) into hits from (
            select d.advisory_key from advisory_document d where d.words @@ q and d.space = here limit few + 1) h;
          if cardinality(hits) > few then return null; end if;
          return array(select a.key from (select distinct unnest(hits) as key) h
            join advisory a on a.space = here and a.key = h.key
           where exists (select from advisory_document d join advisory_revision r on r.space = here and r.advisory_key = a.key and r.number = d.number
             where d.space = here and d.advisory_key = a.key and d.words @@ q and (r.audience && held or a.reviewers && held and r.number >= a.opened_from)));
        end $function$

function ronda.advisory_approved(integer,bigint,integer,boolean)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.advisory_approved(of_space integer, record bigint, revision integer, is_first_enough boolean)
   RETURNS boolean
   LANGUAGE sql
   STABLE
  AS $function$
      select exists (select from ronda.advisory_approval v where v.space = of_space and v.advisory_key = record and v.number = revision
          and v.org_key = a.owner_key)
        and (is_first_enough or not exists (select from unnest(r.joint) named where not exists (select from ronda.advisory_approval v
          where v.space = of_space and v.advisory_key = record and v.number = revision and v.org_key = named)))
        from ronda.advisory a join ronda.advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = revision
       where a.space = of_space and a.key = record
    $function$

function ronda.advisory_is_public(bigint,integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.advisory_is_public(record bigint, revision integer)
   RETURNS boolean
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select exists (select from advisory a join advisory_revision r
              on r.space = a.space and r.advisory_key = a.key and r.number = a.published
            where a.space = 0 and a.key = record and a.published = revision and a.status <> 'withdrawn'
              and r.tlp = 'TLP:CLEAR' and r.audience && array[1])
        $function$

function ronda.advisory_released(integer,bigint,integer)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.advisory_released(of_space integer, record bigint, revision integer)
   RETURNS integer[]
   LANGUAGE sql
   STABLE
  AS $function$
      select coalesce((select l.principals from ronda.release l where l.space = of_space and l.record_kind = 'advisory'
        and l.record_key = record and l.revision = advisory_released.revision and l.status = 'released'), '{}')
    $function$

function ronda.advisory_says(bigint,integer,tsquery)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.advisory_says(record bigint, revision integer, q tsquery)
   RETURNS boolean
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
   SET plan_cache_mode TO 'force_generic_plan'
  AS $function$
        declare
          here constant int := space();
          held constant int[] := reader_principals();
        begin
          return exists (select from advisory_document d
              join advisory a on a.space = here and a.key = record
              join advisory_revision r on r.space = here and r.advisory_key = record and r.number = revision
            where d.space = here and d.advisory_key = record and d.number = revision and d.words @@ q and (r.audience && held or a.reviewers && held and r.number >= a.opened_from));
        end $function$

function ronda.advisory_words_due(text,integer)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.advisory_words_due(current_segmenter text, at_most integer)
   RETURNS TABLE(space integer, advisory_key bigint, number integer, title text, summary text, body text)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone indexes anew' using errcode = 'insufficient_privilege';
          end if;
          return query
            with due as (
              select d.space, d.advisory_key, d.number from advisory_document d
               where d.segmenter < current_segmenter or d.segmenter > current_segmenter limit at_most for update skip locked)
            select r.space, r.advisory_key, r.number, r.content ->> 'title', r.content ->> 'summary', r.content ->> 'body'
              from due d join advisory_revision r on r.space = d.space and r.advisory_key = d.advisory_key and r.number = d.number;
        end $function$

function ronda.advisory_words_reindex(text,jsonb)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.advisory_words_reindex(current_segmenter text, documents jsonb)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone indexes anew' using errcode = 'insufficient_privilege';
          end if;
          update advisory_document d set segmenter = current_segmenter, words = n.words::tsvector
            from jsonb_to_recordset(documents) as n (space int, advisory_key bigint, number int, words text)
           where d.space = n.space and d.advisory_key = n.advisory_key and d.number = n.number;
        end $function$

function ronda.answer_comms_check(bytea,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.answer_comms_check(code bytea, at timestamp with time zone)
   RETURNS TABLE(answered_at timestamp with time zone, check_id uuid, org_id uuid)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    #variable_conflict use_column
    declare reached int; asked uuid;
    begin
      update comms_check_target t set answered_at = at, via = 'code' from comms_check c
       where c.space = space() and t.space = c.space and t.check_key = c.key and t.code_hash = code and t.answered_at is null
         and c.opened_at is not null and c.closed_at is null and c.closes_at > at
      returning t.org_key, c.id into reached, asked;
      if reached is null then return; end if;
      update contact set last_verified_at = at, version = version + 1
       where org_key = reached and kind = 'point-of-contact' and is_24x7;
      return query select at, asked, o.id from organisation o where o.key = reached;
    end $function$

function ronda.ask_quarantine(bigint,text,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.ask_quarantine(record bigint, why text, at timestamp with time zone)
   RETURNS integer
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          me record;
          held constant int[] := reader_principals();
          target record;
        begin
          me := reader_account();
          select i.id, i.audience, i.head into target from incident i where i.space = space() and i.key = record
            and i.authorship = 'anonymous' and i.audience && held and not i.owner_readers && held;
          if not found or me.kind not in ('national-cert', 'regional-body') or me.standing is distinct from 'active' or me.credential_kind = 'link'
              or not exists (select from user_account u where u.key = me.user_key and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator of a member that reads it asks for the quarantine of an anonymous record' using errcode = 'insufficient_privilege';
          end if;
          insert into quarantine_ask as a (space, org_key, record_id, incident_key, reader_key, reason, asked_at)
            values (space(), me.org_key, target.id, record,
              case when target.audience && array_remove(held, me.user_key) then me.org_key else me.user_key end, why, at)
            on conflict (space, org_key, record_id) do update set reader_key = excluded.reader_key, reason = excluded.reason,
              asked_at = excluded.asked_at, withdrawn_at = null where a.withdrawn_at is not null;
          return case when settle_quarantine(record, at) then target.head end;
        end $function$

function ronda.authenticate(bytea,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.authenticate(shown bytea, at timestamp with time zone)
   RETURNS TABLE(credential_key integer, credential_id uuid, credential_kind text, purpose text, scopes text[], is_limited boolean, last_used_at timestamp with time zone, user_key integer, user_id uuid, display_name text, roles text[], org_key integer, org_id uuid, org_name text, org_country text, org_kind text, affiliation text, standing text, is_secretariat boolean, versions text)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare requires_second_factor boolean;
        begin
          select c.key, c.id, c.kind, c.purpose, c.scopes, c.is_limited, c.last_used_at, u.key, u.id, u.display_name, u.roles,
                 o.key, o.id, o.name, o.country, o.kind, o.affiliation, o.standing, o.is_secretariat, o.totp_required,
                 row_versions(c.xmin, u.xmin, o.xmin)
            into credential_key, credential_id, credential_kind, purpose, scopes, is_limited, last_used_at,
                 user_key, user_id, display_name, roles,
                 org_key, org_id, org_name, org_country, org_kind, affiliation, standing, is_secretariat, requires_second_factor, versions
            from credential c join user_account u on u.key = c.user_key join organisation o on o.key = u.org_key
           where c.token_hash = shown and c.revoked_at is null and c.expires_at > at
             and o.standing <> 'retired' and (u.status = 'active' or c.kind = 'link' and u.status = 'invited');
          if not found then return; end if;
          if credential_kind = 'session' and requires_second_factor then
            -- Whether there is one is said by a row that the versions do not name.
            versions := null;
            -- An organisation that begins to require it limits the sessions it finds at once.
            is_limited := is_limited or not exists (
              select from user_secret s where s.user_key = authenticate.user_key and s.totp_confirmed_at is not null);
          end if;
          return next;
        end $function$

function ronda.authenticate_anew(bytea[],text[],timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.authenticate_anew(shown bytea[], stamps text[], at timestamp with time zone)
   RETURNS TABLE(place integer, stamp text, credential_key integer, credential_id uuid, credential_kind text, scopes text[], is_limited boolean, last_used_at timestamp with time zone, user_key integer, user_id uuid, display_name text, roles text[], org_key integer, org_id uuid, org_name text, org_country text, org_kind text, affiliation text, standing text, is_secretariat boolean, versions text)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          begin
            return query
              select t.nth::int, k.stamp, k.key, k.id, k.kind, k.scopes, k.is_limited, k.last_used_at, k.user_key, k.user_id, k.display_name,
                     k.roles, k.org_key, k.org_id, k.name, k.country, k.org_kind, k.affiliation, k.standing, k.is_secretariat,
                     -- Whether there is a second factor is said by a row that the versions do not name.
                     case when not k.is_asked then k.versions end
                from unnest(shown, stamps) with ordinality as t (hash, known, nth)
                left join lateral (
                  select c.key, c.id, c.kind, c.scopes, l.is_limited, c.last_used_at, u.key as user_key, u.id as user_id, u.display_name, u.roles,
                         o.key as org_key, o.id as org_id, o.name, o.country, o.kind as org_kind, o.affiliation, o.standing, o.is_secretariat,
                         f.is_asked, v.versions, v.versions || ' ' || l.is_limited as stamp
                    from credential c
                    join user_account u on u.key = c.user_key
                    join organisation o on o.key = u.org_key
                    cross join lateral (select c.kind = 'session' and o.totp_required) as f (is_asked)
                    cross join lateral (select c.is_limited or f.is_asked and not exists (
                      select from user_secret s where s.user_key = u.key and s.totp_confirmed_at is not null)) as l (is_limited)
                    cross join lateral (select row_versions(c.xmin, u.xmin, o.xmin)) as v (versions)
                   where c.token_hash = t.hash and c.revoked_at is null and c.expires_at > at
                     and o.standing <> 'retired' and (u.status = 'active' or c.kind = 'link' and u.status = 'invited')) k on true
               where k.stamp is null or k.stamp is distinct from t.known;
          end $function$

function ronda.bury(bigint,text,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.bury(record bigint, why text, at timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare
      here constant int := space();
      target record;
    begin
      perform pg_advisory_xact_lock(x'52637074'::int, (record % 64)::int);
      select n.id, (n.audience || case when n.quarantined_at is null then '{}' else released_to(n.key) end) as audience, case n.authorship when 'named' then n.head end as revision into target from incident n
        where n.space = here and n.key = record and n.owner_readers && reader_principals();
      if not found then
        raise exception 'only the owner recalls a record' using errcode = 'insufficient_privilege';
      end if;
      update pass_on p set ended_at = bury.at where p.space = here and p.incident_key = record and p.ended_at is null
        and not still_reads(p.owner_key, target.audience);
      insert into asked_back as b (space, record_kind, record_key, reason, at) values (here, 'incident', record, why, bury.at)
        on conflict (space, record_kind, record_key) do update set reason = excluded.reason, at = excluded.at;
      update tombstone t set lifted_at = bury.at
        where t.space = here and t.record_kind = 'incident' and t.record_key = record and t.lifted_at is null
          and (still_reads(t.reader_key, target.audience) or t.reader_key = t.org_key and exists (select from pass_on p
          where p.space = space() and p.incident_key = record and p.org_key = t.org_key and p.ended_at is null
            and (exists (select from standing_pass_ons(p.owner_key) s where s.record = p.incident_key and s.recipient = p.org_key)
              or exists (select from incident q where q.space = p.space and q.key = p.incident_key and q.quarantined_at is not null))));
      insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, revision, org_key, reason, at)
        select distinct here, r.reader_key, 'incident', record, target.id, target.revision, r.org_key, why, bury.at from receipt r
         where r.space = here and r.record_kind = 'incident' and r.record_key = record
           and not (still_reads(r.reader_key, target.audience) or r.reader_key = r.org_key and exists (select from pass_on p
          where p.space = space() and p.incident_key = record and p.org_key = r.org_key and p.ended_at is null
            and (exists (select from standing_pass_ons(p.owner_key) s where s.record = p.incident_key and s.recipient = p.org_key)
              or exists (select from incident q where q.space = p.space and q.key = p.incident_key and q.quarantined_at is not null))))
        on conflict (space, reader_key, record_kind, record_key) do update
          set reason = excluded.reason, at = excluded.at, revision = excluded.revision, lifted_at = null,
            answer = null, kept_because = null, answered_at = null
          where t.lifted_at is not null;
    end $function$

function ronda.bury_advisory(bigint,text,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.bury_advisory(record bigint, why text, at timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare target advisory;
        begin
          select * into target from advisory a where a.space = space() and a.key = record and a.owner_readers && reader_principals();
          if not found then
            raise exception 'only the owner recalls a record' using errcode = 'insufficient_privilege';
          end if;
          update tombstone t set lifted_at = bury_advisory.at
            where t.space = target.space and t.record_kind = 'advisory' and t.record_key = record and t.lifted_at is null
              and still_reads(t.reader_key, target.audience);
          insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, revision, org_key, reason, at)
            select distinct r.space, r.reader_key, 'advisory', record, target.id, target.head, r.org_key, why, bury_advisory.at
              from advisory_receipt r where r.space = target.space and r.advisory_key = record
               and not still_reads(r.reader_key, target.audience)
            on conflict (space, reader_key, record_kind, record_key) do update
              set reason = excluded.reason, at = excluded.at, revision = excluded.revision, lifted_at = null,
                answer = null, kept_because = null, answered_at = null
              where t.lifted_at is not null;
        end $function$

function ronda.cert_principals(integer)
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.cert_principals(cert integer)
   RETURNS integer[]
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select array[o.key] || held_besides(o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat)
              || veils_of(o.key, o.key) from organisation o where o.key = cert and o.kind = 'national-cert' and o.standing = 'active'
        $function$

function ronda.check_webhook_address()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.check_webhook_address()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if not exists (select from exercise e where e.space = new.space and new.url = any (e.addresses)) then
            raise exception 'the exercise does not list this address' using errcode = 'insufficient_privilege';
          end if;
          return new;
        end $function$

function ronda.clock()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.clock()
   RETURNS timestamp with time zone
   LANGUAGE sql
   STABLE PARALLEL SAFE
  AS $function$ select nullif(current_setting('app.now', true), '')::timestamptz $function$

function ronda.collected_objects(integer[],text[],text[],text[],timestamp with time zone[],timestamp with time zone,text,integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.collected_objects(of_principals integer[], ids text[], types text[], versions text[], times timestamp with time zone[], after timestamp with time zone, after_id text, most integer)
   RETURNS TABLE(stix_id text, version timestamp with time zone, added_at timestamp with time zone, incident_key bigint, revision integer, object text)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER ROWS 100
   SET search_path TO 'ronda', 'pg_temp'
   SET plan_cache_mode TO 'force_generic_plan'
  AS $function$
        #variable_conflict use_column
        declare
          here constant int := space();
          readers constant int[] := reader_principals();
          held constant int[] := array(select unnest(of_principals) intersect select unnest(readers));
          mine constant int := held[1];
          is_last constant boolean := coalesce('last' = any (versions), false);
          is_first constant boolean := coalesce('first' = any (versions), false);
          unbounded constant int := null;
        begin
          if cardinality(held) = 0 then return; end if;
          if cardinality(held) = 1 and ids is null then return query select x.stix_id, x.version, x.added_at, x.incident_key, x.revision, x.object
      from (
      select * from (
          select * from shared_object x
           where x.space = here and x.principal_key = mine and x.added_at >= after and (x.added_at, x.stix_id) > (after, after_id)
             and not x.is_resting and (x.only_for is null or x.only_for && readers)
           order by x.added_at, x.stix_id limit unbounded) x
       where (types is null or x.type = any (types))
         and ((is_last or is_first) and not exists (select from shared_object o where o.space = here and o.principal_key = mine
         and not o.is_resting and (o.only_for is null or o.only_for && readers) and o.stix_id = x.stix_id and (o.incident_key, o.version) <> (x.incident_key, x.version) offset 0)
           or (versions is null
             or is_last and not exists (select from shared_object v where v.space = here and v.principal_key = mine
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version > x.version offset 0) or is_first and not exists (select from shared_object v where v.space = here and v.principal_key = mine
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version < x.version offset 0)
             or x.version = any (times))
           and not exists (select from shared_object e where e.space = here and e.principal_key = mine
         and not e.is_resting and (e.only_for is null or e.only_for && readers) and e.stix_id = x.stix_id and e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key) offset 0))
       order by x.added_at, x.stix_id limit most) x
      order by x.added_at, x.stix_id limit most;
          elsif cardinality(held) = 1 then return query select x.stix_id, x.version, x.added_at, x.incident_key, x.revision, x.object
      from (
      select * from (
          select * from shared_object x
           where x.space = here and x.principal_key = mine and x.added_at >= after and (x.added_at, x.stix_id) > (after, after_id)
             and not x.is_resting and (x.only_for is null or x.only_for && readers)
           and x.stix_id = any (ids) offset 0) x
       where (types is null or x.type = any (types))
         and ((is_last or is_first) and not exists (select from shared_object o where o.space = here and o.principal_key = mine
         and not o.is_resting and (o.only_for is null or o.only_for && readers) and o.stix_id = x.stix_id and (o.incident_key, o.version) <> (x.incident_key, x.version) offset 0)
           or (versions is null
             or is_last and not exists (select from shared_object v where v.space = here and v.principal_key = mine
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version > x.version offset 0) or is_first and not exists (select from shared_object v where v.space = here and v.principal_key = mine
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version < x.version offset 0)
             or x.version = any (times))
           and not exists (select from shared_object e where e.space = here and e.principal_key = mine
         and not e.is_resting and (e.only_for is null or e.only_for && readers) and e.stix_id = x.stix_id and e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key) offset 0))
       order by x.added_at, x.stix_id limit most) x
      order by x.added_at, x.stix_id limit most;
          elsif ids is null then return query select x.stix_id, x.version, x.added_at, x.incident_key, x.revision, x.object
      from unnest(held) c (principal_key) cross join lateral (
      select * from (
          select * from shared_object x
           where x.space = here and x.principal_key = c.principal_key and x.added_at >= after and (x.added_at, x.stix_id) > (after, after_id)
             and not x.is_resting and (x.only_for is null or x.only_for && readers)
           order by x.added_at, x.stix_id limit unbounded) x
       where (types is null or x.type = any (types))
         and ((is_last or is_first) and not exists (select from shared_object o where o.space = here and o.principal_key = any (held)
         and not o.is_resting and (o.only_for is null or o.only_for && readers) and o.stix_id = x.stix_id and (o.principal_key, o.incident_key, o.version) <> (x.principal_key, x.incident_key, x.version) offset 0)
           or (versions is null
             or is_last and not exists (select from shared_object v where v.space = here and v.principal_key = any (held)
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version > x.version offset 0) or is_first and not exists (select from shared_object v where v.space = here and v.principal_key = any (held)
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version < x.version offset 0)
             or x.version = any (times))
           and not exists (select from shared_object e where e.space = here and e.principal_key = any (held)
         and not e.is_resting and (e.only_for is null or e.only_for && readers) and e.stix_id = x.stix_id and e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key) offset 0))
       order by x.added_at, x.stix_id limit most) x
      order by x.added_at, x.stix_id limit most;
          else return query select x.stix_id, x.version, x.added_at, x.incident_key, x.revision, x.object
      from unnest(held) c (principal_key) cross join lateral (
      select * from (
          select * from shared_object x
           where x.space = here and x.principal_key = c.principal_key and x.added_at >= after and (x.added_at, x.stix_id) > (after, after_id)
             and not x.is_resting and (x.only_for is null or x.only_for && readers)
           and x.stix_id = any (ids) offset 0) x
       where (types is null or x.type = any (types))
         and ((is_last or is_first) and not exists (select from shared_object o where o.space = here and o.principal_key = any (held)
         and not o.is_resting and (o.only_for is null or o.only_for && readers) and o.stix_id = x.stix_id and (o.principal_key, o.incident_key, o.version) <> (x.principal_key, x.incident_key, x.version) offset 0)
           or (versions is null
             or is_last and not exists (select from shared_object v where v.space = here and v.principal_key = any (held)
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version > x.version offset 0) or is_first and not exists (select from shared_object v where v.space = here and v.principal_key = any (held)
         and not v.is_resting and (v.only_for is null or v.only_for && readers) and v.stix_id = x.stix_id and v.version < x.version offset 0)
             or x.version = any (times))
           and not exists (select from shared_object e where e.space = here and e.principal_key = any (held)
         and not e.is_resting and (e.only_for is null or e.only_for && readers) and e.stix_id = x.stix_id and e.version = x.version and (e.added_at, e.incident_key) < (x.added_at, x.incident_key) offset 0))
       order by x.added_at, x.stix_id limit most) x
      order by x.added_at, x.stix_id limit most;
          end if;
        end $function$

function ronda.comms_clerk()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.comms_clerk()
   RETURNS integer
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select u.key from user_account u join organisation o on o.key = u.org_key
           where o.is_secretariat and o.standing = 'active' and u.status = 'active' and 'admin' = any (u.roles) order by u.key limit 1
        $function$

function ronda.count_sources(bigint)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.count_sources(record bigint)
   RETURNS integer
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select count(*)::int from incident_link l join incident i on i.space = l.space and i.key = l.from_key
           where l.space = space() and l.from_key = record and l.kind = 'derived-from' and i.owner_readers && reader_principals()
        $function$

function ronda.derive_passed_on()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  grant ronda_searcher: execute
  CREATE OR REPLACE FUNCTION ronda.derive_passed_on(OUT records bigint[], OUT revisions integer[])
   RETURNS record
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare me record;
    begin
      me := reader_account();
      records := '{}';
      revisions := '{}';
      if me.parent_key is null or me.credential_kind = 'link' or reader_principals() = '{}' then return; end if;
      select coalesce(array_agg(s.record), '{}'), coalesce(array_agg(s.revision), '{}') into records, revisions
        from standing_pass_ons(me.parent_key) s where s.recipient = me.org_key;
    end $function$

function ronda.derive_principals()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  grant ronda_keeper: execute
  grant ronda_searcher: execute
  grant ronda_sequencer: execute
  CREATE OR REPLACE FUNCTION ronda.derive_principals()
   RETURNS integer[]
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare
      me record;
    begin
      me := reader_account();
      if me.user_key is null then return '{}'; end if;
      -- In an exercise nobody holds anything but who is in it.
      if space() <> 0 and not coalesce(space() = any (reader_exercises()), false) then return '{}'; end if;
      -- What the organisation holds without any of its people. Its teams are in an exercise, and not whom it lends as staff.
      if current_setting('app.eyes', true) = 'organisation' then
        if space() <> 0 and not exists (select from exercise_team t where t.space = space() and t.org_key = me.org_key) then
          return '{}';
        end if;
        return array[me.org_key]
          || held_besides(me.org_key, me.kind, me.affiliation, me.parent_key, me.standing, me.is_secretariat) || veils_of(me.org_key, me.org_key);
      end if;
      -- A one-time link opens the account it was made for and nothing of its organisation.
      if me.credential_kind = 'link' then return array[me.user_key]; end if;
      return array[me.org_key, me.user_key]
        || held_besides(me.org_key, me.kind, me.affiliation, me.parent_key, me.standing, me.is_secretariat) || veils_of(me.org_key, me.user_key);
    end $function$

function ronda.due_admissions(timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.due_admissions(at timestamp with time zone)
   RETURNS TABLE(membership_id uuid, user_key integer)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select m.id, acting.key from group_membership m
            join sharing_group g on g.key = m.group_key and g.dissolved_at is null
            join organisation newcomer on newcomer.key = m.org_key and newcomer.standing = 'active'
            cross join lateral (
              select u.key from group_membership own
                join organisation o on o.key = own.org_key and o.standing = 'active'
                join user_account u on u.org_key = o.key and u.status = 'active'
               where own.group_key = m.group_key and own.state = 'member'
               order by (u.key = m.proposed_by) desc, u.key limit 1) acting
           where m.state = 'proposed' and m.accepted_at is not null and m.admit_after <= at order by m.admit_after limit 100
        $function$

function ronda.due_advisories(timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.due_advisories(at timestamp with time zone)
   RETURNS TABLE(space integer, advisory_id uuid, user_key integer, what text)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
      select d.space, d.id, acting.key, d.what from (
        select a.space, a.id, r.published_by, case when a.interim_until <= at then 'lapse' else 'interim' end as what, a.interim_until as due, a.owner_key, a.owner_readers from advisory a
          join advisory_revision r on r.space = a.space and r.advisory_key = a.key and r.number = a.published
         where a.interim_until is not null
        union all
        select a.space, a.id, r.published_by, 'reminder', r.acknowledge_by, a.owner_key, a.owner_readers from advisory_revision r
          join advisory a on a.space = r.space and a.key = r.advisory_key and a.published = r.number
         where r.reminded_at is null and r.acknowledge_by <= at and a.status <> 'withdrawn') d
        cross join lateral (
          select u.key from user_account u join organisation o on o.key = u.org_key
           where u.org_key = d.owner_key and (d.owner_readers && array[u.key, u.org_key]) and (u.status = 'active' and o.standing <> 'retired' or d.what = 'lapse')
           order by (u.status = 'active') desc, (u.key = d.published_by) desc, u.key limit 1) acting
       order by d.due, d.id limit 100
    $function$

function ronda.due_releases(timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.due_releases(at timestamp with time zone)
   RETURNS TABLE(space integer, release_id uuid, user_key integer)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
      select r.space, r.id, r.requested_by from release r where ((r.status = 'held' and r.hold_until <= at) or (r.status = 'scheduled' and r.not_before <= at)) and exists (select from user_account u join organisation o on o.key = u.org_key
          where u.key = r.requested_by and u.status = 'active' and o.standing = 'active') order by coalesce(r.not_before, r.hold_until) limit 100
    $function$

function ronda.emptied(jsonb)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.emptied(facts jsonb)
   RETURNS jsonb
   LANGUAGE sql
   IMMUTABLE
  AS $function$
          select coalesce(jsonb_object_agg(k, case when k = 'title' then '"[erased]"' when k = 'severity' then '{"own": null, "shared": null, "given": null}'
            when jsonb_typeof(v) = 'array' then '[]' else 'null' end::jsonb), '{}') from jsonb_each(facts) each (k, v)
        $function$

function ronda.enter(text,text,integer,timestamp with time zone,boolean,text)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.enter(shown text, acting text, entered_space integer, at timestamp with time zone, is_reading boolean DEFAULT false, expected_versions text DEFAULT ''::text)
   RETURNS void
   LANGUAGE plpgsql
  AS $function$
    declare said text;
    begin
      if is_reading then said := set_config('transaction_read_only', 'on', true); end if;
      said := set_config('app.session', shown, true); said := set_config('app.acting_user', acting, true); said := set_config('app.space', entered_space::text, true); said := set_config('app.now', at::text, true);
      said := set_config('app.principals', ronda.derive_principals()::text, true);
      if expected_versions <> '' and current_setting('app.reader_versions') <> expected_versions then
        raise exception 'the account is not what it was' using errcode = 'RD001';
      end if;
    end $function$

function ronda.enter_for_organisation(text,integer,timestamp with time zone,boolean)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.enter_for_organisation(acting text, entered_space integer, at timestamp with time zone, is_reading boolean)
   RETURNS void
   LANGUAGE plpgsql
  AS $function$
        declare said text;
        begin
          said := set_config('app.eyes', 'organisation', true);
          perform ronda.enter('', acting, entered_space, at, is_reading);
        end $function$

function ronda.enter_to_end_interim(text,integer,timestamp with time zone)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.enter_to_end_interim(acting text, entered_space integer, at timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
  AS $function$
        declare said text;
        begin
          said := set_config('app.ends', 'interim', true);
          perform ronda.enter('', acting, entered_space, at);
        end $function$

function ronda.erase_account(integer,uuid,text,text,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.erase_account(account integer, erasure_id uuid, why text, reason text, at timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          me record;
          gone user_account;
        begin
          me := reader_account();
          perform from user_account u where u.key = account for update;
          select * into gone from user_account u where u.key = account;
          if gone.key is null or gone.key = me.user_key or gone.erased_at is not null or me.credential_kind = 'link'
              or me.standing is distinct from 'active' or me.org_key is distinct from gone.org_key
              or not exists (select from user_account u where u.key = me.user_key and 'admin' = any (u.roles)) then
            raise exception 'another administrator of its organisation erases an account' using errcode = 'insufficient_privilege';
          end if;
          delete from spent_refresh_token t using credential c where c.key = t.credential_key and c.user_key = account;
          delete from credential c where c.user_key = account;
          delete from recovery_code r where r.user_key = account;
          delete from user_secret s where s.user_key = account;
          update contact c set name = 'A former member of staff', version = c.version + 1
            where c.org_key = gone.org_key and lower(c.name) = lower(gone.display_name);
          update contact c set email = null, version = c.version + 1
            where c.org_key = gone.org_key and lower(c.email) = gone.email;
          update user_account u set display_name = 'A former member of staff', email = u.id || '@erased.invalid', status = 'disabled',
              erased_at = at, version = u.version + 1
            where u.key = account;
          insert into erasure (space, id, record_kind, record_key, owner_readers, basis, reason, erased_by, erased_at)
            values (space(), erasure_id, 'account', account, array[gone.org_key], why, erase_account.reason, me.user_key, at);
        end $function$

function ronda.erase_from_attachments(bigint,text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.erase_from_attachments(record bigint, value text)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\1', 'g');
        begin
          if length(value) < 2
              or not exists (select from incident i
                where i.space = space() and i.key = record and i.owner_readers && reader_principals())
              or not exists (select from reader_account() me join user_account u on u.key = me.user_key
                where me.standing = 'active' and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
          end if;
          update attachment a set name = regexp_replace(a.name, pattern, '[erased]', 'gi')
            where a.space = space() and a.incident_key = record and a.name ~* pattern;
        end $function$

function ronda.erase_from_exchange(bigint,text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.erase_from_exchange(record bigint, value text)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\1', 'g');
        begin
          if length(value) < 2
              or not exists (select from incident i
                where i.space = space() and i.key = record and i.owner_readers && reader_principals())
              or not exists (select from reader_account() me join user_account u on u.key = me.user_key
                where me.standing = 'active' and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
          end if;
          delete from shared_object s where s.space = space() and s.incident_key = record;
          delete from exchange_object x using incident i
            where i.space = space() and i.key = record and x.space = i.space and x.incident_id = i.id
              and (x.object ~* pattern or x.object ~* regexp_replace(replace(to_json(value)::text, '"', ''), '([^[:alnum:][:space:]])', '\\\1', 'g'));
        end $function$

function ronda.erase_from_notes(bigint,text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.erase_from_notes(record bigint, value text)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\1', 'g');
        begin
          if length(value) < 2 or not exists (select from incident i
                where i.space = space() and i.key = record and i.owner_readers && reader_principals())
              or not exists (select from reader_account() me join user_account u on u.key = me.user_key
                where me.standing = 'active' and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
          end if;
          update pass_on n set note = regexp_replace(n.note, pattern, '[erased]', 'gi')
            where n.space = space() and n.incident_key = record and n.note ~* pattern;
          update feedback n set note = regexp_replace(n.note, pattern, '[erased]', 'gi')
            where n.space = space() and n.incident_key = record and n.note ~* pattern;
          update wider_sharing_request n set reason = regexp_replace(n.reason, pattern, '[erased]', 'gi')
            where n.space = space() and n.incident_key = record and n.reason ~* pattern;
        end $function$

function ronda.erase_from_observables(bigint,text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.erase_from_observables(record bigint, value text)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\1', 'g');
        begin
          if length(value) < 2
              or not exists (select from incident i
                where i.space = space() and i.key = record and i.owner_readers && reader_principals())
              or not exists (select from reader_account() me join user_account u on u.key = me.user_key
                where me.standing = 'active' and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
          end if;
          delete from sighting s using observable_appearance a
            where a.space = space() and a.incident_key = record and a.value ~* pattern
              and s.space = a.space and s.incident_key = a.incident_key and s.observable_id = a.observable_id;
          update observable_appearance a set value = regexp_replace(a.value, pattern, '[erased]', 'gi'),
              observable_id = null, name_path = null, address = null
            where a.space = space() and a.incident_key = record and a.value ~* pattern;
          update observable_appearance a set facts = redact(a.facts, pattern)
            where a.space = space() and a.incident_key = record and redact(a.facts, pattern) <> a.facts;
          update sighting s set detector = regexp_replace(s.detector, pattern, '[erased]', 'gi'), note = regexp_replace(s.note, pattern, '[erased]', 'gi')
            where s.space = space() and s.incident_key = record and (s.detector ~* pattern or s.note ~* pattern);
        end $function$

function ronda.erase_from_record(text,bigint,text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.erase_from_record(kind text, record bigint, value text)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          -- Each character stands for itself.
          pattern text := regexp_replace(value, '([^[:alnum:][:space:]])', '\\\1', 'g');
        begin
          if kind <> 'incident' or length(value) < 2
              or not exists (select from incident i
                where i.space = space() and i.key = record and i.owner_readers && reader_principals())
              or not exists (select from reader_account() me join user_account u on u.key = me.user_key
                where me.standing = 'active' and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator of the owner erases from a record' using errcode = 'insufficient_privilege';
          end if;
          update incident_revision r set facts = redact(r.facts, pattern), note = regexp_replace(r.note, pattern, '[erased]', 'gi')
            where r.space = space() and r.incident_key = record and (redact(r.facts, pattern) <> r.facts or r.note ~* pattern);
          update incident_comment c set body = regexp_replace(c.body, pattern, '[erased]', 'gi')
            where c.space = space() and c.incident_key = record and c.body ~* pattern;
          update authorship_drawer d set external_references = redact(d.external_references, pattern),
              note = regexp_replace(d.note, pattern, '[erased]', 'gi')
            where d.space = space() and d.incident_key = record;
          update incident_link l set note = regexp_replace(l.note, pattern, '[erased]', 'gi')
            where l.space = space() and (l.from_key = record or l.to_key = record) and l.note ~* pattern;
        end $function$

function ronda.event_position(uuid,text,timestamp with time zone)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.event_position(record uuid, of_type text, at timestamp with time zone)
   RETURNS bigint
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select coalesce(min(e.position) filter (where e.readers && reader_principals() and not e.already && reader_principals()), min(e.position))
            from event e where e.space = space() and e.record_id = record and e.type = of_type and e.occurred_at = at
        $function$

function ronda.event_position_at(timestamp with time zone)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.event_position_at(at timestamp with time zone)
   RETURNS bigint
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select coalesce((select max(e.position) from event e where e.space = space() and e.relayed_at <= at), 0)
        $function$

function ronda.event_tip()
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.event_tip()
   RETURNS bigint
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select coalesce(max(e.position), 0) from event e where e.space = space()
        $function$

function ronda.exercise_addresses()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_addresses()
   RETURNS text[]
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select e.addresses from exercise e where e.space = space()
        $function$

function ronda.exercise_append(integer,jsonb,text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_append(within integer, entries jsonb, becomes text)
   RETURNS integer
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare
      held int[] := reader_principals();
      part text := reader_part();
      before int;
      now_here timestamptz;
      said text[] := array(select e ->> 'kind' from jsonb_array_elements(entries) e);
      me record := reader_account();
      is_worker constant boolean := (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '');
    begin
      if not coalesce(case
          when is_worker then within = space()
          when within = space() and becomes is null and said <@ array['inject-seen', 'no-duff', 'naming'] and part is not null
            and exists (select from exercise_team t where t.space = within and t.org_key = me.org_key) then true
          when within = space() and part = 'controller' then not said && array['act', 'inject-delivered', 'inject-seen', 'joined']
          when within = space() and part = 'evaluator' and becomes is null then said <@ array['remark', 'override', 'lesson', 'no-duff']
          when within = space() and becomes is null then said <@ array['inject-seen', 'no-duff', 'naming'] and space() = any (reader_exercises())
          when space() = 0 and becomes is null then said <@ array['joined']
            and exists (select from exercise e where e.space = within and e.owner_key = any (held))
          else false end, false)
          -- Whether a team is named is its own to say.
          or not is_worker and exists (select from jsonb_array_elements(entries) e where e ->> 'kind' = 'naming'
            and (within <> space() or not exists (select from exercise_team t join organisation o on o.key = t.org_key
              where t.space = within and t.org_key = me.org_key and o.id::text = e -> 'entry' ->> 'team'))) then
        raise exception 'this is not for the reader to write into the log' using errcode = 'insufficient_privilege';
      end if;
      select e.log_size into before from exercise e where e.space = within for update;
      -- Whoever waited for its turn began before those it waited for.
      now_here := greatest(clock(), (select l.at from exercise_log l where l.space = within and l.seq = before));
      insert into exercise_log (space, seq, id, at, kind, entry, org_keys, is_common, actor_key)
        select within, before + n.place, (n.e ->> 'id')::uuid, now_here, n.e ->> 'kind', n.e -> 'entry',
               array(select value::int from jsonb_array_elements_text(n.e -> 'orgKeys')), (n.e ->> 'isCommon')::boolean,
               case when is_worker then (n.e ->> 'actorKey')::int else me.user_key end
          from jsonb_array_elements(entries) with ordinality as n (e, place);
      update exercise e set log_size = before + cardinality(said), state = coalesce(becomes, e.state),
          started_at = coalesce(e.started_at, case when 'started' = any (said) then now_here end),
          ended_at = case when becomes = 'ended' then now_here else e.ended_at end
        where e.space = within;
      return before;
    end $function$

function ronda.exercise_audiences(jsonb)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_audiences(wanted jsonb)
   RETURNS TABLE(place integer, named uuid[], reached uuid[])
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          declare
            words constant int[] := '{1,2,3,4,5,6}';
          begin
            if coalesce(current_setting('app.session', true), '') <> '' or coalesce(current_setting('app.acting_user', true), '') <> '' then
              raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
            end if;
            return query
              with team as materialized (
                select o.id, o.key, array[o.key] || array(select u.key from user_account u where u.org_key = o.key and u.status = 'active')
                       || held_besides(o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat) as held
                  from organisation o where o.key in (select m.org_key from exercise_team m where m.space = space()))
              select w.nth::int,
                     array(select t.id from team t where t.key <> a.by_org and t.held && array(select unnest(a.principals) except select unnest(words)) order by t.key),
                     array(select t.id from team t where t.key <> a.by_org and t.held && a.principals order by t.key)
                from rows from (jsonb_to_recordset(wanted) as (kind text, id uuid, revision int)) with ordinality as w (kind, id, revision, nth)
                cross join lateral (
                  select s.principals, u.org_key as by_org from (
                    select x.principals, x.requested_by as by from release x where w.kind = 'release' and x.space = space() and x.id = w.id
                    union all
                    (select x.principals, x.requested_by from advisory y join release x on x.space = y.space and x.record_kind = 'advisory'
                        and x.record_key = y.key and x.released_at is not null and (w.revision is null or x.revision <= w.revision)
                      where w.kind = 'advisory' and y.space = space() and y.id = w.id order by x.revision desc, x.key desc limit 1)
                    union all
                    select array(select unnest(q.audience) except select unnest(q.owner_readers)), q.author_key from request q
                      where w.kind = 'request' and q.space = space() and q.id = w.id
                    union all
                    select array[p.org_key], p.granted_by from pass_on p where w.kind = 'pass-on' and p.space = space() and p.id = w.id) s
                  join user_account u on u.key = s.by) a;
          end $function$

function ronda.exercise_deliver(jsonb)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_deliver(items jsonb)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') and reader_part() is distinct from 'controller'
          and (exists (select from jsonb_array_elements(items) i where i ->> 'kind' <> 'no-duff')
            or not coalesce(space() = any (reader_exercises()), false)) then
        raise exception 'controllers speak to teams' using errcode = 'insufficient_privilege';
      end if;
      insert into exercise_inbox (space, org_key, position, seq, kind, inject, content, delivered_at)
        select space(), i.org_key, i.place + coalesce((select max(x.position) from exercise_inbox x where x.space = space() and x.org_key = i.org_key), 0),
               i.seq, i.kind, i.inject, i.content, clock()
          from (select t.org_key, r.seq, r.kind, r.inject, r.content, row_number() over (partition by t.org_key order by r.ordinality) as place
            from rows from (jsonb_to_recordset(items) as (org_key int, seq int, kind text, inject text, content jsonb))
              with ordinality as r (org_key, seq, kind, inject, content, ordinality)
            -- Named or not: what goes to all goes also to those of whom its author knows nothing.
            join (select distinct x.org_key from exercise_team x where x.space = space()) t on t.org_key = coalesce(r.org_key, t.org_key)) i;
    end $function$

function ronda.exercise_keep_scores(jsonb,integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_keep_scores(scores jsonb, size integer)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
          raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
        end if;
          insert into exercise_score as s (space, org_key, seq, score, report)
            select space(), n.org_key, size, n.score, n.report from jsonb_to_recordset(scores) as n (org_key int, score jsonb, report jsonb)
            on conflict (space, org_key) do update set seq = excluded.seq, score = excluded.score, report = excluded.report;
          update exercise e set scored_size = size where e.space = space();
        end $function$

function ronda.exercise_lease(uuid,integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_lease(node uuid, milliseconds integer)
   RETURNS TABLE(epoch integer, state text, log_size integer)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
          raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
        end if;
      return query
        update exercise e set epoch = e.epoch + (e.leader is distinct from node)::int, leader = node,
            lease_until = clock() + make_interval(secs => milliseconds / 1000.0)
          where e.space = ronda.space() and (e.leader is not distinct from node or coalesce(e.lease_until <= clock(), true))
          returning e.epoch, e.state, e.log_size;
    end $function$

function ronda.exercise_lock()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_lock()
   RETURNS TABLE(state text, log_size integer)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') and not coalesce(space() = any (reader_exercises()), false) then return; end if;
      return query select e.state, e.log_size from exercise e where e.space = ronda.space() for update;
    end $function$

function ronda.exercise_log_since(integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_log_since(known integer)
   RETURNS TABLE(seq integer, at timestamp with time zone, entry jsonb)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
          raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
        end if;
      return query select l.seq, l.at, l.entry from exercise_log l where l.space = space() and l.seq > known order by l.seq;
    end $function$

function ronda.exercise_misp(jsonb)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_misp(wanted jsonb)
   RETURNS TABLE(place integer, raw jsonb, is_released boolean, detecting text[])
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          begin
            if coalesce(current_setting('app.session', true), '') <> '' or coalesce(current_setting('app.acting_user', true), '') <> '' then
              raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
            end if;
            return query
              select w.nth::int, k.raw,
                     exists (select from release x where x.space = i.space and x.record_kind = 'incident' and x.record_key = i.key
                       and x.released_at is not null and x.ended_at is null and x.principals <> '{}'),
                     array(select a.type || ' ' || a.value from observable_appearance a where a.space = i.space and a.incident_key = i.key
                       and a.is_for_detection and (w.revision is null or a.since_number <= w.revision)
                       and (a.until_number is null or a.until_number > w.revision))
                from rows from (jsonb_to_recordset(wanted) as (incident uuid, revision int)) with ordinality as w (incident, revision, nth)
                join incident i on i.space = space() and i.id = w.incident
                left join lateral (select e.raw from misp_event e where e.space = i.space and e.incident_key = i.key
                  and (w.revision is null or e.since_number <= w.revision) and (e.until_number is null or e.until_number > w.revision)
                  -- The owner's row holds the whole.
                  order by e.since_number desc, e.reach = 'owner' desc limit 1) k on true;
          end $function$

function ronda.exercise_replay(integer,uuid,bytea,jsonb,timestamp with time zone,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_replay(within integer, run uuid, digest bytea, entries jsonb, began timestamp with time zone, ended timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if run is null or began is null or ended is null then
            raise exception 'this is no exercise to be filled by the reader' using errcode = 'insufficient_privilege';
          end if;
          perform exercise_replay_part(within, entries);
          update exercise e set replay_of = run, replay_digest = digest, scored_size = e.log_size, state = 'ended', started_at = began, ended_at = ended
            where e.space = within;
        end $function$

function ronda.exercise_replay_part(integer,jsonb)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_replay_part(within integer, entries jsonb)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          before int;
        begin
          if space() <> 0 or not exists (select from exercise e where e.space = within
              and e.owner_key = any (reader_principals()) and e.state = 'prepared' and (e.log_size = 0 or exists (select from exercise_log l
                where l.space = within and l.seq = 1 and l.xmin = pg_current_xact_id()::xid)) and e.replay_of is null
              and not exists (select from exercise_team t where t.space = within)) then
            raise exception 'this is no exercise to be filled by the reader' using errcode = 'insufficient_privilege';
          end if;
          select e.log_size into before from exercise e where e.space = within for update;
          insert into exercise_log (space, seq, id, at, kind, entry, org_keys, is_common, actor_key)
            select within, before + n.place, (n.e ->> 'id')::uuid, (n.e ->> 'at')::timestamptz, n.e -> 'entry' ->> 'kind', n.e -> 'entry', '{}',
                   (n.e ->> 'isCommon')::boolean, null
              from jsonb_array_elements(entries) with ordinality as n (e, place);
          update exercise e set log_size = before + jsonb_array_length(entries) where e.space = within;
        end $function$

function ronda.exercise_script_played()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_script_played()
   RETURNS TABLE(document jsonb, teams jsonb)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
          raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
        end if;
      return query select s.document, coalesce((select jsonb_object_agg(o.id, o.key)
            from organisation o where o.key in (select t.org_key from exercise_team t where t.space = s.space)), '{}')
        from exercise_script s where s.space = space();
    end $function$

function ronda.exercise_space(uuid,boolean)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_space(wanted uuid, is_played boolean)
   RETURNS integer
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
      select e.space from exercise e
       where e.id = wanted and e.space = any (reader_exercises()) and not (is_played and e.state = 'ended')
    $function$

function ronda.exercise_take(integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercise_take(at_most integer)
   RETURNS TABLE(id uuid, type text, occurred_at timestamp with time zone, actor_key integer, org_key integer, organisation uuid, person uuid, payload jsonb, record jsonb, release jsonb, request jsonb, advisory jsonb, said text, sighted jsonb)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
          raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
        end if;
      return query
        with taken as (delete from exercise_event q where q.space = space()
          and q.key in (select w.key from exercise_event w where w.space = space() order by w.key limit at_most) returning q.*)
        select t.id, t.type, t.occurred_at, t.actor_key, o.key, o.id, u.id, t.payload,
               case when i.key is not null then jsonb_build_object('id', i.id, 'authorship', i.authorship, 'status', r.status, 'tlp', r.tlp, 'pap', r.pap,
                 'rsitClass', r.rsit_class, 'rsitType', r.rsit_type, 'severityBand', r.severity_band, 'facts', r.facts || jsonb_build_object('sector', r.sector, 'countries', r.countries),
                 'observables', coalesce((select jsonb_agg(jsonb_build_object('type', a.type, 'value', a.value) order by a.type, a.value)
                   from observable_appearance a where a.space = i.space and a.incident_key = i.key and a.since_number <= r.number
                     and (a.until_number is null or a.until_number > r.number)), '[]')) end,
               case when x.key is not null then jsonb_build_object('tlp', x.tlp, 'audience', x.audience,
                 'organisations', array(select n.id from organisation n where n.key = any (x.principals) order by n.key)) end,
               case when q.key is not null then jsonb_build_object('id', q.id, 'kind', q.kind, 'tlp', q.tlp, 'title', q.title, 'body', q.body,
                 'to', (select n.id from organisation n where n.key = q.to_org_key)) end,
               case when y.key is not null then jsonb_build_object('id', y.id, 'tlp', z.tlp, 'pap', z.pap, 'content', z.content, 'chosen', z.chosen) end,
               coalesce(c.body, w.body, case when g.key is not null then concat_ws(' ', g.kind, g.note) end),
               case when s.key is not null then jsonb_build_object('type', s.type, 'value', s.value) end
          from taken t
          left join user_account u on u.key = t.actor_key
          left join organisation o on o.key = u.org_key
          left join incident i on i.space = t.space
            and i.id = ledger_uuid(coalesce(t.payload ->> 'incidentId', case t.payload ->> 'recordKind' when 'incident' then t.payload ->> 'recordId' end))
          left join lateral (select v.* from incident_revision v where v.space = i.space and v.incident_key = i.key
            and (not coalesce(t.payload ->> 'revision' ~ '^[0-9]{1,9}$', false) or v.number <= (t.payload ->> 'revision')::int)
            order by v.number desc limit 1) r on true
          left join release x on x.space = t.space and x.id = ledger_uuid(t.payload ->> 'releaseId')
          left join request q on q.space = t.space and q.id = ledger_uuid(t.payload ->> 'requestId')
          left join advisory y on y.space = t.space and t.payload ->> 'recordKind' = 'advisory' and y.id = ledger_uuid(t.payload ->> 'recordId')
          left join lateral (select v.* from advisory_revision v where v.space = y.space and v.advisory_key = y.key
            and (not coalesce(t.payload ->> 'revision' ~ '^[0-9]{1,9}$', false) or v.number <= (t.payload ->> 'revision')::int)
            order by v.number desc limit 1) z on true
          left join incident_comment c on c.space = t.space and c.id = ledger_uuid(t.payload ->> 'commentId')
          left join request_answer w on w.space = t.space and w.id = ledger_uuid(t.payload ->> 'answerId')
          left join sighting g on g.space = t.space and g.id = ledger_uuid(t.payload ->> 'sightingId')
          left join lateral (select a.key, a.type, a.value from observable_appearance a where a.space = g.space
            and a.incident_key = g.incident_key and a.observable_id = g.observable_id order by a.key limit 1) s on true
         order by t.key;
    end $function$

function ronda.exercises_to_conduct()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.exercises_to_conduct()
   RETURNS TABLE(space integer, id uuid)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
          raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
        end if;
      return query select e.space, e.id from exercise e
        where e.state <> 'ended' or e.scored_size < e.log_size or exists (select from exercise_event q where q.space = e.space) order by e.space;
    end $function$

function ronda.first_unshared_revision(bigint)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.first_unshared_revision(record bigint)
   RETURNS integer
   LANGUAGE sql
   STABLE
  AS $function$
          select 1 + greatest(
            (select coalesce(max(r.number), 0) from ronda.incident_revision r
               join ronda.incident i on i.space = r.space and i.key = r.incident_key
              where r.space = ronda.space() and r.incident_key = record and not r.audience <@ i.owner_readers),
            (select coalesce(max(l.revision), 0) from ronda.release l
              where l.space = ronda.space() and l.record_kind = 'incident' and l.record_key = record
                and l.status in ('pending', 'held', 'scheduled', 'released')))
        $function$

function ronda.forget_exchange()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.forget_exchange()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if new.record_kind = 'incident' and new.basis = 'retention' then
            delete from shared_object s where s.space = new.space and s.incident_key = new.record_key;
            delete from exchange_object x using incident i
              where i.space = new.space and i.key = new.record_key and x.space = i.space and x.incident_id = i.id;
          end if;
          return null;
        end $function$

function ronda.forget_misp_event()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.forget_misp_event()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          delete from misp_event e where e.space = new.space and e.incident_key = new.record_key;
          delete from misp_name n where n.space = new.space and n.incident_key = new.record_key;
          return null;
        end $function$

function ronda.forget_principals()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.forget_principals()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
        begin
          perform set_config('app.principals', '', true);
          return null;
        end $function$

function ronda.found_region(uuid,text,text,text,text[],uuid,text,text,uuid,bytea,timestamp with time zone,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.found_region(organisation_id uuid, node text, organisation_name text, zone text, spoken text[], user_id uuid, address text, display text, link_id uuid, link_hash bytea, link_expires_at timestamp with time zone, at timestamp with time zone)
   RETURNS boolean
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare founder int; first_admin int;
        begin
          perform pg_advisory_xact_lock(hashtextextended('ronda.found_region', 0));
          if exists (select from organisation) then return false; end if;
          insert into principal (kind) values ('organisation') returning principal.key into founder;
          insert into principal (kind) values ('user') returning principal.key into first_admin;
          insert into organisation (key, id, origin_node, name, kind, affiliation, standing, is_secretariat, time_zone, languages, created_at)
            values (founder, organisation_id, node, organisation_name, 'regional-body', 'regional', 'active', true, zone, spoken, at);
          insert into user_account (key, id, org_key, email, display_name, roles, status, created_at)
            values (first_admin, user_id, founder, lower(address), display, array['admin'], 'invited', at);
          insert into credential (id, kind, purpose, user_key, org_key, token_hash, created_at, expires_at)
            values (link_id, 'link', 'invitation', first_admin, founder, link_hash, at, link_expires_at);
          return true;
        end $function$

function ronda.guard_advisory()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_advisory()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
    begin
      if not row_security_active('ronda.advisory') then return new; end if;
      held := ronda.reader_principals();
      if tg_op = 'INSERT' then
        if new.status <> 'draft' or new.head <> 1 or new.published is not null or new.reviewers <> '{}' or new.audience <> new.owner_readers
            or new.submitted_at is not null or new.interim_until is not null then
          raise exception 'an advisory begins as a draft' using errcode = 'insufficient_privilege';
        end if;
        return new;
      end if;
      if not new.owner_readers <@ array[old.owner_key, old.author_key] and new.owner_readers <> old.owner_readers then
        raise exception 'the owner''s side is the organisation, or the author' using errcode = 'insufficient_privilege';
      end if;
      if new.head <> old.head and not (new.head = old.head + 1 and old.status in ('draft', 'in-review', 'published')) then
        raise exception 'revisions follow one another' using errcode = 'insufficient_privilege';
      end if;
      if new.status <> old.status and not coalesce(case new.status
          when 'draft' then old.status = 'published' and new.head = old.head + 1
          when 'in-review' then old.status in ('draft', 'scheduled')
          when 'scheduled' then old.status = 'in-review' and exists (select from ronda.release l where l.space = old.space
            and l.record_kind = 'advisory' and l.record_key = old.key and l.revision = old.head and l.status = 'scheduled')
          when 'published' then old.status in ('in-review', 'scheduled') and new.published = old.head
          when 'withdrawn' then old.published is not null
          when 'received' then old.status = 'draft' and old.head = 1 and exists (select from ronda.advisory_origin g
            where g.space = old.space and g.advisory_key = old.key and g.content is not null)
          else false end, false) then
        raise exception 'an advisory cannot change in this way' using errcode = 'insufficient_privilege';
      end if;
      if new.published is distinct from old.published and not exists (select from ronda.release l where l.space = old.space
          and l.record_kind = 'advisory' and l.record_key = old.key and l.revision = new.published and l.status = 'released'
          and l.released_at = ronda.clock()) then
        raise exception 'what is out was released' using errcode = 'insufficient_privilege';
      end if;
      if new.interim_until is not null and old.interim_until is null and new.interim_until > ronda.clock() + interval '1 hour' then
        raise exception 'an interim ends within the hour' using errcode = 'insufficient_privilege';
      end if;
      if new.interim_until is null and old.interim_until is not null and new.status = 'published'
          and new.published is not distinct from old.published
          and not coalesce(ronda.advisory_approved(old.space, old.key, old.published, false), false) then
        raise exception 'an interim ends with its approvals, or with its withdrawal' using errcode = 'insufficient_privilege';
      end if;
      -- Whoever reads it, was released to, issues it, or is its owner's side.
      if not new.audience <@ (new.owner_readers || old.audience || ronda.advisory_released(old.space, old.key, coalesce(new.published, 0))
          || coalesce((select r.joint from ronda.advisory_revision r where r.space = old.space and r.advisory_key = old.key
               and r.number = new.published), '{}')) then
        raise exception 'an advisory is read by whom it was released to' using errcode = 'insufficient_privilege';
      end if;
      if not new.reviewers <@ array(select v.principal_key from ronda.advisory_invitation v where v.space = old.space
          and v.advisory_key = old.key and v.ended_at is null) then
        raise exception 'a draft is read by whom it was shown to' using errcode = 'insufficient_privilege';
      end if;
      -- RED is for persons, in review as well.
      if exists (select from ronda.advisory_revision r where r.space = old.space and r.advisory_key = old.key and r.number = new.head
          and r.tlp = 'TLP:RED') and exists (select from unnest(new.reviewers) named
            where not exists (select from ronda.principal q where q.key = named and q.kind = 'user')) then
        raise exception 'TLP:RED is reviewed by named users' using errcode = 'insufficient_privilege';
      end if;
      if new.opened_from <> old.opened_from and (new.opened_from <> old.head + 1 or new.owner_readers = old.owner_readers)
          or old.owner_readers <> new.owner_readers and old.owner_readers = array[old.author_key] and (new.opened_from <= old.head
            or exists (select from ronda.advisory_change c where c.space = old.space and c.advisory_key = old.key and c.settled_at is null)) then
        raise exception 'what was said at TLP:RED stays with whom it was said to' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$

function ronda.guard_advisory_approval()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_advisory_approval()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
    begin
      if not row_security_active('ronda.advisory_approval') then return new; end if;
      held := ronda.reader_principals();
      if new.at <> ronda.clock() or not exists (select from ronda.advisory a where a.space = new.space and a.key = new.advisory_key
          and a.head = new.number and (a.status = 'in-review' or a.status = 'published' and a.published = new.number and a.interim_until > new.at)) then
        raise exception 'what is in review is approved: the newest revision, and now' using errcode = 'insufficient_privilege';
      end if;
      -- Nobody who wrote any of this version.
      if exists (select from ronda.advisory_revision r join ronda.advisory_revision h on h.space = r.space and h.advisory_key = r.advisory_key
          and h.version = r.version and h.number = new.number
         where r.space = new.space and r.advisory_key = new.advisory_key and r.author_key = new.user_key) then
        raise exception 'its author never approves' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$

function ronda.guard_advisory_change()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_advisory_change()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
    begin
      if not row_security_active('ronda.advisory_change') then return new; end if;
      held := ronda.reader_principals();
      if tg_op = 'INSERT' then
        if not exists (select from ronda.advisory a where a.space = new.space and a.key = new.advisory_key
            and a.head = new.number and a.status = 'in-review') then
          raise exception 'changes are requested of what is in review' using errcode = 'insufficient_privilege';
        end if;
        return new;
      end if;
      if old.settled_at is not null then raise exception 'what was settled stays so' using errcode = 'insufficient_privilege'; end if;
      if new.done_by is distinct from old.done_by and new.done_by is not null and not new.done_by = any (held) then
        raise exception 'whoever did it says so' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$

function ronda.guard_advisory_release()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_advisory_release()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
      d ronda.advisory_revision;
    begin
      if not row_security_active('ronda.release') then return new; end if;
      held := ronda.reader_principals();
      if new.record_kind <> 'advisory' or new.principals = '{}' or new.status not in ('scheduled', 'released') then return new; end if;
      select * into d from ronda.advisory_revision r where r.space = new.space and r.advisory_key = new.record_key and r.number = new.revision;
      if not found or d.tlp <> new.tlp or not exists (select from ronda.advisory a where a.space = new.space and a.key = new.record_key
          and a.head = new.revision) then
        raise exception 'what is released is the revision that was approved, at its marking' using errcode = 'insufficient_privilege';
      end if;
      -- An urgent warning of several goes out on the word of its owner's second person, at once and for a time.
      if not coalesce(ronda.advisory_approved(new.space, new.record_key, new.revision,
          d.is_urgent and d.joint <> '{}' and new.status = 'released'), false) then
        raise exception 'an advisory goes out with the approvals that it needs' using errcode = 'insufficient_privilege';
      end if;
      if exists (select from ronda.advisory_change c where c.space = new.space and c.advisory_key = new.record_key and c.settled_at is null) then
        raise exception 'changes were requested' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$

function ronda.guard_advisory_revision()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_advisory_revision()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
    begin
      if not row_security_active('ronda.advisory_revision') then return new; end if;
      held := ronda.reader_principals();
      if tg_op = 'INSERT' then
        if not exists (select from ronda.advisory a where a.space = new.space and a.key = new.advisory_key
            and (a.head + 1 = new.number or a.head = 1 and new.number = 1) and a.status in ('draft', 'in-review', 'published')
            and new.audience = a.owner_readers) then
          raise exception 'the next revision is its owner''s alone' using errcode = 'insufficient_privilege';
        end if;
        return new;
      end if;
      if old.published_at is not null and new.published_at is distinct from old.published_at then
        raise exception 'when it was published is past' using errcode = 'insufficient_privilege';
      end if;
      if not new.audience <@ (old.audience || ronda.advisory_released(old.space, old.advisory_key, old.number) || old.joint
          || (select a.owner_readers from ronda.advisory a where a.space = old.space and a.key = old.advisory_key)) then
        raise exception 'a version is read by whom it was released to' using errcode = 'insufficient_privilege';
      end if;
      if new.audience <> old.audience and new.published_at is null and not new.audience <@ old.audience
          and not new.audience <@ (select a.owner_readers from ronda.advisory a where a.space = old.space and a.key = old.advisory_key) then
        raise exception 'what is not published is its owner''s and its reviewers''' using errcode = 'insufficient_privilege';
      end if;
      if new.published_at is not null and old.published_at is null and not exists (select from ronda.release l where l.space = old.space
          and l.record_kind = 'advisory' and l.record_key = old.advisory_key and l.revision = old.number and l.status = 'released'
          and l.released_at = new.published_at) then
        raise exception 'a version is published by its release' using errcode = 'insufficient_privilege';
      end if;
      if (new.version, new.interim_version, new.settled_at) is distinct from (old.version, old.interim_version, old.settled_at)
          and not (old.settled_at is null and new.settled_at = ronda.clock() and new.interim_version = old.version
            and string_to_array(new.version, '.')::int[] = (string_to_array(old.version, '.')::int[])[1:2]
              || (string_to_array(old.version, '.')::int[])[3] + 1
            and exists (select from ronda.advisory a where a.space = old.space and a.key = old.advisory_key and a.published = old.number
              and a.interim_until is not null)
            and coalesce(ronda.advisory_approved(old.space, old.advisory_key, old.number, false), false)) then
        raise exception 'a version becomes another where its interim is settled' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$

function ronda.guard_comms_check_target()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_comms_check_target()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
    begin
      if not row_security_active('ronda.comms_check_target') then return new; end if;
      held := ronda.reader_principals();

          if old.answered_at is not null then raise exception 'what was answered stays so' using errcode = 'insufficient_privilege'; end if;
          -- By code: ronda.answer_comms_check has looked.
          if current_user = 'ronda_deriver' then return new; end if;
          if new.code_hash is distinct from old.code_hash and not 4 = any (held) then
            raise exception 'the secretariat gives out codes' using errcode = 'insufficient_privilege';
          end if;
          if new.answered_at is not null and not (new.via = 'account' and old.org_key = any (held)
              and new.answered_by = any (held) and new.answered_at = ronda.clock()
              and exists (select from ronda.comms_check c where c.space = old.space and c.key = old.check_key
                and c.opened_at is not null and c.closed_at is null and c.closes_at > ronda.clock())) then
            raise exception 'an organisation answers for itself, and while it is asked' using errcode = 'insufficient_privilege';
          end if;
      return new;
    end $function$

function ronda.guard_credential()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_credential()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare
      held int[];

    begin
      if not row_security_active('ronda.credential') then return new; end if;
      held := ronda.reader_principals();

        if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
          raise exception 'what was revoked stays so' using errcode = 'insufficient_privilege';
        end if;
        if not old.user_key = any (held)
            and (new.token_hash, new.refresh_hash, new.expires_at, new.refresh_expires_at, new.is_limited)
              is distinct from (old.token_hash, old.refresh_hash, old.expires_at, old.refresh_expires_at, old.is_limited) then
          raise exception 'others'' credentials can be revoked and nothing else' using errcode = 'insufficient_privilege';
        end if;
      return new;
    end $function$

function ronda.guard_group_membership()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_group_membership()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare
      held int[];
      g ronda.sharing_group;
    begin
      if not row_security_active('ronda.group_membership') then return new; end if;
      held := ronda.reader_principals();

        select * into g from ronda.sharing_group where key = new.group_key;
        if tg_op = 'INSERT' then
          if new.state = 'member' and g.founder_key = any (held) and g.created_at = ronda.clock() and new.joined_epoch = 1
              and g.epoch = 1 then
            return new; -- with its founding
          elsif new.state = 'proposed' and new.proposed_by = any (held) and new.accepted_at is null and new.joined_epoch is null
              and new.admit_after >= ronda.clock() + make_interval(hours => g.objection_hours) and exists (select from ronda.group_membership own
    where own.group_key = g.key and own.org_key = any (held) and own.state = 'member') then
            return new;
          end if;
          raise exception 'a newcomer is proposed by a member, who leaves the others their time to object' using errcode = 'insufficient_privilege';
        end if;
        if old.state not in ('proposed', 'member') then raise exception 'what has ended stays so' using errcode = 'insufficient_privilege'; end if;
        if new.accepted_at is distinct from old.accepted_at
            and not (old.state = 'proposed' and old.accepted_at is null and old.org_key = any (held)) then
          raise exception 'the proposed organisation itself accepts' using errcode = 'insufficient_privilege';
        end if;
        if new.state = old.state then
          if (new.joined_epoch, new.joined_at) is distinct from (old.joined_epoch, old.joined_at) then
            raise exception 'an organisation is in a group since the epoch it began' using errcode = 'insufficient_privilege';
          end if;
          return new;
        end if;
        if not coalesce(case new.state
            when 'member' then exists (select from ronda.group_membership own
    where own.group_key = g.key and own.org_key = any (held) and own.state = 'member') and old.accepted_at is not null and old.admit_after <= ronda.clock()
              and not exists (select from ronda.group_objection o where o.membership_key = old.key)
              -- An epoch of its own, which begins now: what was released before it came stays unread.
              and new.joined_epoch = g.epoch
              and exists (select from ronda.group_epoch e where e.group_key = g.key and e.epoch = g.epoch and e.began_at = ronda.clock())
              and not exists (select from ronda.group_membership m where m.group_key = g.key and m.joined_epoch >= new.joined_epoch)
            when 'declined' then old.state = 'proposed' and (old.org_key = any (held) or exists (select from ronda.group_membership own
    where own.group_key = g.key and own.org_key = any (held) and own.state = 'member'))
            when 'objected' then old.state = 'proposed' and exists (select from ronda.group_membership own
    where own.group_key = g.key and own.org_key = any (held) and own.state = 'member')
            when 'left' then old.state = 'member' and (old.org_key = any (held) or g.founder_key = any (held))
            else false end, false) then
          raise exception 'this membership cannot change in this way' using errcode = 'insufficient_privilege';
        end if;
      return new;
    end $function$

function ronda.guard_organisation()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_organisation()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare
      held int[];
      decided text := (select d.decision from ronda.standing_decision d
          where d.org_key = old.key and d.second_org_key is not null order by d.key desc limit 1);
    begin
      if not row_security_active('ronda.organisation') then return new; end if;
      held := ronda.reader_principals();

        if (new.totp_required, new.relay_green, new.time_zone, new.languages)
            is distinct from (old.totp_required, old.relay_green, old.time_zone, old.languages) and not old.key = any (held) then
          raise exception 'an organisation changes its own settings' using errcode = 'insufficient_privilege';
        end if;
        if new.name <> old.name and not (4 = any (held) or coalesce(old.parent_key = any (held), false)) then
          raise exception 'who is over an organisation changes its name' using errcode = 'insufficient_privilege';
        end if;
        -- The role is given up by its holder and taken while nobody has it, which only that holder's transaction ever sees.
        if (new.is_secretariat, new.secretariat_until) is distinct from (old.is_secretariat, old.secretariat_until)
            and not (4 = any (held))
            and not (new.is_secretariat and not exists (select from ronda.organisation o where o.is_secretariat)) then
          raise exception 'the secretariat hands its role over' using errcode = 'insufficient_privilege';
        end if;
        if new.standing <> old.standing then
          if old.key = any (held) then raise exception 'others decide on the standing of an organisation' using errcode = 'insufficient_privilege'; end if;
          if not coalesce(case new.standing
              when 'sponsored' then old.standing = 'applicant' and 2 = any (held)
                and (select count(distinct b.country) from ronda.sponsorship s join ronda.organisation b on b.key = s.sponsor_key
                      where s.org_key = old.key) >= 2
              when 'retired' then 4 = any (held) and old.standing <> 'active' or old.parent_key = any (held)
              when 'suspended' then old.standing = 'active' and decided = 'suspend'
              when 'active' then case old.standing
                when 'suspended' then decided = 'reinstate'
                when 'sponsored' then 4 = any (held)
                when 'applicant' then 4 = any (held) and exists (select from ronda.designation d where d.org_key = old.key)
                else false end
              else false end, false) then
            raise exception 'nobody has decided on this standing' using errcode = 'insufficient_privilege';
          end if;
        end if;
      return new;
    end $function$

function ronda.guard_release()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_release()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare
      held int[];
      r ronda.release;
      markings constant text[] := array['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'];
    begin
      if not row_security_active('ronda.release') then return new; end if;
      held := ronda.reader_principals();
      if tg_op = 'INSERT' then
        -- What calls itself a narrowing goes no further than the release before it. Whether it says more is the application's to see.
        if new.is_narrowing and new.principals <> '{}' then
          select * into r from ronda.release b where b.space = new.space and b.record_kind = new.record_kind
             and b.record_key = new.record_key and b.released_at is not null order by b.key desc limit 1;
          if not coalesce(r.principals @> new.principals
              and array_position(markings, new.tlp) >= array_position(markings, r.tlp), false) then
            raise exception 'this release narrows nothing' using errcode = 'insufficient_privilege';
          end if;
        end if;
        return new;
      end if;
      if new.confirmed_by is distinct from old.confirmed_by
          and not (old.status in ('pending', 'held') and new.status in ('released', 'scheduled') and new.confirmed_by = any (held)) then
        raise exception 'a second person confirms, by itself' using errcode = 'insufficient_privilege';
      end if;
      if new.status <> old.status and not coalesce(case new.status
          when 'scheduled' then old.status = 'pending' and new.not_before is not null
              or old.status = 'held' and new.not_before is not null
                and (old.hold_until <= ronda.clock() or coalesce(new.confirmed_by <> new.requested_by, false))
          when 'released' then old.status in ('pending', 'held', 'scheduled') and new.released_at = ronda.clock()
          when 'cancelled' then old.status in ('pending', 'held', 'scheduled')
          when 'superseded' then old.status = 'released'
          else false end, false) then
        raise exception 'a release cannot change in this way' using errcode = 'insufficient_privilege';
      end if;
      if new.status in ('superseded', 'cancelled') and new.released_at is distinct from old.released_at then
        raise exception 'when it was released is past' using errcode = 'insufficient_privilege';
      end if;
      if new.outcome <> old.outcome or new.outcome is not null and old.outcome is null then
        raise exception 'what was seen stays what it was' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $function$

function ronda.guard_request()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_request()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
    begin
      if not row_security_active('ronda.request') then return new; end if;
      held := ronda.reader_principals();

          if new.status = 'open' and (tg_op = 'INSERT' or old.status <> 'open') then
            if not (new.sent_by = any (held) and new.sent_at = ronda.clock()) then
              raise exception 'a request is sent by whoever sends it, and now' using errcode = 'insufficient_privilege';
            end if;
            if new.tlp in ('TLP:CLEAR', 'TLP:GREEN') and new.sent_by = new.author_key then
              raise exception 'a second person sends what is marked GREEN or CLEAR' using errcode = 'insufficient_privilege';
            end if;
          end if;
          if tg_op = 'INSERT' then
            if new.status not in ('draft', 'open') then raise exception 'a request begins with its asking' using errcode = 'insufficient_privilege'; end if;
            return new;
          end if;
          if new.status = old.status or not coalesce(case old.status
              when 'draft' then new.status in ('open', 'withdrawn')
              when 'open' then new.status in ('withdrawn', 'closed')
              when 'withdrawn' then new.status = 'closed'
              else false end, false) then
            raise exception 'a request cannot change in this way' using errcode = 'insufficient_privilege';
          end if;
          if new.status <> 'open' and (new.audience, new.sent_at, new.sent_by, new.listed_at, new.acknowledge_by, new.answer_by, new.expires_at)
              is distinct from (old.audience, old.sent_at, old.sent_by, old.listed_at, old.acknowledge_by, old.answer_by, old.expires_at) then
            raise exception 'whom it was sent to, and until when, is past' using errcode = 'insufficient_privilege';
          end if;
      return new;
    end $function$

function ronda.guard_request_response()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_request_response()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare held int[];
    begin
      if not row_security_active('ronda.request_response') then return new; end if;
      held := ronda.reader_principals();

          if not (old.state = 'acknowledged' and new.state in ('answered', 'declined')
              or old.state = 'answered' and new.state = 'answered')
              or new.acknowledged_at is distinct from old.acknowledged_at then
            raise exception 'what was answered or declined stays so' using errcode = 'insufficient_privilege';
          end if;
      return new;
    end $function$

function ronda.guard_sharing_group()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.guard_sharing_group()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    declare
      held int[];

    begin
      if not row_security_active('ronda.sharing_group') then return new; end if;
      held := ronda.reader_principals();

        if not exists (select from ronda.group_membership own
    where own.group_key = old.key and own.org_key = any (held) and own.state = 'member') then raise exception 'members change a group' using errcode = 'insufficient_privilege'; end if;
        if old.dissolved_at is not null then raise exception 'a dissolved group is over' using errcode = 'insufficient_privilege'; end if;
        if (new.name, new.purpose, new.founder_key, new.dissolved_at)
            is distinct from (old.name, old.purpose, old.founder_key, old.dissolved_at)
            and not old.founder_key = any (held) then
          raise exception 'the founder does that' using errcode = 'insufficient_privilege';
        end if;
        if new.epoch <> old.epoch and not (new.epoch = old.epoch + 1
            and exists (select from ronda.group_epoch e where e.group_key = old.key and e.epoch = new.epoch)) then
          raise exception 'epochs follow one another' using errcode = 'insufficient_privilege';
        end if;
      return new;
    end $function$

function ronda.has_administrator(integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.has_administrator(org integer)
   RETURNS boolean
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$ select exists (select from user_account u where u.org_key = org and u.status = 'active' and 'admin' = any (u.roles)) $function$

function ronda.held_besides(integer,text,text,integer,text,boolean)
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.held_besides(of_org_key integer, of_kind text, of_affiliation text, of_parent_key integer, of_standing text, of_is_secretariat boolean)
   RETURNS integer[]
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare held int[] := '{}';
        begin
          -- The suspended keep their own records.
          if of_standing = 'suspended' then return held; end if;
          held := held || 1;
          if of_standing <> 'active' then return held; end if;
          if of_is_secretariat then held := held || 4; end if;
          if of_kind in ('national-cert', 'regional-body') then
            if of_affiliation in ('member', 'regional') then held := held || 2; end if;
            held := held || 3;
          else
            held := held || array(
              select relayed.principal from organisation cert
                cross join lateral (values (5, cert.affiliation = 'member'), (6, true)) relayed (principal, reaches)
               where cert.key = of_parent_key and cert.standing = 'active' and cert.relay_green and relayed.reaches);
          end if;
          return held || array(
            select e.principal_key from group_membership m
              join sharing_group g on g.key = m.group_key and g.dissolved_at is null
              join group_epoch e on e.group_key = m.group_key and e.epoch >= m.joined_epoch
             where m.org_key = of_org_key and m.state = 'member');
        end $function$

function ronda.hold_readers(bigint[])
  owner migrator
  grant ronda_app: execute
  grant ronda_deriver: execute
  CREATE OR REPLACE FUNCTION ronda.hold_readers(records bigint[])
   RETURNS void
   LANGUAGE sql
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select pg_advisory_xact_lock_shared(x'52637074'::int, stripe)
            from (select distinct (r % 64)::int as stripe from unnest(records) r order by 1) s
        $function$

function ronda.incident_passes(text,text,text,text,text,text[],text,boolean,text[],text[],text[],text[],text[],text[],text[],boolean)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.incident_passes(status text, class text, type text, band text, sector text, countries text[], tlp text, is_own boolean, of_status text[], of_class text[], of_type text[], of_band text[], of_sector text[], of_country text[], of_tlp text[], in_queue boolean)
   RETURNS boolean
   LANGUAGE sql
   IMMUTABLE PARALLEL SAFE
  AS $function$
          select (of_status is null or status = any (of_status)) and (of_class is null or class = any (of_class))
            and (of_type is null or type = any (of_type)) and (of_band is null or band = any (of_band))
            and (of_sector is null or sector = any (of_sector)) and (of_country is null or countries && of_country)
            and (of_tlp is null or tlp = any (of_tlp)) and (not in_queue or (status = 'submitted' and is_own))
        $function$

function ronda.keep_deliveries(jsonb)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.keep_deliveries(deliveries jsonb)
   RETURNS TABLE(reader_key integer, record_key bigint, revision integer)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    #variable_conflict use_column
    begin
      if reader_principals() <> '{}' then
        raise exception 'the worker alone keeps what was gathered' using errcode = 'insufficient_privilege';
      end if;
      perform hold_readers(array(select d.record_key from jsonb_to_recordset(deliveries) as d (record_key bigint)));
      return query
        with kept as (
          insert into receipt as r (space, reader_key, record_kind, record_key, revision, kind, org_key, at)
            select space(), d.reader_key, 'incident', d.record_key, d.revision, 'delivered', d.org_key, d.at
              from jsonb_to_recordset(deliveries) as d (reader_key int, record_key bigint, revision int, org_key int, at timestamptz)
             order by d.reader_key, d.record_key, d.revision
            on conflict do nothing
            returning r.reader_key, r.record_key, r.revision, r.org_key),
        late as (
          insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, revision, org_key, reason, at)
            select distinct n.space, k.reader_key, 'incident', n.key, n.id, case n.authorship when 'named' then n.head end, k.org_key,
                   coalesce(b.reason, 'unspecified'), coalesce(b.at, clock())
              from kept k join incident n on n.space = space() and n.key = k.record_key
              left join asked_back b on b.space = n.space and b.record_kind = 'incident' and b.record_key = n.key
             where not (still_reads(k.reader_key, (n.audience || case when n.quarantined_at is null then '{}' else released_to(n.key) end)) or k.reader_key = k.org_key and exists (select from pass_on p
          where p.space = space() and p.incident_key = n.key and p.org_key = k.org_key and p.ended_at is null
            and (exists (select from standing_pass_ons(p.owner_key) s where s.record = p.incident_key and s.recipient = p.org_key)
              or exists (select from incident q where q.space = p.space and q.key = p.incident_key and q.quarantined_at is not null))))
            on conflict do nothing)
        select k.reader_key, k.record_key, k.revision from kept k;
    end $function$

function ronda.keep_quarantine()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.keep_quarantine()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
        begin
          if new.quarantined_at is not null then
            new.audience := array(select distinct n from unnest(new.owner_readers || new.filer_key) n where n is not null);
          end if;
          return new;
        end $function$

function ronda.ledger_edge(jsonb)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.ledger_edge(places jsonb)
   RETURNS TABLE(level integer, index bigint, hashes bytea)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
          end if;
          return query select t.level, t.index, t.hashes
            from jsonb_to_recordset(places) as p (level int, index bigint)
            join ledger_tile t on t.space = space() and t.level = p.level and t.index = p.index;
        end $function$

function ronda.ledger_erasable(text[])
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.ledger_erasable(subjects text[])
   RETURNS TABLE(subject uuid, "position" bigint)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
          end if;
          return query select l.subject, l.position from ledger_leaf l
            where l.space = space() and l.subject in (select ledger_uuid(s) from unnest(subjects) s) and l.entry is not null
            order by l.position;
        end $function$

function ronda.ledger_integrate(jsonb,jsonb,jsonb)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.ledger_integrate(batch jsonb, leaves jsonb, tiles jsonb)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare
      here constant int := space();
      at constant timestamptz := clock();
    begin
      if reader_principals() <> '{}' then
            raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
          end if;
      if (select coalesce(max(b.size), 0) from ledger_batch b where b.space = here) <> (batch ->> 'from')::bigint then
        raise exception 'the batch does not begin where the ledger ends';
      end if;
      insert into ledger (space, origin, began_at) values (here, batch ->> 'origin', at) on conflict do nothing;
      if batch ? 'newKey' then
        insert into ledger_key (space, number, public_key, position, announced_at)
          values (here, (batch #>> '{newKey,number}')::int, decode(batch #>> '{newKey,publicKey}', 'hex'),
            (batch #>> '{newKey,position}')::bigint, at);
      end if;
      insert into ledger_leaf (space, position, event_id, leaf_hash, salt, entry, occurred_at, subject, reader_keys, record_key, revision, erased_by, advisory_key, org_key, told)
        select here, l.position, l.event_id, decode(l.hash, 'hex'), decode(l.salt, 'hex'), l.entry, l.occurred_at, l.subject,
               coalesce(l.reader_keys, '{}'), l.record_key, l.revision, l.erased_by, l.advisory_key, l.org_key, l.told
          from jsonb_to_recordset(leaves) as l (position bigint, event_id uuid, hash text, salt text, entry text, occurred_at timestamptz,
            subject uuid, reader_keys int[], record_key bigint, revision int, erased_by bigint, advisory_key bigint, org_key int, told text);
      update ledger_leaf l set salt = null, entry = null, subject = null, reader_keys = '{}', record_key = null, revision = null,
          erased_by = (e ->> 'by')::bigint, advisory_key = null, org_key = null, told = null
        from jsonb_array_elements(batch -> 'erased') e
       where l.space = here and l.position = (e ->> 'position')::bigint;
      insert into ledger_tile (space, level, index, hashes)
        select here, t.level, t.index, decode(t.hashes, 'hex') from jsonb_to_recordset(tiles) as t (level int, index bigint, hashes text)
        on conflict (space, level, index) do update set hashes = excluded.hashes;
      insert into ledger_batch (space, number, from_position, size, key_number, padding_seed, signatures, checkpoint, integrated_at)
        values (here, (batch ->> 'number')::int, (batch ->> 'from')::bigint, (batch ->> 'size')::bigint, (batch ->> 'keyNumber')::int,
          decode(batch ->> 'seed', 'hex'), decode(batch ->> 'signatures', 'hex'), batch ->> 'checkpoint', at);
    end $function$

function ronda.ledger_spaces()
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.ledger_spaces()
   RETURNS SETOF integer
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if reader_principals() <> '{}' then
        raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
      end if;
      return query select l.space from ledger l where not exists (select from exercise e where e.space = l.space and e.ended_at is not null) union select o.space from outbox o;
    end $function$

function ronda.ledger_state(integer)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.ledger_state(most integer)
   RETURNS TABLE(origin text, size bigint, batch integer, integrated_at timestamp with time zone, public_keys bytea[], waiting bigint)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
          end if;
          -- 'Ledg' in ASCII.
          if not pg_try_advisory_xact_lock(x'4c656467'::int, space()) then return; end if;
          return query select l.origin, coalesce(b.size, 0), coalesce(b.number, 0), b.integrated_at,
              array(select k.public_key from ledger_key k where k.space = space() order by k.number),
              (select count(*) from (select from outbox o where o.space = space() limit most) w)
            from (select) one
            left join ledger l on l.space = space()
            left join lateral (select b.* from ledger_batch b where b.space = l.space order by b.number desc limit 1) b on true;
        end $function$

function ronda.ledger_take(integer)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.ledger_take(at_most integer)
   RETURNS TABLE(event_id uuid, type text, version integer, occurred_at timestamp with time zone, actor uuid, payload jsonb, subject uuid, reader_keys integer[], record_key bigint, revision integer, advisory_key bigint, org_key integer, told text)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if reader_principals() <> '{}' then
            raise exception 'the worker alone keeps the ledger' using errcode = 'insufficient_privilege';
          end if;
      return query
        with taken as (
          delete from outbox o where o.key in (select w.key from outbox w where w.space = space() order by w.key limit at_most)
          returning o.*)
        select t.id, t.type, t.version, t.occurred_at, case when not said.is_notice then a.id end, t.payload, coalesce(said.subject, case when said.is_of_account then a.id end),
               case when said.is_notice then '{}' else array_remove(array[t.actor_key, u.key, case when said.is_of_organisation then a.org_key end], null) end,
               i.key, case when (i.key is not null or y.key is not null) and t.payload ->> 'revision' ~ '^[0-9]{1,9}$' then (t.payload ->> 'revision')::int end,
               y.key, case when y.key is not null then coalesce(g.key, a.org_key) end,
               case when y.key is null then null
                 when t.type in ('advisory-notice.published', 'advisory-notice.published-interim') then 'readers'
                 when t.type = 'advisory-notice.withdrawn' then 'withdrawn-from'
                 when said.is_notice then 'others-in-review'
                 when said.recipient is not null then 'owner'
                 else 'own-side' end
          from taken t
          cross join lateral (select
            ledger_uuid(coalesce(t.payload ->> 'incidentId', t.payload ->> 'recordId', t.payload ->> 'requestId', t.payload ->> 'groupId',
              t.payload ->> 'organisationId', t.payload ->> 'userId')) as subject,
            ledger_uuid(coalesce(t.payload ->> 'incidentId', case t.payload ->> 'recordKind' when 'incident' then t.payload ->> 'recordId' end))
              as incident,
            ledger_uuid(t.payload ->> 'userId') as account,
            t.type ~ '^(account|session|api-key|sign-in)\.' as is_of_account,
            t.type ~ '^(organisation|group|contact|network|duty|secretariat)\.' as is_of_organisation,
            case t.payload ->> 'recordKind' when 'advisory' then ledger_uuid(t.payload ->> 'recordId') end as advisory,
            ledger_uuid(t.payload ->> 'recipientId') as recipient,
            t.type like 'advisory-notice.%' as is_notice) said
          left join user_account a on a.key = t.actor_key
          left join user_account u on said.is_of_account and u.id = said.account
          left join incident i on i.space = t.space and i.id = said.incident
          left join advisory y on y.space = t.space and y.id = said.advisory
          left join organisation g on y.key is not null and g.id = said.recipient
         order by t.key;
    end $function$

function ronda.ledger_uuid(text)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.ledger_uuid(said text)
   RETURNS uuid
   LANGUAGE sql
   IMMUTABLE
  AS $function$ select case when said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then said::uuid end $function$

function ronda.lift_anonymity(bigint)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.lift_anonymity(record bigint)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          here constant int := space();
          me record;
          drawer record;
        begin
          me := reader_account();
          select d.org_key, d.user_key into drawer from incident i
            join authorship_drawer d on d.space = i.space and d.incident_key = i.key and d.part = 0
           where i.space = here and i.key = record and i.authorship = 'anonymous' and i.owner_readers && reader_principals()
             for update of i;
          if not found or drawer.org_key <> me.org_key or me.standing is distinct from 'active' or me.credential_kind = 'link'
              or not exists (select from user_account u where u.key = me.user_key and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator of the owner lifts the anonymity of a record' using errcode = 'insufficient_privilege';
          end if;
          update incident_revision r set audience = unveiled(r.audience), author_key = d.user_key
            from authorship_drawer d where r.space = here and r.incident_key = record
              and d.space = here and d.incident_key = record and d.part = r.number;
          update incident_comment c set readers = unveiled(c.readers) where c.space = here and c.incident_key = record and c.readers is not null;
          update incident_comment c set by_owner = false, author_key = d.user_key, org_key = d.org_key
            from comment_drawer d where c.space = here and c.incident_key = record and c.by_owner and d.comment_key = c.key;
          update release r set owner_readers = unveiled(r.owner_readers)
            where r.space = here and r.record_kind = 'incident' and r.record_key = record;
          update erasure e set owner_readers = unveiled(e.owner_readers)
            where e.space = here and e.record_kind = 'incident' and e.record_key = record;
          -- In the open there is nothing to be kept in quarantine for: who doubts it knows whom to ask.
          update incident i set authorship = 'named', owner_key = drawer.org_key, author_key = drawer.user_key,
              owner_readers = unveiled(i.owner_readers), quarantined_at = null,
              audience = unveiled(i.audience || case when i.quarantined_at is null then '{}' else released_to(record) end)
            where i.space = here and i.key = record;
        end $function$

function ronda.list_pass_on()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.list_pass_on()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
            select i.space, 'incident', new.org_key, i.key, i.id, new.granted_at from incident i
             where i.space = new.space and i.key = new.incident_key
            on conflict do nothing;
          update tombstone t set lifted_at = new.granted_at
            where t.space = new.space and t.reader_key = new.org_key and t.record_kind = 'incident' and t.record_key = new.incident_key
              and t.lifted_at is null;
          return new;
        end $function$

function ronda.next_embargo()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.next_embargo()
   RETURNS timestamp with time zone
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$ select min(r.not_before) from release r where r.status = 'scheduled' and exists (select from user_account u join organisation o on o.key = u.org_key
          where u.key = r.requested_by and u.status = 'active' and o.standing = 'active') $function$

function ronda.note_use(integer[],timestamp with time zone[])
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.note_use(keys integer[], used timestamp with time zone[])
   RETURNS void
   LANGUAGE sql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          update credential c set last_used_at = greatest(c.last_used_at, n.at)
            from unnest(keys, used) n (key, at) where c.key = n.key and c.kind = 'api-key' and c.revoked_at is null
        $function$

function ronda.owners_of(text,bigint)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.owners_of(kind text, record bigint)
   RETURNS integer[]
   LANGUAGE plpgsql
   STABLE
  AS $function$
      begin
        return case kind when 'incident' then
          (select i.owner_readers from ronda.incident i
            where i.space = ronda.space() and i.key = record and i.owner_readers && ronda.reader_principals())
          when 'advisory' then (select a.owner_readers from ronda.advisory a
            where a.space = ronda.space() and a.key = record and a.owner_readers && ronda.reader_principals()) end;
      end $function$

function ronda.passed_by(integer,bigint,integer,integer)
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.passed_by(within integer, record bigint, reader integer, org integer)
   RETURNS integer
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select p.owner_key from pass_on p join incident i on i.space = p.space and i.key = p.incident_key
           where p.space = within and p.incident_key = record and p.org_key = org and not still_reads(reader, (i.audience || case when i.quarantined_at is null then '{}' else released_to(i.key) end)) limit 1
        $function$

function ronda.place_in_collection(integer,timestamp with time zone)
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.place_in_collection(of_principal integer, at timestamp with time zone)
   RETURNS timestamp with time zone
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select greatest(at, (select max(l.added_at) + interval '1 microsecond'
              from (select of_principal union select later.principal_key from group_epoch own join group_epoch later
                      on later.group_key = own.group_key and later.epoch > own.epoch where own.principal_key = of_principal) c (key)
             cross join lateral (select s.added_at from shared_object s
               where s.space = space() and s.principal_key = c.key order by s.added_at desc limit 1) l)) $function$

function ronda.publish_advisory_readers(bigint,integer[],timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.publish_advisory_readers(record bigint, principals integer[], at timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if not exists (select from advisory a where a.space = space() and a.key = record and a.owner_readers && reader_principals()) then
            raise exception 'only the owner publishes a record' using errcode = 'insufficient_privilege';
          end if;
          delete from readable_since r where r.space = space() and r.record_kind = 'advisory' and r.record_key = record
            and not r.principal_key = any (principals)
            and not exists (select from group_epoch held join group_epoch named
                on named.group_key = held.group_key and named.epoch > held.epoch
                where held.principal_key = r.principal_key and named.principal_key = any (principals));
          insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
            select a.space, 'advisory', named, a.key, a.id, at from advisory a, unnest(principals) named
             where a.space = space() and a.key = record
            on conflict do nothing;
        end $function$

function ronda.publish_readers(text,bigint,integer[],timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.publish_readers(kind text, record bigint, principals integer[], at timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if kind <> 'incident' or not exists (select from incident i
          where i.space = space() and i.key = record and i.owner_readers && reader_principals()) then
        raise exception 'only the owner publishes a record' using errcode = 'insufficient_privilege';
      end if;
      -- Lists are by who is behind a veil: a record has one of its own, and a reader would have as many lists.
      principals := unveiled(principals);
      -- Whoever holds an earlier epoch of a group holds the later ones too: a release to the newest lets newcomers in,
      -- and is nothing that the others may notice.
      delete from readable_since r where r.space = space() and r.record_kind = kind and r.record_key = record
        and not r.principal_key = any (principals)
        and not exists (select from group_epoch held join group_epoch named
            on named.group_key = held.group_key and named.epoch > held.epoch
            where held.principal_key = r.principal_key and named.principal_key = any (principals))
        and not exists (select from pass_on p where p.space = r.space and p.incident_key = r.record_key
            and p.org_key = r.principal_key and p.ended_at is null);
      insert into readable_since (space, record_kind, principal_key, record_key, record_id, since)
        select i.space, kind, named, i.key, i.id, at from incident i, unnest(principals) named
         where i.space = space() and i.key = record
        on conflict do nothing;
    end $function$

function ronda.purge_events(timestamp with time zone)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.purge_events(before timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone relays events' using errcode = 'insufficient_privilege';
          end if;
          delete from event e where e.occurred_at < before and e.position is not null
            and e.position < (select max(m.position) from event m where m.space = e.space);
        end $function$

function ronda.purge_expired(timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.purge_expired(at timestamp with time zone)
   RETURNS void
   LANGUAGE sql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          delete from idempotency_key where created_at < at - interval '24 hours';
          delete from credential where kind <> 'api-key' and coalesce(revoked_at, refresh_expires_at, expires_at) < at - interval '30 days';
          delete from sign_in_attempt where last_failed_at < at - interval '1 day'
            and (last_succeeded_at is null or last_succeeded_at < at - interval '90 days');
        $function$

function ronda.quarantine_reasons(bigint[])
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.quarantine_reasons(records bigint[])
   RETURNS TABLE(record_key bigint, since timestamp with time zone, reasons text[])
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select i.key, i.quarantined_at, array(select distinct a.reason from quarantine_ask a
              where a.space = i.space and a.incident_key = i.key and a.withdrawn_at is null order by 1)
            from incident i where i.space = space() and i.key = any (records) and i.quarantined_at is not null
              and i.owner_readers && reader_principals()
        $function$

function ronda.queue_exercise_event()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.queue_exercise_event()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      insert into exercise_event (space, id, type, occurred_at, actor_key, payload)
        values (new.space, new.id, new.type, new.occurred_at, new.actor_key, new.payload);
      return null;
    end $function$

function ronda.reader_account()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.reader_account(OUT user_key integer, OUT org_key integer, OUT kind text, OUT affiliation text, OUT parent_key integer, OUT standing text, OUT is_secretariat boolean, OUT credential_kind text)
   RETURNS record
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare
      shown bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
      acting int := nullif(current_setting('app.acting_user', true), '')::int;
      versions text := '';
    begin
      if shown is not null then
        select u.key, o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat, c.kind,
               row_versions(c.xmin, u.xmin, o.xmin)
          into user_key, org_key, kind, affiliation, parent_key, standing, is_secretariat, credential_kind, versions
          from credential c join user_account u on u.key = c.user_key join organisation o on o.key = u.org_key
         where c.token_hash = shown and c.revoked_at is null and c.expires_at > clock()
           and o.standing <> 'retired' and (u.status = 'active' or c.kind = 'link' and u.status = 'invited');
      elsif acting is not null then
        select u.key, o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat, 'job'
          into user_key, org_key, kind, affiliation, parent_key, standing, is_secretariat, credential_kind
          from user_account u join organisation o on o.key = u.org_key
         where u.key = acting and (u.status = 'active' and o.standing <> 'retired' or coalesce(current_setting('app.ends', true) = 'interim', false)
           and exists (select from advisory a where a.space = space() and a.owner_key = o.key and a.interim_until <= clock()));
      end if;
      versions := set_config('app.reader_versions', coalesce(versions, ''), true);
    end $function$

function ronda.reader_exercises()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.reader_exercises()
   RETURNS integer[]
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare
      me record;
    begin
      me := reader_account();
      if me.user_key is null or me.credential_kind = 'link' or me.standing <> 'active' then return '{}'; end if;
      return array(select t.space from exercise_team t where t.org_key = me.org_key
        union select s.space from exercise_staff s where s.user_key = me.user_key);
    end $function$

function ronda.reader_fellows()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.reader_fellows()
   RETURNS integer[]
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare groups int[] := reader_groups();
        begin
          return array(select distinct m.org_key from group_membership m where m.group_key = any (groups) and m.state in ('proposed', 'member'));
        end $function$

function ronda.reader_groups()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.reader_groups()
   RETURNS integer[]
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare me record;
        begin
          select * into me from reader_account();
          if me.standing is distinct from 'active' or me.credential_kind = 'link' then return '{}'; end if;
          return array(select m.group_key from group_membership m where m.org_key = me.org_key and m.state in ('proposed', 'member'));
        end $function$

function ronda.reader_is_local_controller()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.reader_is_local_controller()
   RETURNS boolean
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          me record;
        begin
          me := reader_account();
          return me.user_key is not null and me.credential_kind <> 'link' and me.standing = 'active'
            and exists (select from exercise_staff s where s.space = space() and s.user_key = me.user_key and s.part = 'local-controller')
            and exists (select from exercise_team t where t.space = space() and t.org_key = me.org_key);
        end $function$

function ronda.reader_parent()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.reader_parent()
   RETURNS integer
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$ select parent_key from reader_account() $function$

function ronda.reader_part()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.reader_part()
   RETURNS text
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    declare
      me record;
    begin
      me := reader_account();
      if me.user_key is null or me.credential_kind = 'link' or me.standing <> 'active' then return null; end if;
      return (select s.part from exercise_staff s where s.space = space() and s.user_key = me.user_key and s.part <> 'local-controller');
    end $function$

function ronda.reader_passed_records()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.reader_passed_records()
   RETURNS bigint[]
   LANGUAGE sql
   STABLE
  AS $function$
          select case when ronda.reader_principals() && array[2, 3] then '{}'::bigint[] else (ronda.derive_passed_on()).records end $function$

function ronda.reader_passed_revisions()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.reader_passed_revisions()
   RETURNS integer[]
   LANGUAGE sql
   STABLE
  AS $function$
          select case when ronda.reader_principals() && array[2, 3] then '{}'::int[] else (ronda.derive_passed_on()).revisions end $function$

function ronda.reader_principals()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.reader_principals()
   RETURNS integer[]
   LANGUAGE sql
   STABLE
  AS $function$ select coalesce(nullif(current_setting('app.principals', true), '')::int[], ronda.derive_principals()) $function$

function ronda.receipt_bands(bigint)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.receipt_bands(record bigint)
   RETURNS TABLE(kind text, band text)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not exists (select from incident i where i.space = space() and i.key = record and i.authorship = 'anonymous'
          and i.owner_readers && reader_principals()) then return; end if;
      return query
        select k.kind, case when n.organisations < 5 then 'fewer-than-5' when n.organisations < 10 then '5-to-9' else '10-or-more' end
          from unnest(array['delivered', 'opened', 'exported', 'acknowledged', 'acted-on', 'asked-back', 'deleted', 'kept'])
              with ordinality k (kind, place)
          cross join lateral (select count(distinct said.org_key) as organisations from (
            select r.org_key from receipt r where r.space = space() and r.record_kind = 'incident' and r.record_key = record
              and r.kind = k.kind and passed_by is null
            union all select t.org_key from tombstone t where t.space = space() and t.record_kind = 'incident' and t.record_key = record
              and t.lifted_at is null and k.kind in ('asked-back', t.answer) and passed_by is null) said) n
         order by k.place;
    end $function$

function ronda.redact(jsonb,text)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.redact(facts jsonb, pattern text)
   RETURNS jsonb
   LANGUAGE plpgsql
   IMMUTABLE
  AS $function$
        begin
          return case jsonb_typeof(facts)
            when 'string' then to_jsonb(regexp_replace(facts #>> '{}', pattern, '[erased]', 'gi'))
            when 'array' then coalesce((select jsonb_agg(ronda.redact(e, pattern) order by n)
              from jsonb_array_elements(facts) with ordinality each (e, n)), '[]')
            when 'object' then coalesce((select jsonb_object_agg(k, case when k ~ 'At$' or k in
              ('language', 'channel', 'type', 'country', 'loss', 'severity', 'techniques') then v else ronda.redact(v, pattern) end)
              from jsonb_each(facts) each (k, v)), '{}')
            else facts end;
        end $function$

function ronda.relay_events(integer)
  owner ronda_sequencer
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.relay_events(most integer)
   RETURNS integer
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          relayed int;
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone relays events' using errcode = 'insufficient_privilege';
          end if;
          -- 'Even' in ASCII.
          if not pg_try_advisory_xact_lock(x'4576656e'::int) then return 0; end if;
          with waiting as (select e.key, e.space from event e where e.position is null order by e.key limit most),
          placed as (select w.key, row_number() over (partition by w.space order by w.key)
              + coalesce((select max(m.position) from event m where m.space = w.space), 0) as position from waiting w)
          update event e set position = placed.position, relayed_at = clock() from placed where e.key = placed.key;
          get diagnostics relayed = row_count;
          if relayed > 0 then perform pg_notify('ronda_events', ''); end if;
          return relayed;
        end $function$

function ronda.release_ceiling()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.release_ceiling()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
    begin
      if new.tlp = 'TLP:RED' and exists (select from unnest(new.principals) named
          where not exists (select from ronda.principal p where p.key = named and p.kind = 'user')) then
        raise exception 'TLP:RED is released to named users' using errcode = 'check_violation';
      end if;
      return new;
    end $function$

function ronda.released_to(bigint)
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.released_to(record bigint)
   RETURNS integer[]
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select coalesce((select r.principals from release r where r.space = space() and r.record_kind = 'incident'
            and r.record_key = record and r.status = 'released'), '{}')
        $function$

function ronda.request_ceiling()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.request_ceiling()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
        begin
          if new.tlp = 'TLP:RED' and exists (select from unnest(new.audience) named
              where not exists (select from ronda.principal r where r.key = named and r.kind = 'user')) then
            raise exception 'TLP:RED is sent to named users' using errcode = 'check_violation';
          end if;
          return new;
        end $function$

function ronda.rest_shared_objects()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.rest_shared_objects()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          update shared_object s set is_resting = new.quarantined_at is not null
            where s.space = new.space and s.incident_key = new.key;
          return null;
        end $function$

function ronda.retain_no_notes()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.retain_no_notes()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          update pass_on n set note = null where n.space = new.space and n.incident_key = new.record_key and n.note is not null;
          update feedback n set note = null where n.space = new.space and n.incident_key = new.record_key and n.note is not null;
          update wider_sharing_request n set reason = '' where n.space = new.space and n.incident_key = new.record_key;
          return new;
        end $function$

function ronda.retention_due(jsonb,timestamp with time zone,integer)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.retention_due(rules jsonb, at timestamp with time zone, at_most integer)
   RETURNS TABLE(kind text, record_key bigint, record_id uuid, incident_key bigint, incident_id uuid, country text, days integer, last_change timestamp with time zone)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          -- Nothing younger is due by any of them.
          latest constant timestamptz := at - make_interval(days => (select min((r ->> 'days')::int) from jsonb_array_elements(rules) r));
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone ends what is kept' using errcode = 'insufficient_privilege';
          end if;
          return query
            with rule as materialized (select r.kind, r.country, r.days from jsonb_to_recordset(rules) as r (kind text, country text, days int)),
            old as (
              select case r.status when 'draft' then 'draft' else 'incident' end as kind, i.key, i.id, i.key as incident_key, i.id as incident_id,
                     coalesce(i.owner_key, d.org_key) as org_key, r.created_at as last_change,
                     i.owner_key is null and exists (select from release s where s.space = i.space and s.record_kind = 'incident'
                       and s.record_key = i.key and s.released_at is not null) as is_unnamed
                from incident i
                join incident_revision r on r.space = i.space and r.incident_key = i.key and r.number = i.head
                left join authorship_drawer d on d.space = i.space and d.incident_key = i.key and d.part = 0
               where i.space = space() and i.created_at <= latest and r.created_at <= latest
                 and not exists (select from erasure e where e.space = i.space and e.record_kind = 'incident' and e.record_key = i.key
                   and e.basis = 'retention' and e.erased_at > r.created_at)
              union all
              select 'comment', c.key, c.id, i.key, i.id, coalesce(c.org_key, (select d.org_key from comment_drawer d where d.comment_key = c.key)), coalesce(c.edited_at, c.created_at), c.by_owner
                from incident_comment c join incident i on i.space = c.space and i.key = c.incident_key
               where c.space = space() and c.created_at <= latest and c.deleted_at is null)
            select o.kind, o.key, o.id, o.incident_key, o.incident_id, a.country, kept.days, o.last_change
              from old o join organisation a on a.key = o.org_key
              cross join lateral (select u.days from rule u where u.kind = o.kind and (o.is_unnamed or u.country = a.country or u.country is null)
                order by case when o.is_unnamed then u.days end nulls last, u.country nulls last limit 1) kept
             where o.last_change <= at - make_interval(days => kept.days)
             order by o.last_change, o.key limit at_most;
        end $function$

function ronda.retention_erase(timestamp with time zone,jsonb)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.retention_erase(at timestamp with time zone, chosen jsonb)
   RETURNS TABLE(erasure_id uuid)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          each record;
          owners int[];
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone ends what is kept' using errcode = 'insufficient_privilege';
          end if;
          for each in select * from jsonb_to_recordset(chosen) as c (kind text, record_key bigint, days int, erasure uuid, reason text) loop
            if each.kind = 'comment' then
              update incident_comment c set body = '', deleted_at = at
                where c.space = space() and c.key = each.record_key and c.deleted_at is null
                  and coalesce(c.edited_at, c.created_at) <= at - make_interval(days => each.days)
                returning case when c.by_owner then (select i.owner_readers from incident i where i.space = c.space and i.key = c.incident_key) else array[c.org_key] end into owners;
              if not found then continue; end if;
            else
              -- Whoever changes it waits here, and is seen below.
              perform from incident i where i.space = space() and i.key = each.record_key for update;
              select i.owner_readers into owners from incident i
                join incident_revision r on r.space = i.space and r.incident_key = i.key and r.number = i.head
               where i.space = space() and i.key = each.record_key and r.created_at <= at - make_interval(days => each.days)
                 and (r.status = 'draft') = (each.kind = 'draft');
              if not found then continue; end if;
              update incident_revision r set facts = emptied(r.facts), note = null, rsit_class = null, rsit_type = null,
                  severity_score = null, severity_band = null, sector = null, countries = '{}'
                where r.space = space() and r.incident_key = each.record_key;
              update authorship_drawer d set external_references = case when d.external_references is not null then '[]'::jsonb end, note = null
                where d.space = space() and d.incident_key = each.record_key;
              update incident_link l set note = null where l.space = space() and l.from_key = each.record_key and l.note is not null;
              -- The name stays, so that the same line is not filed anew; what the line held could be guessed from its hash.
              update filed_line l set content_hash = decode(repeat('00', 32), 'hex') from incident i
                where i.space = space() and i.key = each.record_key and l.space = i.space and l.incident_id = i.id;
            end if;
            insert into erasure (space, id, record_kind, record_key, owner_readers, basis, reason, erased_at)
              values (space(), each.erasure, case each.kind when 'draft' then 'incident' else each.kind end, each.record_key, owners,
                'retention', each.reason, at);
            erasure_id := each.erasure;
            return next;
          end loop;
        end $function$

function ronda.retention_forget_observables(uuid[])
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.retention_forget_observables(erasures uuid[])
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone ends what is kept' using errcode = 'insufficient_privilege';
          end if;
          delete from sighting s using erasure e where e.space = space() and e.id = any (erasures) and e.record_kind = 'incident'
            and e.basis = 'retention' and e.erased_at = clock() and s.space = e.space and s.incident_key = e.record_key;
          delete from observable_appearance a using erasure e where e.space = space() and e.id = any (erasures) and e.record_kind = 'incident'
            and e.basis = 'retention' and e.erased_at = clock() and a.space = e.space and a.incident_key = e.record_key;
        end $function$

function ronda.retire_attachments()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.retire_attachments()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          delete from attachment a where a.space = new.space and a.incident_key = new.record_key;
          return null;
        end $function$

function ronda.review_queue()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.review_queue()
   RETURNS TABLE(key bigint, id uuid, owner_key integer, status text, published integer, submitted_at timestamp with time zone, review_by timestamp with time zone, interim_until timestamp with time zone, is_owner boolean, is_reviewer boolean, via integer[], number integer, written_at timestamp with time zone, version text, tlp text, pap text, kind text, joint integer[], is_urgent boolean, title text, published_at timestamp with time zone, acknowledge_by timestamp with time zone, state text, has_open_changes boolean, approvals integer[], authors integer[], is_acknowledged boolean)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER ROWS 50
   SET search_path TO 'ronda', 'pg_temp'
   SET plan_cache_mode TO 'force_generic_plan'
  AS $function$
          #variable_conflict use_column
          declare
            mine constant int[] := reader_principals();
            here constant int := space();
          begin
            return query
              with waiting as (
                select a.*, a.owner_readers && mine as is_owner, a.reviewers && mine as is_reviewer, true as is_inside from advisory a
                 where a.space = here and (a.status = 'in-review' or a.interim_until is not null) and (a.owner_readers && mine or a.reviewers && mine)
                union all
                select a.*, false, false, false from (
                  select u.key from advisory u where u.space = here and u.acknowledge_by is not null and not u.owner_readers && mine
                    and (u.key, u.published) not in (select x.advisory_key, x.number from advisory_receipt x
                      where x.space = here and x.kind = 'acknowledged' and x.reader_key = any (mine)) offset 0) u
                  join advisory a on a.space = here and a.key = u.key
                 where a.audience && mine
                   and not a.reviewers && mine)
              select a.key, a.id, a.owner_key, a.status, a.published, a.submitted_at, a.review_by, a.interim_until, a.is_owner, a.is_reviewer,
                     case when r.published_at is null then '{}' else array(select reader from unnest(a.audience) reader where reader = any (mine)) end,
                     r.number, r.created_at, r.version, r.tlp, r.pap, r.kind, r.joint, r.is_urgent, r.content ->> 'title', r.published_at, r.acknowledge_by,
                     case
                       when not a.is_inside then case when a.interim_until is null then 'published' else 'interim' end
                       when a.status = 'published' and a.interim_until is not null then 'interim'
                       when a.status <> 'in-review' then a.status
                       when s.has_open_changes then 'changes-requested'
                       when a.owner_key = any (s.approvals) and r.joint <@ s.approvals then 'approved'
                       else 'in-review' end,
                     s.has_open_changes, s.approvals,
                     case when a.is_inside then array(select w.author_key from advisory_revision w
                       where w.space = a.space and w.advisory_key = a.key and w.version = r.version) else '{}' end,
                     case when r.published_at is null or a.is_owner then false else exists (select from advisory_receipt x
                       where x.space = a.space and x.reader_key = any (mine) and x.advisory_key = a.key and x.number = r.number and x.kind = 'acknowledged') end
                from waiting a
                cross join lateral (select v.* from advisory_revision v where v.space = a.space and v.advisory_key = a.key
                    and (v.audience && mine or a.is_reviewer and v.number >= a.opened_from) order by v.number desc limit 1) r
                cross join lateral (select
                    a.is_inside and exists (select from advisory_change c where c.space = a.space and c.advisory_key = a.key and c.settled_at is null)
                      as has_open_changes,
                    case when a.is_inside then array(select v.org_key from advisory_approval v
                      where v.space = a.space and v.advisory_key = a.key and v.number = r.number) else '{}' end as approvals offset 0) s;
          end $function$

function ronda.row_versions(xid,xid,xid)
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.row_versions(credential xid, account xid, organisation xid)
   RETURNS text
   LANGUAGE sql
   STABLE
  AS $function$ select concat_ws('.', credential, account, organisation) $function$

function ronda.say_passed_by()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.say_passed_by()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if tg_table_name = 'feedback' then
            new.passed_by := passed_by(new.space, new.incident_key, new.owner_key, new.owner_key);
          elsif tg_table_name = 'receipt' then
            new.passed_by := passed_by(new.space, new.record_key, new.reader_key, new.org_key);
          else
            -- Where some of it came from the owner itself, the owner asks.
            new.passed_by := (select case when bool_and(r.passed_by is not null) then max(r.passed_by) end from receipt r
              where r.space = new.space and r.reader_key = new.reader_key and r.record_key = new.record_key);
          end if;
          return new;
        end $function$

function ronda.search(tsquery,timestamp with time zone,uuid,integer,integer,boolean,text[],text[],text[],text[],text[],text[],integer[],text[],timestamp with time zone,timestamp with time zone,boolean)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.search(q tsquery, before_at timestamp with time zone, before_id uuid, wanted integer, few integer, told_common boolean, of_status text[] DEFAULT NULL::text[], of_class text[] DEFAULT NULL::text[], of_type text[] DEFAULT NULL::text[], of_band text[] DEFAULT NULL::text[], of_sector text[] DEFAULT NULL::text[], of_country text[] DEFAULT NULL::text[], of_owner integer[] DEFAULT NULL::integer[], of_tlp text[] DEFAULT NULL::text[], from_at timestamp with time zone DEFAULT NULL::timestamp with time zone, until_at timestamp with time zone DEFAULT NULL::timestamp with time zone, in_queue boolean DEFAULT false)
   RETURNS TABLE(record_key bigint, record_id uuid, since timestamp with time zone, rank real, comments bigint[], is_common boolean)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER ROWS 20
   SET search_path TO 'ronda', 'pg_temp'
   SET plan_cache_mode TO 'force_generic_plan'
  AS $function$
    declare
      here constant int := space();
      held constant int[] := reader_principals();
      hits bigint[];
      last_at timestamptz := before_at;
      last_id uuid := before_id;
      step int := 200;
      walked int := 0;
      taken int;
      found_now int;
      found_all int := 0;
      is_filtered constant boolean := in_queue
        or num_nonnulls(of_status, of_class, of_type, of_band, of_sector, of_country, of_owner, of_tlp, from_at) > 0;
      passed constant bigint[] := reader_passed_records();
      passed_revisions constant int[] := reader_passed_revisions();
    begin
      if here is null or coalesce(held, '{}') = '{}' then return; end if;
      if until_at <= before_at then
        before_at := until_at;
        before_id := '00000000-0000-0000-0000-000000000000';
        last_at := before_at;
        last_id := before_id;
      end if;
      is_common := told_common;
      if not is_common then
        select array_agg(h.incident_key) into hits from (
          select d.incident_key from search_document d where d.words @@ q and d.space = here limit few + 1) h;
        is_common := coalesce(cardinality(hits), 0) > few;
      end if;

      if is_common then
        loop
          select array_agg(s.record_key), min(s.since), count(*) into hits, last_at, taken from (
            select each.record_key, each.since from unnest(held) as h (principal)
              cross join lateral (
                select s.record_key, s.since, s.record_id from readable_since s
                 where s.space = here and s.record_kind = 'incident' and s.principal_key = h.principal
                   and (s.since, s.record_id) < (last_at, last_id)
                 order by s.since desc, s.record_id desc limit step) each
             order by each.since desc, each.record_id desc limit step) s;
          exit when taken = 0;
          -- Behind the last of them the next step begins.
          select s.record_id into last_id from readable_since s
           where s.space = here and s.record_kind = 'incident' and s.record_key = hits[taken] and s.since = last_at limit 1;
          return query
            -- In order before they are asked what they say, so that no more are asked than are wanted.
            select f.record_key, f.record_id, f.since, m.rank, m.comments, true from (
              select f.key as record_key, i.id as record_id, e.since
                from (select distinct unnest(hits) as key) f join incident i on i.space = here and i.key = f.key and (i.audience && held or i.key = any (passed))
                cross join lateral (select min(s.since) as since from readable_since s
                  where s.space = here and s.record_kind = 'incident' and s.record_key = f.key and s.principal_key = any (held)) e
               where (e.since, i.id) < (before_at, before_id) and (e.since, i.id) >= (last_at, last_id)
               order by e.since desc, i.id desc offset 0) f
    cross join lateral (
      select max(ts_rank(d.words, q)) as rank, array_agg(d.comment_key) filter (where d.comment_key > 0) as comments
        from search_document d
       where d.space = here and d.incident_key = f.record_key and d.words @@ q and case when d.comment_key = 0
      then d.number = (select max(e.number) from search_document e
        where e.space = d.space and e.incident_key = d.incident_key and e.comment_key = 0 and e.number <= (
          select max(r.number) from incident_revision r
           where r.space = d.space and r.incident_key = d.incident_key and (r.audience && held or r.number = passed_revisions[array_position(passed, r.incident_key)])))
      else exists (select from incident_comment c where c.key = d.comment_key and c.space = d.space and c.incident_key = d.incident_key
        and c.deleted_at is null and (c.readers is null or c.readers && held))
        and exists (select from incident_revision r
           where r.space = d.space and r.incident_key = d.incident_key and r.audience && held)
        and exists (select from incident i where i.space = d.space and i.key = d.incident_key and i.audience && held) end
      having count(*) > 0) m
    where case when is_filtered then (from_at is null or f.since >= from_at) and exists (
      select from incident i
        cross join lateral (select v.* from incident_revision v
          where v.space = here and v.incident_key = i.key and (v.audience && held or v.number = passed_revisions[array_position(passed, v.incident_key)]) order by v.number desc limit 1) r
       where i.space = here and i.key = f.record_key
         and incident_passes(r.status, r.rsit_class, r.rsit_type, r.severity_band, r.sector, r.countries, r.tlp, i.owner_readers && held,
           of_status, of_class, of_type, of_band, of_sector, of_country, of_tlp, in_queue)
         and (of_owner is null or i.owner_key = any (of_owner) or (i.owner_key is null and exists (
           select from authorship_drawer d where d.space = here and d.incident_key = i.key and d.part = 0
              and d.org_key = any (of_owner) and d.org_key = any (held))))) else true end
             order by f.since desc, f.record_id desc limit wanted - found_all;
          get diagnostics found_now = row_count;
          found_all := found_all + found_now;
          walked := walked + taken;
          if found_all >= wanted or taken < step or last_at < from_at then return; end if;
          -- Few of them say it: at this rate the rest of a long list would take long.
          exit when found_all::bigint * 2000 < (wanted - found_all)::bigint * walked and found_all * 5 < walked
            and (select count(*) > few from (select from unnest(held) as h (principal)
              cross join lateral (select from readable_since s
                where s.space = here and s.record_kind = 'incident' and s.principal_key = h.principal
                  and (s.since, s.record_id) < (last_at, last_id) limit few + 1) each limit few + 1) rest);
          step := least(step * 2, 5000);
        end loop;
        if taken = 0 then return; end if;
        select array_agg(d.incident_key) into hits from search_document d where d.words @@ q and d.space = here;
      end if;

      if is_filtered then
      return query
        select f.record_key, f.record_id, f.since, m.rank, m.comments, is_common from (
          select h.key as record_key, e.record_id, e.since from (select distinct unnest(hits) as key) h
            cross join lateral (select s.record_id, min(s.since) as since from readable_since s
              where s.space = here and s.record_kind = 'incident' and s.record_key = h.key and s.principal_key = any (held)
              group by s.record_id) e
           where (e.since, e.record_id) < (last_at, last_id)
           order by e.since desc, e.record_id desc offset 0) f
          cross join lateral (select from incident i
            where i.space = here and i.key = f.record_key and (i.audience && held or i.key = any (passed)) offset 0) i
    cross join lateral (
      select max(ts_rank(d.words, q)) as rank, array_agg(d.comment_key) filter (where d.comment_key > 0) as comments
        from search_document d
       where d.space = here and d.incident_key = f.record_key and d.words @@ q and case when d.comment_key = 0
      then d.number = (select max(e.number) from search_document e
        where e.space = d.space and e.incident_key = d.incident_key and e.comment_key = 0 and e.number <= (
          select max(r.number) from incident_revision r
           where r.space = d.space and r.incident_key = d.incident_key and (r.audience && held or r.number = passed_revisions[array_position(passed, r.incident_key)])))
      else exists (select from incident_comment c where c.key = d.comment_key and c.space = d.space and c.incident_key = d.incident_key
        and c.deleted_at is null and (c.readers is null or c.readers && held))
        and exists (select from incident_revision r
           where r.space = d.space and r.incident_key = d.incident_key and r.audience && held)
        and exists (select from incident i where i.space = d.space and i.key = d.incident_key and i.audience && held) end
      having count(*) > 0) m
    where case when is_filtered then (from_at is null or f.since >= from_at) and exists (
      select from incident i
        cross join lateral (select v.* from incident_revision v
          where v.space = here and v.incident_key = i.key and (v.audience && held or v.number = passed_revisions[array_position(passed, v.incident_key)]) order by v.number desc limit 1) r
       where i.space = here and i.key = f.record_key
         and incident_passes(r.status, r.rsit_class, r.rsit_type, r.severity_band, r.sector, r.countries, r.tlp, i.owner_readers && held,
           of_status, of_class, of_type, of_band, of_sector, of_country, of_tlp, in_queue)
         and (of_owner is null or i.owner_key = any (of_owner) or (i.owner_key is null and exists (
           select from authorship_drawer d where d.space = here and d.incident_key = i.key and d.part = 0
              and d.org_key = any (of_owner) and d.org_key = any (held))))) else true end
         order by f.since desc, f.record_id desc limit wanted - found_all; else
      return query
        select f.record_key, f.record_id, f.since, m.rank, m.comments, is_common from (
          select h.key as record_key, e.record_id, e.since from (select distinct unnest(hits) as key) h
            cross join lateral (select s.record_id, min(s.since) as since from readable_since s
              where s.space = here and s.record_kind = 'incident' and s.record_key = h.key and s.principal_key = any (held)
              group by s.record_id) e
           where (e.since, e.record_id) < (last_at, last_id)
           order by e.since desc, e.record_id desc offset 0) f
          cross join lateral (select from incident i
            where i.space = here and i.key = f.record_key and (i.audience && held or i.key = any (passed)) offset 0) i
    cross join lateral (
      select max(ts_rank(d.words, q)) as rank, array_agg(d.comment_key) filter (where d.comment_key > 0) as comments
        from search_document d
       where d.space = here and d.incident_key = f.record_key and d.words @@ q and case when d.comment_key = 0
      then d.number = (select max(e.number) from search_document e
        where e.space = d.space and e.incident_key = d.incident_key and e.comment_key = 0 and e.number <= (
          select max(r.number) from incident_revision r
           where r.space = d.space and r.incident_key = d.incident_key and (r.audience && held or r.number = passed_revisions[array_position(passed, r.incident_key)])))
      else exists (select from incident_comment c where c.key = d.comment_key and c.space = d.space and c.incident_key = d.incident_key
        and c.deleted_at is null and (c.readers is null or c.readers && held))
        and exists (select from incident_revision r
           where r.space = d.space and r.incident_key = d.incident_key and r.audience && held)
        and exists (select from incident i where i.space = d.space and i.key = d.incident_key and i.audience && held) end
      having count(*) > 0) m
         order by f.since desc, f.record_id desc limit wanted - found_all; end if;
    end $function$

function ronda.search_due(text,integer)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.search_due(current_segmenter text, at_most integer)
   RETURNS TABLE(space integer, incident_key bigint, number integer, comment_key bigint, title text, description text, tags text[], body text)
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone indexes anew' using errcode = 'insufficient_privilege';
          end if;
          return query
            with due as (
              select d.space, d.incident_key, d.number, d.comment_key from search_document d
               where d.segmenter < current_segmenter or d.segmenter > current_segmenter limit at_most for update skip locked)
            select d.space, d.incident_key, d.number, d.comment_key, r.facts ->> 'title', r.facts ->> 'description',
                   array(select jsonb_array_elements_text(r.facts -> 'tags')), c.body
              from due d
              left join incident_revision r on r.space = d.space and r.incident_key = d.incident_key and r.number = d.number
              left join incident_comment c on c.space = d.space and c.key = d.comment_key;
        end $function$

function ronda.search_forget(bigint)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.search_forget(record bigint)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' and not exists (select from incident i
              where i.space = space() and i.key = record and i.owner_readers && reader_principals()) then
            raise exception 'only the owner takes a record out of the index' using errcode = 'insufficient_privilege';
          end if;
          update search_document d set segmenter = '', words = '' where d.space = space() and d.incident_key = record;
        end $function$

function ronda.search_reindex(text,jsonb)
  owner ronda_searcher
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.search_reindex(current_segmenter text, documents jsonb)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone indexes anew' using errcode = 'insufficient_privilege';
          end if;
          update search_document d set segmenter = current_segmenter, words = n.words::tsvector
            from jsonb_to_recordset(documents) as n (space int, incident_key bigint, number int, comment_key bigint, words text)
           where d.space = n.space and d.incident_key = n.incident_key and d.number = n.number and d.comment_key = n.comment_key;
        end $function$

function ronda.session_for_refresh(bytea,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.session_for_refresh(shown bytea, at timestamp with time zone)
   RETURNS TABLE(credential_key integer, user_key integer, is_spent boolean)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select c.key, c.user_key, c.refresh_hash is distinct from shown
            from credential c join user_account u on u.key = c.user_key join organisation o on o.key = u.org_key
           where c.key in (select key from credential where refresh_hash = shown
                 union all select credential_key from spent_refresh_token where token_hash = shown)
             and c.revoked_at is null and c.refresh_expires_at > at and u.status = 'active' and o.standing <> 'retired'
        $function$

function ronda.settle_quarantine(bigint,timestamp with time zone)
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.settle_quarantine(record bigint, at timestamp with time zone)
   RETURNS boolean
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          target incident;
          is_wanted boolean;
        begin
          select i.* into target from incident i where i.space = space() and i.key = record for update;
          is_wanted := target.authorship = 'anonymous' and (select count(*) >= 3 from quarantine_ask a
            where a.space = space() and a.incident_key = record and a.withdrawn_at is null);
          if is_wanted = (target.quarantined_at is not null) then return null; end if;
          update incident i set quarantined_at = case when is_wanted then at end,
              audience = array(select distinct n from unnest(i.owner_readers || i.filer_key || released_to(record)) n where n is not null)
            where i.space = space() and i.key = record;
          return is_wanted;
        end $function$

function ronda.share_objects(bigint,integer,integer[],jsonb,jsonb,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.share_objects(record bigint, of_revision integer, principals integer[], objects jsonb, gone jsonb, at timestamp with time zone)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          owners int[];
          lets_in int[];
          kept int[];
          had int[];
          before int[];
          readers int[];
          collection text;
          each_key int;
        begin
          select i.owner_readers, i.audience into owners, lets_in from incident i
            where i.space = space() and i.key = record and i.owner_readers && reader_principals();
          if not found then
            raise exception 'only the owner shares a record' using errcode = 'insufficient_privilege';
          end if;
          kept := array(select k.key from principal k where k.key = any (principals) and k.key = any (lets_in) and not k.key = any (owners)
            and k.kind in ('public', 'community', 'partners', 'community-relay', 'partners-relay', 'organisation', 'group-epoch'));
          had := array(select distinct s.principal_key from shared_object s
            where s.space = space() and s.incident_key = record and s.only_for is null and not s.principal_key = any (kept));
          -- Epochs before those of a group that it goes to: whoever still holds one of them has it already, from when it came.
          before := array(select distinct earlier.principal_key from group_epoch e join group_epoch earlier
              on earlier.group_key = e.group_key and earlier.epoch < e.epoch
            where e.principal_key = any (kept) and earlier.principal_key = any (had));
          -- One after the other, in one order for everybody, until the commit.
          for collection in
            select distinct coalesce('group ' || e.group_key, 'principal ' || k.key) as name
              from unnest(kept || had) k (key) left join group_epoch e on e.principal_key = k.key order by name
          loop
            perform pg_advisory_xact_lock(hashtextextended('taxii ' || space() || ' ' || collection, 17));
          end loop;

          delete from shared_object s where s.space = space() and s.incident_key = record
            and (s.principal_key = any (had) and s.only_for is null
                and not (s.principal_key = any (before) and exists (select from jsonb_to_recordset(objects) as o (id text, version timestamptz, object text)
                  where o.id = s.stix_id and o.version = s.version and o.object = s.object))
              or s.principal_key = any (kept) and (s.only_for is not null
                or not exists (select from jsonb_array_elements(objects) o where o ->> 'id' = s.stix_id)));
          readers := array(select t.reader_key from tombstone t
            where t.space = space() and t.record_kind = 'incident' and t.record_key = record and t.lifted_at is null);
          if cardinality(readers) > 0 then
            foreach each_key in array array(select k from unnest(had) k where not k = any (before)) loop
              insert into shared_object (space, principal_key, incident_key, stix_id, version, type, added_at, only_for, object)
                select space(), each_key, record, o.id, o.version, o.type,
                    place_in_collection(each_key, at) + (row_number() over () - 1) * interval '1 microsecond', readers, o.object
                  from jsonb_to_recordset(gone) as o (id text, type text, version timestamptz, object text)
                on conflict do nothing;
            end loop;
          end if;
          foreach each_key in array kept loop
            insert into shared_object as s (space, principal_key, incident_key, stix_id, version, type, added_at, revision, object)
              select space(), each_key, record, o.id, o.version, o.type,
                  place_in_collection(each_key, at) + (row_number() over () - 1) * interval '1 microsecond', of_revision, o.object
                from jsonb_to_recordset(objects) as o (id text, type text, version timestamptz, object text)
              on conflict (space, principal_key, incident_key, stix_id, version) do update
                set object = excluded.object, revision = excluded.revision,
                  added_at = case when s.object = excluded.object then s.added_at else excluded.added_at end;
          end loop;
        end $function$

function ronda.space()
  owner migrator
  grant public: execute
  CREATE OR REPLACE FUNCTION ronda.space()
   RETURNS integer
   LANGUAGE sql
   STABLE PARALLEL SAFE
  AS $function$ select nullif(current_setting('app.space', true), '')::int $function$

function ronda.space_organisations()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.space_organisations()
   RETURNS integer[]
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
      select array(select t.org_key from exercise_team t where t.space = space()
        union select u.org_key from exercise_staff s join user_account u on u.key = s.user_key where s.space = space()
        union select e.owner_key from exercise e where e.space = space())
    $function$

function ronda.spaces_in_use()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.spaces_in_use()
   RETURNS SETOF integer
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
    begin
      if not (coalesce(current_setting('app.session', true), '') = '' and coalesce(current_setting('app.acting_user', true), '') = '') then
          raise exception 'the worker alone conducts exercises' using errcode = 'insufficient_privilege';
        end if;
      return query select 0 union all (select e.space from exercise e order by e.space);
    end $function$

function ronda.standing_pass_ons(integer)
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.standing_pass_ons(cert integer)
   RETURNS TABLE(recipient integer, record bigint, revision integer)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select p.org_key, p.incident_key, r.number
            from (select cert_principals(cert) as held) c
            join pass_on p on p.space = space() and p.owner_key = cert and p.ended_at is null
            join organisation o on o.key = p.org_key and o.parent_key = cert and o.standing = 'active'
            join incident i on i.space = p.space and i.key = p.incident_key and i.audience && c.held and not i.owner_readers && c.held
            cross join lateral (select v.number, v.tlp from incident_revision v
              where v.space = i.space and v.incident_key = i.key and v.audience && c.held order by v.number desc limit 1) r
           where r.tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER')
        $function$

function ronda.still_reads(integer,integer[])
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.still_reads(reader integer, readers integer[])
   RETURNS boolean
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select exists (
            select from organisation o left join user_account u on u.key = reader
             where o.key = coalesce(u.org_key, reader) and o.standing <> 'retired' and (u.key is null or u.status = 'active')
               and (array[o.key, reader] || held_besides(o.key, o.kind, o.affiliation, o.parent_key, o.standing, o.is_secretariat) || veils_of(o.key, reader))
                 && readers)
        $function$

function ronda.take_back(uuid,integer,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.take_back(wanted uuid, by_user integer, at timestamp with time zone)
   RETURNS boolean
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare ended pass_on;
        begin
          update pass_on p set ended_at = take_back.at, ended_by = by_user
            where p.space = space() and p.id = wanted and p.ended_at is null
              and p.owner_key = any (reader_principals()) and by_user = any (reader_principals())
            returning p.* into ended;
          if not found then return false; end if;
          -- What is on its way to the recipient at this moment is asked back as well, as by a recall.
          perform pg_advisory_xact_lock(x'52637074'::int, (ended.incident_key % 64)::int);
          insert into tombstone as t (space, reader_key, record_kind, record_key, record_id, org_key, reason, at)
            select distinct r.space, r.reader_key, 'incident', i.key, i.id, r.org_key, 'narrowed', take_back.at
              from receipt r join incident i on i.space = r.space and i.key = r.record_key
             where r.space = ended.space and r.record_kind = 'incident' and r.record_key = ended.incident_key
               and r.org_key = ended.org_key and not still_reads(r.reader_key, (i.audience || case when i.quarantined_at is null then '{}' else released_to(i.key) end))
            on conflict (space, reader_key, record_kind, record_key) do update
              set reason = excluded.reason, at = excluded.at, lifted_at = null, answer = null, kept_because = null, answered_at = null
              where t.lifted_at is not null;
          return true;
        end $function$

function ronda.tell_advisory(bigint,text)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.tell_advisory(record bigint, said text)
   RETURNS void
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if not exists (select from advisory a where a.space = space() and a.key = record and a.owner_readers && reader_principals()) then
            raise exception 'only the owner tells of a record' using errcode = 'insufficient_privilege';
          end if;
          if said not in ('advisory.published', 'advisory.acknowledgement-due') then
            raise exception 'of an advisory nothing else is told' using errcode = 'insufficient_privilege';
          end if;
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already)
            select a.space, said, a.id, a.key, a.published, null, clock(), a.audience,
                   a.owner_readers || case when said = 'advisory.acknowledgement-due' then array(select x.reader_key from advisory_receipt x
                     where x.space = a.space and x.advisory_key = a.key and x.number = a.published and x.kind = 'acknowledged') else '{}' end
              from advisory a where a.space = space() and a.key = record and a.status = 'published';
        end $function$

function ronda.tell_comment()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_comment()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) select new.space, 'comment.added', new.id, new.key, null, i.id, clock(), coalesce(new.readers, i.audience), '{}'
            from incident i where i.space = new.space and i.key = new.incident_key;
          return null;
        end $function$

function ronda.tell_inbox()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_inbox()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          hex constant text := encode(sha256(convert_to((select concat_ws(' ', e.id, o.id, new.position) from exercise e, organisation o
            where e.space = new.space and o.key = new.org_key), 'UTF8')), 'hex');
        begin
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already)
            select e.space, 'inbox.delivered', overlay(overlay(left(hex, 32) placing '8' from 13) placing '8' from 17)::uuid, new.position,
                   null, e.id, clock(), array[new.org_key], '{}'
              from exercise e where e.space = new.space;
          return null;
        end $function$

function ronda.tell_incident()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_incident()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if not new.audience <@ old.audience then
            insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) values (new.space, 'incident.changed', new.id, new.key, null, null, clock(),
              array(select unnest(new.audience) except select unnest(old.audience)), old.audience);
          end if;
          return null;
        end $function$

function ronda.tell_late_team()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_late_team()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into exercise_inbox (space, org_key, position, seq, kind, inject, content, delivered_at)
            select new.space, t.org_key, row_number() over (partition by t.org_key order by l.seq)
                     + coalesce((select max(x.position) from exercise_inbox x where x.space = new.space and x.org_key = t.org_key), 0),
                   l.seq, l.kind, null, jsonb_build_object('text', l.entry -> 'text'), clock()
              from (select distinct m.org_key from exercise_team m where m.space = new.space and m.org_key = any (new.org_keys)) t
              join exercise_log l on l.space = new.space and l.seq < new.seq and l.is_common and l.kind in ('message', 'no-duff')
             where not exists (select from exercise_inbox x where x.space = new.space and x.org_key = t.org_key and x.seq = l.seq);
          return null;
        end $function$

function ronda.tell_pass_on()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_pass_on()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) select new.space, 'incident.changed', i.id, i.key, null, null, clock(), array[new.org_key], '{}'
            from incident i where i.space = new.space and i.key = new.incident_key;
          return null;
        end $function$

function ronda.tell_request()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_request()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) values (new.space, 'request.changed', new.id, new.key, null, null, clock(), new.audience, '{}');
          return null;
        end $function$

function ronda.tell_request_step()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_request_step()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) select q.space, 'request.changed', q.id, q.key, null, null, clock(),
              case when to_jsonb(new) ->> 'reach' = 'all' then q.audience else q.owner_readers || new.org_key end, '{}'
            from request q where q.space = new.space and q.key = new.request_key;
          return null;
        end $function$

function ronda.tell_revision()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_revision()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          record incident;
          before constant int[] := case tg_op when 'UPDATE' then old.audience else '{}' end;
          added constant int[] := array(select unnest(new.audience) except select unnest(before));
        begin
          if added = '{}' then return null; end if;
          select * into record from incident i where i.space = new.space and i.key = new.incident_key;
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) values (new.space, 'incident.changed', record.id, record.key, new.number, null, clock(), added, before);
          -- To whom a CERT passed it on it is new where it is new to the CERT.
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already)
            select new.space, 'incident.changed', record.id, record.key, new.number, null, clock(), array[p.org_key], '{}'
              from (select distinct o.owner_key, o.org_key from pass_on o
                where o.space = new.space and o.incident_key = new.incident_key and o.ended_at is null) p
              cross join lateral (select cert_principals(p.owner_key) as held) c
             where added && c.held and not before && c.held;
          return null;
        end $function$

function ronda.tell_tombstone()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_tombstone()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) values (new.space, 'incident.recalled', new.record_id, new.record_key, null, null, new.at, array[new.reader_key], '{}');
          return null;
        end $function$

function ronda.tell_webhook()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.tell_webhook()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          insert into event (space, type, record_id, record_key, revision, parent_id, occurred_at, readers, already) values (new.space, 'webhook.disabled', new.id, new.key, null, null, clock(), array[new.owner_key], '{}');
          return null;
        end $function$

function ronda.told_pass_ons(bigint)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.told_pass_ons(record bigint)
   RETURNS TABLE(cert integer, recipients integer)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select p.owner_key, count(*)::int from incident i
            join pass_on p on p.space = i.space and p.incident_key = i.key and p.ended_at is null and p.tells_originator
            cross join lateral (select from standing_pass_ons(p.owner_key) s where s.record = i.key and s.recipient = p.org_key) s
           where i.space = space() and i.key = record and i.authorship = 'named' and i.owner_readers && reader_principals()
           group by p.owner_key
        $function$

function ronda.unlist_pass_on()
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.unlist_pass_on()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          delete from readable_since s using incident i
            where i.space = new.space and i.key = new.incident_key and s.space = i.space and s.record_kind = 'incident'
              and s.record_key = i.key and s.principal_key = new.org_key and not new.org_key = any ((i.audience || case when i.quarantined_at is null then '{}' else released_to(i.key) end));
          return new;
        end $function$

function ronda.unnamed_attachments(uuid[])
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.unnamed_attachments(ids uuid[])
   RETURNS SETOF uuid
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone sweeps' using errcode = 'insufficient_privilege';
          end if;
          return query select each from unnest(ids) each where not exists (select from attachment a where a.id = each);
        end $function$

function ronda.unveil_sightings()
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.unveil_sightings()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          update sighting s set readers = unveiled(s.readers)
            where s.space = new.space and s.incident_key = new.key and s.readers is not null;
          return null;
        end $function$

function ronda.unveiled(integer[])
  owner ronda_deriver
  security definer
  CREATE OR REPLACE FUNCTION ronda.unveiled(principals integer[])
   RETURNS integer[]
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
          select array(select distinct coalesce(h.key, n.key) from unnest(principals) n (key)
            left join veil v on v.principal_key = n.key left join lateral unnest(v.holders) h (key) on true order by 1)
        $function$

function ronda.veils_of(integer,integer)
  owner ronda_deriver
  CREATE OR REPLACE FUNCTION ronda.veils_of(org integer, person integer)
   RETURNS integer[]
   LANGUAGE sql
   STABLE
  AS $function$
          select array(select v.principal_key from ronda.veil v
            where v.space = ronda.space() and v.org_key = org and v.holders && array[org, person] order by v.principal_key)
        $function$

function ronda.webhook_work(timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.webhook_work(at timestamp with time zone)
   RETURNS TABLE(space integer, webhook_key bigint, user_key integer)
   LANGUAGE plpgsql
   STABLE SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        begin
          if reader_principals() <> '{}' then
            raise exception 'the worker alone asks for work' using errcode = 'insufficient_privilege';
          end if;
          return query select w.space, w.key, acting.key from webhook w
            join organisation o on o.key = w.owner_key and o.standing = 'active'
            cross join lateral (select u.key from user_account u where u.org_key = o.key and u.status = 'active'
              and u.roles && array['analyst', 'coordinator'] order by u.key limit 1) acting
           where w.disabled_at is null
             and (w.space = 0 or exists (select from exercise x where x.space = w.space and w.url = any (x.addresses))) and (w.position < (select max(e.position) from event e where e.space = w.space)
             or exists (select from webhook_delivery d where d.space = w.space and d.webhook_key = w.key and d.state = 'pending'
               and d.next_attempt_at <= at and (d.leased_until is null or d.leased_until <= at)))
           order by w.key;
        end $function$

function ronda.withdraw_quarantine(uuid,timestamp with time zone)
  owner ronda_deriver
  security definer
  grant ronda_app: execute
  CREATE OR REPLACE FUNCTION ronda.withdraw_quarantine(record uuid, at timestamp with time zone)
   RETURNS integer
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'ronda', 'pg_temp'
  AS $function$
        declare
          me record;
          asked bigint;
        begin
          me := reader_account();
          update quarantine_ask a set withdrawn_at = at where a.space = space() and a.org_key = me.org_key and a.record_id = record
            and a.reader_key = any (reader_principals()) and a.withdrawn_at is null returning a.incident_key into asked;
          if not found or me.standing is distinct from 'active' or me.credential_kind = 'link'
              or not exists (select from user_account u where u.key = me.user_key and 'coordinator' = any (u.roles)) then
            raise exception 'a coordinator withdraws what its organisation asked for' using errcode = 'insufficient_privilege';
          end if;
          if settle_quarantine(asked, at) is null then return null; end if;
          return (select i.head from incident i where i.space = space() and i.key = asked);
        end $function$

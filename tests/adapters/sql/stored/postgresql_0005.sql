CREATE FUNCTION public.gradewise_join_queue() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN INSERT INTO score_queue VALUES (NEW.serial, NEW.route, NEW.urgency); RETURN NULL; END $$;
CREATE FUNCTION public.gradewise_keep_correction() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN IF EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > coalesce((SELECT max(serial) FROM score_log_origins), 0))
    THEN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only ever added to'; END IF; RETURN OLD; END $$;
CREATE FUNCTION public.gradewise_keep_score() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN IF OLD.serial > coalesce((SELECT max(serial) FROM score_log_origins), 0) THEN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only ever added to'; END IF; RETURN OLD; END $$;
CREATE FUNCTION public.gradewise_leave_queue() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN DELETE FROM score_queue WHERE serial = OLD.serial; RETURN NULL; END $$;
CREATE FUNCTION public.gradewise_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN RAISE EXCEPTION 'stage_changes is only ever added to'; END $$;
CREATE FUNCTION public.gradewise_refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only ever added to'; END $$;
CREATE FUNCTION public.gradewise_serve_queue() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN DELETE FROM score_queue WHERE serial = (SELECT serial FROM score_log WHERE id = NEW.score_id);
    RETURN NULL; END $$;
CREATE TABLE public.anchor_essay_references (
    id character varying NOT NULL,
    anchor_label character varying,
    grade character varying NOT NULL,
    grade_scale character varying,
    text_storage_id character varying,
    assignment_id character varying
);
CREATE TABLE public.assessment_instructions (
    assignment_id character varying NOT NULL,
    instructions_text text,
    grade_scale character varying
);
CREATE TABLE public.batch_locks (
    batch_id character varying NOT NULL
);
CREATE TABLE public.batch_results (
    batch_id character varying NOT NULL,
    finalized_at timestamp with time zone NOT NULL,
    scale character varying,
    scoring_method character varying NOT NULL,
    model_name character varying,
    model_version character varying,
    model_digest character varying,
    correlation_id character varying NOT NULL
);
CREATE TABLE public.cj_batch_uploads (
    id character varying NOT NULL,
    status character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    assignment_id character varying
);
CREATE TABLE public.cj_comparison_pairs (
    id integer NOT NULL,
    cj_batch_id character varying NOT NULL,
    essay_a_els_id character varying NOT NULL,
    essay_b_els_id character varying NOT NULL,
    winner character varying,
    confidence double precision,
    judge character varying
);
CREATE SEQUENCE public.cj_comparison_pairs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.cj_comparison_pairs_id_seq OWNED BY public.cj_comparison_pairs.id;
CREATE TABLE public.cj_processed_essays (
    cj_batch_id character varying NOT NULL,
    els_essay_id character varying NOT NULL,
    text_storage_id character varying,
    assessment_input_text text,
    is_anchor boolean NOT NULL,
    current_bt_score double precision,
    current_bt_se double precision,
    comparison_count integer,
    created_at timestamp with time zone,
    processing_metadata json
);
CREATE TABLE public.correction_links (
    serial bigint NOT NULL,
    correction_id character varying NOT NULL,
    score_serial bigint NOT NULL,
    content character varying NOT NULL,
    previous character varying NOT NULL,
    digest character varying NOT NULL
);
CREATE TABLE public.corrections (
    serial integer NOT NULL,
    id character varying NOT NULL,
    score_id character varying NOT NULL,
    essay_id character varying NOT NULL,
    text_sha256 character varying NOT NULL,
    model_digest character varying NOT NULL,
    model_grade character varying NOT NULL,
    grade character varying NOT NULL,
    corrected_by character varying NOT NULL,
    corrected_at timestamp with time zone NOT NULL,
    reason character varying NOT NULL
);
CREATE SEQUENCE public.corrections_serial_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.corrections_serial_seq OWNED BY public.corrections.serial;
CREATE TABLE public.essay_results (
    batch_id character varying NOT NULL,
    essay_id character varying NOT NULL,
    "position" integer NOT NULL,
    is_anchor boolean NOT NULL,
    rank integer NOT NULL,
    bt_score double precision NOT NULL,
    bt_se double precision NOT NULL,
    bt_grade character varying,
    bt_probabilities json NOT NULL,
    ml_grade character varying,
    ml_confidence double precision,
    ml_probabilities json NOT NULL,
    grade character varying,
    confidence double precision,
    probabilities json NOT NULL,
    scoring_method character varying NOT NULL,
    reason character varying NOT NULL,
    disagrees boolean NOT NULL,
    score_id character varying,
    model_digest character varying
);
CREATE TABLE public.gate_reports (
    id uuid NOT NULL,
    content_id character varying NOT NULL,
    model_name character varying NOT NULL,
    version character varying NOT NULL,
    against character varying,
    made_at timestamp with time zone NOT NULL,
    passed boolean NOT NULL,
    rules_digest character varying NOT NULL,
    data_sha256 character varying NOT NULL,
    report json NOT NULL
);
CREATE TABLE public.gradewise_outbox (
    serial integer NOT NULL,
    id character varying NOT NULL,
    topic character varying NOT NULL,
    key character varying NOT NULL,
    payload json NOT NULL,
    made_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone
);
CREATE SEQUENCE public.gradewise_outbox_serial_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.gradewise_outbox_serial_seq OWNED BY public.gradewise_outbox.serial;
CREATE TABLE public.gradewise_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.ml_models (
    id uuid NOT NULL,
    model_name character varying NOT NULL,
    version character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    stage character varying NOT NULL,
    model_path character varying NOT NULL,
    metrics jsonb,
    hyperparameters jsonb,
    feature_names jsonb,
    metadata jsonb,
    content_id character varying,
    serial integer NOT NULL,
    pruned_at timestamp with time zone,
    CONSTRAINT ml_models_stage CHECK (((stage)::text = ANY (ARRAY[('dev'::character varying)::text, ('staging'::character varying)::text, ('production'::character varying)::text, ('archived'::character varying)::text])))
);
CREATE TABLE public.model_names (
    name character varying NOT NULL,
    serial integer NOT NULL
);
CREATE TABLE public.score_log (
    serial bigint NOT NULL,
    id character varying NOT NULL,
    made_at timestamp with time zone NOT NULL,
    essay_id character varying NOT NULL,
    text_sha256 character varying NOT NULL,
    task_sha256 character varying NOT NULL,
    model_name character varying NOT NULL,
    model_version character varying NOT NULL,
    model_digest character varying NOT NULL,
    arm character varying NOT NULL,
    reading_fingerprint character varying NOT NULL,
    reading bytea NOT NULL,
    prediction character varying NOT NULL,
    grade character varying NOT NULL,
    route character varying NOT NULL,
    urgency double precision NOT NULL,
    batch_id character varying NOT NULL,
    correlation_id character varying NOT NULL,
    previous character varying NOT NULL,
    digest character varying NOT NULL
);
CREATE TABLE public.score_log_head (
    id integer NOT NULL,
    serial bigint NOT NULL,
    digest character varying NOT NULL,
    CONSTRAINT score_log_head_one CHECK ((id = 1))
);
CREATE TABLE public.score_log_origins (
    serial bigint NOT NULL,
    digest character varying NOT NULL,
    before timestamp with time zone NOT NULL
);
CREATE TABLE public.score_queue (
    serial bigint NOT NULL,
    route character varying NOT NULL,
    urgency double precision NOT NULL
);
CREATE TABLE public.stage_changes (
    id uuid NOT NULL,
    model_name character varying NOT NULL,
    serial integer NOT NULL,
    act character varying NOT NULL,
    model_id uuid NOT NULL,
    version character varying NOT NULL,
    from_stage character varying,
    to_stage character varying NOT NULL,
    replaced_id uuid,
    changed_at timestamp with time zone NOT NULL,
    changed_by character varying NOT NULL,
    reason character varying NOT NULL,
    override character varying,
    gate_report_id uuid,
    correlation_id character varying NOT NULL
);
CREATE TABLE public.training_runs (
    run_id character varying NOT NULL,
    experiment character varying NOT NULL,
    command character varying NOT NULL,
    run_name character varying NOT NULL,
    state character varying NOT NULL,
    stage character varying NOT NULL,
    failure_reason character varying,
    correlation_id character varying NOT NULL,
    started_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone NOT NULL,
    elapsed_seconds double precision NOT NULL,
    metric_name character varying,
    metric_value double precision,
    entry json NOT NULL
);
ALTER TABLE ONLY public.cj_comparison_pairs ALTER COLUMN id SET DEFAULT nextval('public.cj_comparison_pairs_id_seq'::regclass);
ALTER TABLE ONLY public.corrections ALTER COLUMN serial SET DEFAULT nextval('public.corrections_serial_seq'::regclass);
ALTER TABLE ONLY public.gradewise_outbox ALTER COLUMN serial SET DEFAULT nextval('public.gradewise_outbox_serial_seq'::regclass);
INSERT INTO public.anchor_essay_references VALUES ('r1', 'C', 'C', 'swedish8', 'text-1', 'task-1');
INSERT INTO public.assessment_instructions VALUES ('task-1', 'Write about the sea.', 'swedish8');
INSERT INTO public.batch_locks VALUES ('spring');
INSERT INTO public.batch_results VALUES ('spring', '2026-03-01 15:00:00+00', 'swedish8', 'bt_only', NULL, NULL, NULL, 'corr-1');
INSERT INTO public.cj_batch_uploads VALUES ('spring', 'complete', '2026-03-01 15:00:00+00', 'task-1');
INSERT INTO public.cj_comparison_pairs VALUES (7, 'spring', 'e1', 'a1', 'essay_a', 4, 'anna');
INSERT INTO public.cj_comparison_pairs VALUES (8, 'spring', 'a1', 'e1', 'essay_b', NULL, NULL);
INSERT INTO public.cj_processed_essays VALUES ('spring', 'e1', NULL, 'The sea is grey.', false, 0.5, 0.25, 2, '2026-03-01 15:00:00+00', NULL);
INSERT INTO public.cj_processed_essays VALUES ('spring', 'a1', NULL, 'The sea is blue, åäö.', true, -0.5, 0.25, 2, '2026-03-01 15:00:00+00', '{"known_grade": "C"}');
INSERT INTO public.correction_links VALUES (1, '89d3532617a2e78999de6582f2d0272f', 4, '4273bd115aa38ee3ae349c33ca1f66c7c383567b4f8e984f9e039dc4a4a2530b', '0000000000000000000000000000000000000000000000000000000000000000', 'a01506eb93f59ec345397e15e15af1e339f472f89f062788ade8dcf22ae72976');
INSERT INTO public.corrections VALUES (2, '89d3532617a2e78999de6582f2d0272f', '17ebb735191cced3850421f0d7721373', 'essay-3', '46844a5f82c06da206069e2e14bc6c90463069b0953c0c44a6cd5061c73c609b', '2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b', 'C', 'C', 'anna@school', '2026-03-02 12:03:00+00', 'the argument holds');
INSERT INTO public.essay_results VALUES ('spring', 'e1', 0, false, 1, 0.5, 0.25, 'B', '{"C": 0.25, "B": 0.75}', NULL, NULL, '{}', 'B', 0.75, '{"C": 0.25, "B": 0.75}', 'bt_only', 'no model', false, NULL, NULL);
INSERT INTO public.essay_results VALUES ('spring', 'a1', 1, true, 2, -0.5, 0.25, 'C', '{"C": 0.25, "B": 0.75}', NULL, NULL, '{}', 'C', 1, '{"C": 0.25, "B": 0.75}', 'bt_only', 'an anchor', false, NULL, NULL);
INSERT INTO public.gate_reports VALUES ('00000000-0000-0000-0000-000000000032', '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', 'essays', '20260301_120001', NULL, '2026-03-01 12:00:00+00', true, '1111111111111111111111111111111111111111111111111111111111111111', '2222222222222222222222222222222222222222222222222222222222222222', '{"verdicts": [{"rule": "qwk at least 0.7", "passed": true}], "advice": "prövad"}');
INSERT INTO public.gradewise_outbox VALUES (1, '11111111111111111111111111111111', 'gradewise.batch.completed.v1', 'spring', '{"batch_id": "spring", "letters": "åäö"}', '2026-03-01 15:00:00+00', '2026-03-01 15:00:00+00');
INSERT INTO public.gradewise_outbox VALUES (2, '22222222222222222222222222222222', 'gradewise.batch.completed.v1', 'spring', '{"batch_id": "spring", "letters": "åäö"}', '2026-03-01 15:00:00+00', NULL);
INSERT INTO public.gradewise_version VALUES ('0005');
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000001', 'essays', '20260301_120001', '2026-03-01 12:00:00+00', 'archived', 'models/.registry/store/1', '{"qwk": {"low": 0.6, "high": 0.8, "estimate": 0.7}}', '{"rate": 0.05, "trees": 1}', '["words", "fel per 100 ord"]', '{"data": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, "copies": ["s3://åäö"], "licence": null}', '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', 1, NULL);
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000002', 'essays', '20260301_120002', '2026-03-01 12:00:00+00', 'production', 'models/.registry/store/2', '{"qwk": {"low": 0.6, "high": 0.8, "estimate": 0.7}}', '{"rate": 0.05, "trees": 2}', '["words", "fel per 100 ord"]', '{"data": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, "copies": ["s3://åäö"], "licence": null}', 'd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35', 2, NULL);
INSERT INTO public.model_names VALUES ('essays', 5);
INSERT INTO public.score_log VALUES (3, '3c5ac603bb5eef2bc353d1e3d03f0a14', '2026-03-01 12:02:00+00', 'essay-2', '564799999e3a081203472cf9770f28225ff9cdcb87d2515ba5bced499c544612', '', 'essays', '20260131_120000', '2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b', 'champion', 'd42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba', '\x0000004000004040000080400000a040', '{"grade":"C","score":2}', 'C', 'release', 0.5, '', '', '80ff52d2f9cddc79721e48c9a8dcbf2e5abc8c6153eee715f1ced0c2c9729d59', '6e461d7c6f14efc3bce06c0039cf0d5338600a0bbd13d910d98835aafce1776a');
INSERT INTO public.score_log VALUES (4, '17ebb735191cced3850421f0d7721373', '2026-03-01 12:03:00+00', 'essay-3', '46844a5f82c06da206069e2e14bc6c90463069b0953c0c44a6cd5061c73c609b', '', 'essays', '20260131_120000', '2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b', 'champion', 'd42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba', '\x00004040000080400000a0400000c040', '{"grade":"C","score":3}', 'C', 'review', 0.75, '', '', '6e461d7c6f14efc3bce06c0039cf0d5338600a0bbd13d910d98835aafce1776a', '6d3d1c91aae9188dbc8f509093bfde35ced44b7e550363cc7a049fd7042b000c');
INSERT INTO public.score_log VALUES (5, '775fb808c46bee256611f90f0744a883', '2026-03-01 12:04:00+00', 'essay-4', 'd9965409340c8baad084ec87c77720103da0628bb8d6e770316aaa3bc51d9c7c', '', 'essays', '20260131_120000', '2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b', 'champion', 'd42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba', '\x000080400000a0400000c0400000e040', '{"grade":"C","score":4}', 'C', 'release', 1, '', '', '6d3d1c91aae9188dbc8f509093bfde35ced44b7e550363cc7a049fd7042b000c', 'f6836180ec6d5997dd77ce6f8467bd88f17e4c2d02644884d304b0f27424b1cb');
INSERT INTO public.score_log VALUES (6, 'edc497dac114772ecd32bf4a763deabd', '2026-03-01 12:05:00+00', 'essay-5', 'ae3ab66e30ba704883fb64e258cf1a80de47814cdcf18383e974e92e7b0809cc', '', 'essays', '20260131_120000', '2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b', 'champion', 'd42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba', '\x0000a0400000c0400000e04000000041', '{"grade":"C","score":5}', 'C', 'review', 1.25, '', '', 'f6836180ec6d5997dd77ce6f8467bd88f17e4c2d02644884d304b0f27424b1cb', '95f159ece3af745bab0b26fdb0c09c5a7ed254b4ba160967d3d2d18c54bfc866');
INSERT INTO public.score_log_head VALUES (1, 6, '95f159ece3af745bab0b26fdb0c09c5a7ed254b4ba160967d3d2d18c54bfc866');
INSERT INTO public.score_log_origins VALUES (2, '80ff52d2f9cddc79721e48c9a8dcbf2e5abc8c6153eee715f1ced0c2c9729d59', '2026-03-01 12:02:00+00');
INSERT INTO public.score_queue VALUES (6, 'review', 1.25);
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000065', 'essays', 1, 'register', '00000000-0000-0000-0000-000000000001', '20260301_120001', NULL, 'dev', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000066', 'essays', 2, 'register', '00000000-0000-0000-0000-000000000002', '20260301_120002', NULL, 'dev', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000067', 'essays', 3, 'promote', '00000000-0000-0000-0000-000000000001', '20260301_120001', 'dev', 'staging', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, '00000000-0000-0000-0000-000000000032', 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000068', 'essays', 4, 'promote', '00000000-0000-0000-0000-000000000001', '20260301_120001', 'staging', 'production', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000069', 'essays', 5, 'promote', '00000000-0000-0000-0000-000000000002', '20260301_120002', 'dev', 'production', '00000000-0000-0000-0000-000000000001', '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.training_runs VALUES ('run-1', 'essays', 'train', 'run-1', 'completed', '', NULL, '', '2026-03-01 13:00:00+00', '2026-03-01 13:05:00+00', 300, 'qwk', 0.501, '{"schema_version": 1, "timestamp": "2026-03-01T13:05:00+00:00", "run_name": "run-1", "experiment": "essays", "command": "train", "command_line": "gradewise train essays.csv", "state": "completed", "run_id": "run-1", "started_at": "2026-03-01T13:00:00+00:00", "stage": "", "correlation_id": "", "failure_reason": null, "elapsed_seconds": 300.0, "dataset": {"files": [], "sha256": null, "kind": "csv", "min_words": null, "max_words": null, "excluded_prompts": [], "only_prompts": []}, "splits": {"id": null, "scheme": "", "path": null}, "features": {"set": "handcrafted", "fingerprint": null, "groups": null, "text_learners": []}, "backends": {"checker": "", "embedder": null}, "metrics": {"qwk": 0.501, "mae": 0.4, "accuracy": null}, "output": "", "git_sha": null, "notes": [], "facts": {}}');
INSERT INTO public.training_runs VALUES ('run-2', 'essays', 'train', 'run-2', 'failed', 'export', 'no room', '', '2026-03-01 14:00:00+00', '2026-03-01 14:05:00+00', 300, NULL, NULL, '{"schema_version": 1, "timestamp": "2026-03-01T14:05:00+00:00", "run_name": "run-2", "experiment": "essays", "command": "train", "command_line": "gradewise train essays.csv", "state": "failed", "run_id": "run-2", "started_at": "2026-03-01T14:00:00+00:00", "stage": "export", "correlation_id": "", "failure_reason": "no room", "elapsed_seconds": 300.0, "dataset": {"files": [], "sha256": null, "kind": "csv", "min_words": null, "max_words": null, "excluded_prompts": [], "only_prompts": []}, "splits": {"id": null, "scheme": "", "path": null}, "features": {"set": "handcrafted", "fingerprint": null, "groups": null, "text_learners": []}, "backends": {"checker": "", "embedder": null}, "metrics": {}, "output": "", "git_sha": null, "notes": [], "facts": {}}');
SELECT pg_catalog.setval('public.cj_comparison_pairs_id_seq', 8, true);
SELECT pg_catalog.setval('public.corrections_serial_seq', 2, true);
SELECT pg_catalog.setval('public.gradewise_outbox_serial_seq', 2, true);
ALTER TABLE ONLY public.anchor_essay_references
    ADD CONSTRAINT anchor_essay_references_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.assessment_instructions
    ADD CONSTRAINT assessment_instructions_pkey PRIMARY KEY (assignment_id);
ALTER TABLE ONLY public.batch_locks
    ADD CONSTRAINT batch_locks_pkey PRIMARY KEY (batch_id);
ALTER TABLE ONLY public.batch_results
    ADD CONSTRAINT batch_results_pkey PRIMARY KEY (batch_id);
ALTER TABLE ONLY public.cj_batch_uploads
    ADD CONSTRAINT cj_batch_uploads_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.cj_comparison_pairs
    ADD CONSTRAINT cj_comparison_pairs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.cj_processed_essays
    ADD CONSTRAINT cj_processed_essays_pkey PRIMARY KEY (cj_batch_id, els_essay_id);
ALTER TABLE ONLY public.correction_links
    ADD CONSTRAINT correction_links_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.corrections
    ADD CONSTRAINT corrections_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.essay_results
    ADD CONSTRAINT essay_results_pkey PRIMARY KEY (batch_id, essay_id);
ALTER TABLE ONLY public.gate_reports
    ADD CONSTRAINT gate_reports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gradewise_outbox
    ADD CONSTRAINT gradewise_outbox_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.gradewise_version
    ADD CONSTRAINT gradewise_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.model_names
    ADD CONSTRAINT model_names_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.score_log_head
    ADD CONSTRAINT score_log_head_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.score_log_origins
    ADD CONSTRAINT score_log_origins_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.score_log
    ADD CONSTRAINT score_log_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.score_queue
    ADD CONSTRAINT score_queue_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.training_runs
    ADD CONSTRAINT training_runs_pkey PRIMARY KEY (run_id);
CREATE INDEX batch_results_finalized ON public.batch_results USING btree (finalized_at);
CREATE UNIQUE INDEX correction_links_correction ON public.correction_links USING btree (correction_id);
CREATE INDEX corrections_at ON public.corrections USING btree (corrected_at);
CREATE UNIQUE INDEX corrections_id ON public.corrections USING btree (id);
CREATE INDEX corrections_of_score ON public.corrections USING btree (score_id);
CREATE INDEX gate_reports_content ON public.gate_reports USING btree (content_id, made_at);
CREATE UNIQUE INDEX gradewise_outbox_id ON public.gradewise_outbox USING btree (id);
CREATE INDEX gradewise_outbox_waiting ON public.gradewise_outbox USING btree (serial) WHERE (published_at IS NULL);
CREATE INDEX ix_anchor_essay_references_text_storage_id ON public.anchor_essay_references USING btree (text_storage_id);
CREATE INDEX ix_cj_comparison_pairs_cj_batch_id ON public.cj_comparison_pairs USING btree (cj_batch_id);
CREATE UNIQUE INDEX ml_models_content ON public.ml_models USING btree (model_name, content_id);
CREATE UNIQUE INDEX ml_models_one_production ON public.ml_models USING btree (model_name) WHERE ((stage)::text = 'production'::text);
CREATE UNIQUE INDEX ml_models_serial ON public.ml_models USING btree (model_name, serial);
CREATE UNIQUE INDEX ml_models_version ON public.ml_models USING btree (model_name, version);
CREATE INDEX score_log_essay ON public.score_log USING btree (essay_id, serial);
CREATE UNIQUE INDEX score_log_id ON public.score_log USING btree (id);
CREATE INDEX score_queue_order ON public.score_queue USING btree (urgency DESC, serial, route);
CREATE UNIQUE INDEX stage_changes_serial ON public.stage_changes USING btree (model_name, serial);
CREATE INDEX training_runs_experiment ON public.training_runs USING btree (experiment, started_at);
CREATE INDEX training_runs_started ON public.training_runs USING btree (started_at, run_id);
CREATE INDEX training_runs_state ON public.training_runs USING btree (state, started_at);
CREATE INDEX training_runs_summary ON public.training_runs USING btree (experiment, command, metric_name, state, metric_value, told_at);
CREATE TRIGGER correction_links_no_change BEFORE DELETE OR UPDATE ON public.correction_links FOR EACH ROW EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER correction_links_no_truncate BEFORE TRUNCATE ON public.correction_links FOR EACH STATEMENT EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER corrections_no_delete BEFORE DELETE ON public.corrections FOR EACH ROW EXECUTE FUNCTION public.gradewise_keep_correction();
CREATE TRIGGER corrections_no_truncate BEFORE TRUNCATE ON public.corrections FOR EACH STATEMENT EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER corrections_no_update BEFORE UPDATE ON public.corrections FOR EACH ROW EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER score_log_no_delete BEFORE DELETE ON public.score_log FOR EACH ROW EXECUTE FUNCTION public.gradewise_keep_score();
CREATE TRIGGER score_log_no_truncate BEFORE TRUNCATE ON public.score_log FOR EACH STATEMENT EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER score_log_no_update BEFORE UPDATE ON public.score_log FOR EACH ROW EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER score_log_origins_no_change BEFORE DELETE OR UPDATE ON public.score_log_origins FOR EACH ROW EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER score_log_origins_no_truncate BEFORE TRUNCATE ON public.score_log_origins FOR EACH STATEMENT EXECUTE FUNCTION public.gradewise_refuse_rewriting();
CREATE TRIGGER score_queue_joined AFTER INSERT ON public.score_log FOR EACH ROW WHEN (((new.route)::text <> 'release'::text)) EXECUTE FUNCTION public.gradewise_join_queue();
CREATE TRIGGER score_queue_left AFTER DELETE ON public.score_log FOR EACH ROW EXECUTE FUNCTION public.gradewise_leave_queue();
CREATE TRIGGER score_queue_served AFTER INSERT ON public.corrections FOR EACH ROW EXECUTE FUNCTION public.gradewise_serve_queue();
CREATE TRIGGER stage_changes_no_change BEFORE DELETE OR UPDATE ON public.stage_changes FOR EACH ROW EXECUTE FUNCTION public.gradewise_refuse_change();
CREATE TRIGGER stage_changes_no_truncate BEFORE TRUNCATE ON public.stage_changes FOR EACH STATEMENT EXECUTE FUNCTION public.gradewise_refuse_change();
ALTER TABLE ONLY public.corrections
    ADD CONSTRAINT corrections_score FOREIGN KEY (score_id) REFERENCES public.score_log(id);
ALTER TABLE ONLY public.essay_results
    ADD CONSTRAINT essay_results_batch FOREIGN KEY (batch_id) REFERENCES public.batch_results(batch_id);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_model FOREIGN KEY (model_id) REFERENCES public.ml_models(id);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_name FOREIGN KEY (model_name) REFERENCES public.model_names(name);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_replaced FOREIGN KEY (replaced_id) REFERENCES public.ml_models(id);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_report FOREIGN KEY (gate_report_id) REFERENCES public.gate_reports(id);

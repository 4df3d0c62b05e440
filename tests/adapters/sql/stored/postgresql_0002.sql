CREATE FUNCTION public.gradewise_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN RAISE EXCEPTION 'stage_changes is only ever added to'; END $$;
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
    CONSTRAINT ml_models_stage CHECK (((stage)::text = ANY ((ARRAY['dev'::character varying, 'staging'::character varying, 'production'::character varying, 'archived'::character varying])::text[])))
);
CREATE TABLE public.model_names (
    name character varying NOT NULL,
    serial integer NOT NULL
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
INSERT INTO public.gate_reports VALUES ('00000000-0000-0000-0000-000000000032', '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', 'essays', '20260301_120001', NULL, '2026-03-01 12:00:00+00', true, '1111111111111111111111111111111111111111111111111111111111111111', '2222222222222222222222222222222222222222222222222222222222222222', '{"verdicts": [{"rule": "qwk at least 0.7", "passed": true}], "advice": "prövad"}');
INSERT INTO public.gradewise_version VALUES ('0002');
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000001', 'essays', '20260301_120001', '2026-03-01 12:00:00+00', 'archived', 'models/.registry/store/1', '{"qwk": {"low": 0.6, "high": 0.8, "estimate": 0.7}}', '{"rate": 0.05, "trees": 1}', '["words", "fel per 100 ord"]', '{"data": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, "copies": ["s3://åäö"], "licence": null}', '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', 1, NULL);
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000002', 'essays', '20260301_120002', '2026-03-01 12:00:00+00', 'production', 'models/.registry/store/2', '{"qwk": {"low": 0.6, "high": 0.8, "estimate": 0.7}}', '{"rate": 0.05, "trees": 2}', '["words", "fel per 100 ord"]', '{"data": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, "copies": ["s3://åäö"], "licence": null}', 'd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35', 2, NULL);
INSERT INTO public.model_names VALUES ('essays', 5);
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000065', 'essays', 1, 'register', '00000000-0000-0000-0000-000000000001', '20260301_120001', NULL, 'dev', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000066', 'essays', 2, 'register', '00000000-0000-0000-0000-000000000002', '20260301_120002', NULL, 'dev', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000067', 'essays', 3, 'promote', '00000000-0000-0000-0000-000000000001', '20260301_120001', 'dev', 'staging', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, '00000000-0000-0000-0000-000000000032', 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000068', 'essays', 4, 'promote', '00000000-0000-0000-0000-000000000001', '20260301_120001', 'staging', 'production', NULL, '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.stage_changes VALUES ('00000000-0000-0000-0000-000000000069', 'essays', 5, 'promote', '00000000-0000-0000-0000-000000000002', '20260301_120002', 'dev', 'production', '00000000-0000-0000-0000-000000000001', '2026-03-01 12:00:00+00', 'anna@school', 'because', NULL, NULL, 'c');
INSERT INTO public.training_runs VALUES ('run-1', 'essays', 'train', 'run-1', 'completed', '', NULL, '', '2026-03-01 13:00:00+00', '2026-03-01 13:05:00+00', 300, 'qwk', 0.501, '{"schema_version": 1, "timestamp": "2026-03-01T13:05:00+00:00", "run_name": "run-1", "experiment": "essays", "command": "train", "command_line": "gradewise train essays.csv", "state": "completed", "run_id": "run-1", "started_at": "2026-03-01T13:00:00+00:00", "stage": "", "correlation_id": "", "failure_reason": null, "elapsed_seconds": 300.0, "dataset": {"files": [], "sha256": null, "kind": "csv", "min_words": null, "max_words": null, "excluded_prompts": [], "only_prompts": []}, "splits": {"id": null, "scheme": "", "path": null}, "features": {"set": "handcrafted", "fingerprint": null, "groups": null, "text_learners": []}, "backends": {"checker": "", "embedder": null}, "metrics": {"qwk": 0.501, "mae": 0.4, "accuracy": null}, "output": "", "git_sha": null, "notes": [], "facts": {}}');
INSERT INTO public.training_runs VALUES ('run-2', 'essays', 'train', 'run-2', 'failed', 'export', 'no room', '', '2026-03-01 14:00:00+00', '2026-03-01 14:05:00+00', 300, NULL, NULL, '{"schema_version": 1, "timestamp": "2026-03-01T14:05:00+00:00", "run_name": "run-2", "experiment": "essays", "command": "train", "command_line": "gradewise train essays.csv", "state": "failed", "run_id": "run-2", "started_at": "2026-03-01T14:00:00+00:00", "stage": "export", "correlation_id": "", "failure_reason": "no room", "elapsed_seconds": 300.0, "dataset": {"files": [], "sha256": null, "kind": "csv", "min_words": null, "max_words": null, "excluded_prompts": [], "only_prompts": []}, "splits": {"id": null, "scheme": "", "path": null}, "features": {"set": "handcrafted", "fingerprint": null, "groups": null, "text_learners": []}, "backends": {"checker": "", "embedder": null}, "metrics": {}, "output": "", "git_sha": null, "notes": [], "facts": {}}');
ALTER TABLE ONLY public.gate_reports
    ADD CONSTRAINT gate_reports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gradewise_version
    ADD CONSTRAINT gradewise_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.model_names
    ADD CONSTRAINT model_names_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.training_runs
    ADD CONSTRAINT training_runs_pkey PRIMARY KEY (run_id);
CREATE INDEX gate_reports_content ON public.gate_reports USING btree (content_id, made_at);
CREATE UNIQUE INDEX ml_models_content ON public.ml_models USING btree (model_name, content_id);
CREATE UNIQUE INDEX ml_models_one_production ON public.ml_models USING btree (model_name) WHERE ((stage)::text = 'production'::text);
CREATE UNIQUE INDEX ml_models_serial ON public.ml_models USING btree (model_name, serial);
CREATE UNIQUE INDEX ml_models_version ON public.ml_models USING btree (model_name, version);
CREATE UNIQUE INDEX stage_changes_serial ON public.stage_changes USING btree (model_name, serial);
CREATE INDEX training_runs_experiment ON public.training_runs USING btree (experiment, started_at);
CREATE INDEX training_runs_started ON public.training_runs USING btree (started_at, run_id);
CREATE INDEX training_runs_state ON public.training_runs USING btree (state, started_at);
CREATE INDEX training_runs_summary ON public.training_runs USING btree (experiment, command, metric_name, state, metric_value, told_at);
CREATE TRIGGER stage_changes_no_change BEFORE DELETE OR UPDATE ON public.stage_changes FOR EACH ROW EXECUTE FUNCTION public.gradewise_refuse_change();
CREATE TRIGGER stage_changes_no_truncate BEFORE TRUNCATE ON public.stage_changes FOR EACH STATEMENT EXECUTE FUNCTION public.gradewise_refuse_change();
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_model FOREIGN KEY (model_id) REFERENCES public.ml_models(id);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_name FOREIGN KEY (model_name) REFERENCES public.model_names(name);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_replaced FOREIGN KEY (replaced_id) REFERENCES public.ml_models(id);
ALTER TABLE ONLY public.stage_changes
    ADD CONSTRAINT stage_changes_report FOREIGN KEY (gate_report_id) REFERENCES public.gate_reports(id);
